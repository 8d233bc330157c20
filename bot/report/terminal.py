"""A review for a terminal: the words of the check, coloured when asked; plain and stable in pipes."""

from collections.abc import Iterable, Iterator
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from bot.report.advice import How
from bot.report.advice_text import advice_parts
from bot.report.console import printed, styled, table
from bot.report.groups import Group
from bot.report.rows import Row
from bot.report.targets import Target
from bot.report.templating import macro, say
from bot.report.view import View, view_of
from bot.review import Review

_WORDS = "terminal/review.txt.j2"


def render_terminal(review: Review, colour: bool = False, width: int = 100) -> str:
    """The whole review, ending in a newline."""
    view = view_of(review, how=How.EDIT)
    return printed(_parts(view), colour=colour, width=width)


def _parts(view: View) -> Iterator[RenderableType]:
    yield styled(macro(_WORDS, "head", view), view.status.word)
    for group in view.groups:
        yield from _reason(group)
    for advice in view.advice:
        yield from advice_parts(advice)
    for target in view.targets:
        yield from _target(target, view.day)
    yield Text("\n" + macro(_WORDS, "tail", view))


def _reason(group: Group) -> Iterator[RenderableType]:
    yield styled("\n" + macro(_WORDS, "reason_head", group), group.status.word)
    yield Text(macro(_WORDS, "reason_body", group))


def _target(target: Target, day: date) -> Iterator[RenderableType]:
    yield Text("\n" + macro(_WORDS, "target", target), style="bold")
    if supported := target.supported:
        yield Text(macro(_WORDS, "support", supported, day))
    for kind in ("introduced", "fixed", "cleared", "unchanged", "build_stages"):
        rows = getattr(target, kind)
        if rows:
            yield Text(macro(_WORDS, kind, rows.total))
            yield _findings(rows, placed=target.has_several_sources)
    for kind in ("faults", "old_faults"):
        if rows := getattr(target, kind):
            yield Text(macro(_WORDS, kind, rows.total))
            yield table(say("fault_columns").split("|"), (_fault_cells(row) for row in rows))
    if target.ignored:
        yield Text(macro(_WORDS, "ignored", target.ignored))
    if target.brought:
        yield Text(macro(_WORDS, "brought", target))
    if target.partial:
        yield Text(macro(_WORDS, "left_out", target))


def _findings(rows: Iterable[Row], *, placed: bool) -> RenderableType:
    """Findings as a table with the columns of the comment, and where they are when one name may stand in many files."""
    columns = say("columns").split("|")
    if not placed:
        return table(columns, map(_cells, rows))
    where = say("fault_columns").split("|")[2]
    return table([*columns, where], ((*_cells(row), macro(_WORDS, "place", row.finding)) for row in rows))


def _fault_cells(row: Row) -> tuple[str | Text, ...]:
    finding = row.finding
    severity = finding.severity.word
    what = f"{finding.what} ({finding.id})"
    return (
        styled(say("severity", severity), severity),
        what,
        macro(_WORDS, "place", finding),
        finding.remedy,
    )


def _cells(row: Row) -> tuple[str | Text, ...]:
    finding = row.finding
    severity = finding.severity.word
    return (
        finding.package,
        finding.id,
        styled(say("severity", severity), severity),
        macro(_WORDS, "versions", finding),
        say("why", row),
    )
