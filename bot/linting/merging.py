"""Put hadolint's reports among our findings: the same point once, with both names."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from bot.advisory.model import FixState
from bot.dockerfile.model import Dockerfile, Instruction
from bot.dockerfile.rules.linting import Linted, place, set_aside
from bot.finding import Finding, Kind, Origin
from bot.linting.report import Report
from bot.location import Location
from bot.severity import Severity

WIKI = "https://github.com/hadolint/hadolint/wiki/"
SHELLCHECK = "https://www.shellcheck.net/wiki/"
_SEVERITIES = {"error": Severity.MEDIUM, "warning": Severity.LOW}
#: Points where ours looks closer, so that its silence decides: names such as PASSWORD_FILE, build stages, the values
#: of ARGs, users that the base image sets.
DECIDED = frozenset(
    "DL3002 DL3006 DL3007 DL3009 DL3015 DL3019 DL3032 DL3036 DL3040 DL3042 DL3057 DL3060 DL3064".split()
)
#: Points that do not matter where one of ours has found worse: root has no number to write instead of its name.
WORSE = {"DL3066": "root-user"}


def merged(
    own: Linted, reports: Iterable[Report], dockerfile: Dockerfile, shipped: Iterable[int], path: str
) -> Linted:
    """Add what only hadolint finds. `shipped` are the numbers of the stages that are."""
    places = _Places(dockerfile, frozenset(shipped))
    known = {
        (name, places.instruction(each.location.start_line))
        for each in (*own.findings, *(one.finding for one in own.ignored))
        for name in each.ids
    }
    found: list[Finding] = []
    seen: Counter[str] = Counter()
    for report in reports:
        at = places.instruction(report.line)
        if report.code in DECIDED or (report.code, at) in known or report.level == "ignore":
            continue
        if (WORSE.get(report.code), at) in known:
            continue
        each = _finding(report, places, path)
        seen[each.package] += 1
        nth = seen[each.package]
        found.append(each if nth == 1 else replace(each, package=f"{each.package} ({nth})"))
    kept, ignored = set_aside(found, own.pragmas)
    findings = sorted([*own.findings, *kept], key=lambda each: (each.location.start_line, each.ids))
    return Linted(tuple(findings), (*own.ignored, *ignored), own.pragmas)


class _Places:
    """Which instruction and stage a line belongs to."""

    def __init__(self, dockerfile: Dockerfile, shipped: frozenset[int]) -> None:
        self.stages = dockerfile.stages
        self.shipped = shipped
        self.instructions = dockerfile.instructions
        self._starts = [each.start_line for each in dockerfile.instructions]
        self._stage_starts = [stage.start_line for stage in dockerfile.stages]

    def instruction(self, line: int) -> int:
        """The number of the instruction at a line, or before it."""
        return max(0, bisect_right(self._starts, line) - 1)

    def at(self, line: int) -> Instruction:
        return self.instructions[self.instruction(line)]

    def stage(self, line: int) -> int:
        return max(0, bisect_right(self._stage_starts, line) - 1)

    def words(self, line: int) -> str:
        return place(self.stages[self.stage(line)], self.stages[-1])


def _finding(report: Report, places: _Places, path: str) -> Finding:
    instruction = places.at(report.line)
    shell = report.code.startswith("SC")
    return Finding(
        kind=Kind.MISCONFIGURATION,
        target="",
        package_type="",
        package=f"{places.words(report.line)}: {instruction.cmd} {report.code}",
        version="",
        binaries=(),
        ids=(report.code,),
        records=(),
        severity=_SEVERITIES.get(report.level, Severity.NEGLIGIBLE),
        severity_source="hadolint",
        fix_state=FixState.NOT_FIXED,
        fixed_version="",
        summary=report.message,
        url=f"{SHELLCHECK if shell else WIKI}{report.code}",
        origin=Origin.INSTRUCTION,
        shipped=places.stage(report.line) in places.shipped,
        location=Location(path, instruction.start_line, instruction.end_line),
        image="",
        layer="",
        title=report.message,
    )
