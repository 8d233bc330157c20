"""Annotations: what stands beside a line of the change.

https://docs.github.com/en/rest/checks/runs, "annotations object"; plain text, no Markdown.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from bot.finding import Finding
from bot.inspection import Location
from bot.policy.verdict import Status
from bot.report.escaping import cut
from bot.report.fit import LONGEST_TEXT, fit
from bot.report.groups import Group
from bot.report.templating import macro
from bot.report.view import View
from bot.severity import Severity

Level = Literal["failure", "warning", "notice"]

MAX_ANNOTATIONS = 200
"""GitHub takes fifty a request; more than four requests help nobody."""
MAX_NAMED = 20
LEAST_NOTED = Severity.MEDIUM
"""Hygiene beside every line would hide what matters."""
MAX_DETAILS = 200
MAX_TITLE = 255

_WORDS = "annotation/message.j2"
_LEVELS: dict[Status, Level] = {
    Status.ERROR: "failure",
    Status.FAIL: "failure",
    Status.WARN: "warning",
    Status.PASS: "notice",
}


@dataclass(frozen=True, slots=True)
class Annotation:
    """One remark on lines of a file of the head commit. Lines are 1-based and inclusive."""

    path: str
    start_line: int
    end_line: int
    level: Level
    title: str
    message: str
    raw_details: str = ""


def annotations(view: View) -> list[Annotation]:
    """All remarks, the worst first: one for each rule on a line, one for each new gap."""
    return [*_of_reasons(view), *_of_notes(view), *_of_gaps(view)]


def _of_reasons(view: View) -> Iterator[Annotation]:
    for group in view.groups:
        if group.location is not None:
            yield _of_group(group, group.location)


def _of_group(group: Group, location: Location) -> Annotation:
    details = _details(group, MAX_DETAILS) if group.rows.total > MAX_NAMED else ""
    return _annotation(
        location, _LEVELS[group.status], macro(_WORDS, "title", group), _message(group), details
    )


def _message(group: Group) -> str:
    return _fitting("message", group, MAX_NAMED)


def _details(group: Group, most: int) -> str:
    return _fitting("details", group, most)


def _fitting(name: str, group: Group, most: int) -> str:
    def render(rows: int) -> str:
        return macro(_WORDS, name, group.cut(rows))

    return fit(render, (most, most // 4, 1), LONGEST_TEXT, lambda: macro(_WORDS, "title", group))


def _of_notes(view: View) -> Iterator[Annotation]:
    """Faults the change introduces that do not fail the check, one remark a line. The lesser ones are only listed."""
    noted: dict[Location, list[Finding]] = defaultdict(list)
    for target in view.targets:
        for row in target.faults:
            if row.weight is Status.PASS and row.finding.shipped and row.finding.severity >= LEAST_NOTED:
                noted[row.finding.location].append(row.finding)
    for location, findings in noted.items():
        message = "\n".join(macro(_WORDS, "note", finding) for finding in findings[:MAX_NAMED])
        yield _annotation(location, "notice", macro(_WORDS, "note_title", findings[0]), message)


def _of_gaps(view: View) -> Iterator[Annotation]:
    gaps = [gap for target in view.targets for gap in target.new_gaps]
    for gap in (*gaps, *view.lockfiles):
        yield _annotation(
            gap.location, "notice", macro(_WORDS, "gap_title"), macro(_WORDS, "gap_message", gap)
        )


def _annotation(location: Location, level: Level, title: str, message: str, details: str = "") -> Annotation:
    start = max(1, location.start_line)
    end = max(start, location.end_line)
    return Annotation(location.path, start, end, level, cut(title, MAX_TITLE), message, details)
