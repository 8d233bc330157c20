"""Advice for a terminal: the words and the table of the comment."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from bot.report.advice import AdviceView, CandidateRow
from bot.report.console import styled, table
from bot.report.templating import macro

_WORDS = "bump/words.j2"
_PRINTED = "terminal/bump.txt.j2"


def advice_parts(view: AdviceView) -> Iterator[RenderableType]:
    """Everything about one base image."""
    yield Text("\n" + macro(_PRINTED, "head", view), style="bold")
    yield styled(macro(_PRINTED, "verdict", view), "pass" if view.best else "warn")
    if view.candidates:
        rows = [_in_use(view), *(_cells(row) for row in view.candidates)]
        yield table(macro(_WORDS, "columns").split("|"), rows)
        yield Text(macro(_WORDS, "legend"))
    if doubts := macro(_WORDS, "doubts", view):
        yield styled(doubts, "warn")
    if view.rejected:
        yield Text("\n" + macro(_PRINTED, "rejected", view.rejected))


def _in_use(view: AdviceView) -> tuple[str, ...]:
    facts = view.advice.facts
    left = macro(_WORDS, "remaining", view.remaining)
    size, support = macro(_PRINTED, "size", facts), macro(_WORDS, "support", facts)
    return (macro(_PRINTED, "in_use", view), "–", "–", "–", left, size, support, "–")


def _cells(row: CandidateRow) -> tuple[str, ...]:
    candidate = row.candidate
    return (
        candidate.tag,
        macro(_WORDS, "track", candidate),
        macro(_WORDS, "numbers", candidate.fixes, candidate.severe_fixed),
        macro(_WORDS, "numbers", candidate.adds, candidate.severe_added),
        macro(_WORDS, "remaining", row.remaining),
        macro(_PRINTED, "size", candidate.facts),
        macro(_WORDS, "support", candidate.facts),
        macro(_WORDS, "risk", row),
    )
