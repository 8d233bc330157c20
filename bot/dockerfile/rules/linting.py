"""From a Dockerfile to findings: run the rules, name what they hit, set aside what a comment excuses."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from bot.advisory.model import FixState
from bot.dockerfile.model import Stage
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule, short
from bot.dockerfile.rules.pragmas import Pragma
from bot.finding import Finding, Ignored, Kind, Origin
from bot.location import Location
from bot.severity import Severity

MOST_HITS = 200
"""Of one rule in one file; how many more there are is the last one's to say."""


@dataclass(frozen=True, slots=True)
class Linted:
    """What the rules say of a Dockerfile, and what comments in it excuse."""

    findings: tuple[Finding, ...] = ()
    ignored: tuple[Ignored, ...] = ()
    pragmas: tuple[Pragma, ...] = ()
    """The comments, for findings that are only known once more is."""


def findings_of(rules: Iterable[Rule], readings: Sequence[Facts], path: str) -> list[Finding]:
    """Ask every rule, and give what it hits the names that pair it with the other side of a change.

    `readings` are of the same file, one for each way it is built; what several of them show is told once.
    """
    found = []
    for rule in rules:
        for hit, nth in _numbered(_limited(rule, _once(rule, readings))):
            found.append(finding(rule, hit, path, nth, final=readings[0].named))
    return sorted(found, key=lambda each: (each.location.start_line, each.ids))


def finding(rule: Rule, hit: Hit, path: str, nth: int = 1, *, final: Stage) -> Finding:
    """One finding of a hit, the nth with that subject."""
    lines = hit.lines if hit.lines[0] else hit.step.lines
    return misconfiguration(
        ids=rule.ids if hit.aliases is None else (rule.id, *hit.aliases),
        package=f"{place(hit.step.stage, final)}: {short(hit.subject)}" + (f" ({nth})" if nth > 1 else ""),
        rule=rule,
        summary=hit.summary,
        hit=hit,
        shipped=hit.step.shipped,
        location=Location(path, *lines),
    )


def misconfiguration(
    *,
    ids: tuple[str, ...],
    package: str,
    rule: Rule,
    summary: str,
    shipped: bool,
    location: Location,
    hit: Hit | None = None,
    origin: Origin = Origin.INSTRUCTION,
    image: str = "",
) -> Finding:
    """A finding of a rule; the target is for the caller to name."""
    severity = hit.severity if hit else None
    return Finding(
        kind=Kind.MISCONFIGURATION,
        target="",
        package_type="",
        package=package,
        version="",
        binaries=(),
        ids=ids,
        records=(),
        severity=rule.severity if severity is None else severity,
        severity_source="rule",
        fix_state=FixState.NOT_FIXED,
        fixed_version="",
        summary=summary,
        url=rule.url,
        origin=origin,
        shipped=shipped,
        location=location,
        image=image,
        layer="",
        title=rule.title,
        explanation=rule.explanation,
        remedy=(hit.remedy if hit else "") or rule.remedy,
    )


def place(stage: Stage, final: Stage) -> str:
    """A stage in words that survive a move: the last one is the same whatever its name."""
    return "final stage" if stage.index == final.index else f"stage {stage.name or stage.index}"


def set_aside(findings: Iterable[Finding], pragmas: Sequence[Pragma]) -> tuple[list[Finding], list[Ignored]]:
    """Tell apart what a comment excuses."""
    kept: list[Finding] = []
    ignored: list[Ignored] = []
    for each in findings:
        line = each.location.start_line
        excuse = next((pragma for pragma in pragmas if pragma.excuses(each.ids, line)), None)
        if excuse is None:
            kept.append(each)
        else:
            ignored.append(
                Ignored(each, short(excuse.reason), Location(each.location.path, excuse.line, excuse.line))
            )
    return kept, ignored


def excused_ids(rules: Iterable[Rule]) -> Collection[str]:
    """The names a comment may use."""
    return frozenset(name for rule in rules for name in rule.ids)


def _once(rule: Rule, readings: Iterable[Facts]) -> list[Hit]:
    """Put together what a rule hits in all ways, each place once: as it is where it weighs most."""
    found: dict[tuple[object, ...], Hit] = {}
    for facts in readings:
        seen: Counter[tuple[object, ...]] = Counter()
        for hit in rule.check(facts):
            at = hit.step.stage.index, hit.step.lines, hit.lines, short(hit.subject)
            seen[at] += 1
            key = (*at, seen[at])
            if key not in found or _weight(rule, hit) > _weight(rule, found[key]):
                found[key] = hit
    return list(found.values())


def _weight(rule: Rule, hit: Hit) -> tuple[bool, Severity]:
    return hit.step.shipped, rule.severity if hit.severity is None else hit.severity


def _limited(rule: Rule, hits: list[Hit]) -> list[Hit]:
    if len(hits) <= MOST_HITS:
        return hits
    kept, rest = hits[: MOST_HITS - 1], hits[MOST_HITS - 1 :]
    first = max(rest, key=lambda hit: _weight(rule, hit))
    summary = (
        f"{first.summary} There are {len(rest) - 1} more such places in this file, which are not listed."
    )
    return [*kept, Hit(first.step, "many more places", summary, first.lines, first.severity, first.remedy)]


def _numbered(hits: Iterable[Hit]) -> Iterator[tuple[Hit, int]]:
    """The same subject again is one more problem, and must not pair with the first."""
    seen: Counter[tuple[int, str]] = Counter()
    for hit in hits:
        key = hit.step.stage.index, short(hit.subject)
        seen[key] += 1
        yield hit, seen[key]
