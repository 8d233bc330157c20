"""Weigh one image against another: which flaws and packages differ. Pure, from what was seen of both.

Flaws are the findings that a Dockerfile made of nothing but the image would have, so every number here is one that
a review would show.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from bot.bump.model import Counts, Flaw, PackageChange
from bot.diff import Effect, FlawSet, diff
from bot.finding import Finding
from bot.findings import findings_of
from bot.inspection import Base, DockerfileState, Location, SeenImage, TargetPair
from bot.policy.gate import Policy, is_severe

_NOWHERE = Location("", 1, 1)


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an image would change in the place of another."""

    fixes: tuple[Flaw, ...]
    """Worst first, as are `adds`."""
    adds: tuple[Flaw, ...]
    remaining: Counts
    severe_left: int
    packages: tuple[PackageChange, ...]


@dataclass(frozen=True, slots=True)
class Burden:
    """How many flaws one image has."""

    counts: Counts
    severe: int


def weigh(before: SeenImage, after: SeenImage, policy: Policy) -> Weighed:
    """Compare two images that were matched against the same snapshot."""
    now = _findings(after)
    differences = diff(_findings(before), now)
    # A flaw that came along under another package name is not cleared.
    moved = FlawSet(each.finding for each in differences if each.carried_over)
    gone = (each.finding for each in differences if each.effect is Effect.FIXED)
    new = (each.finding for each in differences if each.effect is Effect.INTRODUCED)
    burden = _burden(now, policy)
    return Weighed(
        fixes=_flaws((finding for finding in gone if not moved.same_flaw_shipped(finding)), policy),
        adds=_flaws(new, policy),
        remaining=burden.counts,
        severe_left=burden.severe,
        packages=package_changes(before, after),
    )


def burden_of(seen: SeenImage, policy: Policy) -> Burden:
    """Count the flaws of one image."""
    return _burden(_findings(seen), policy)


def package_changes(before: SeenImage, after: SeenImage) -> tuple[PackageChange, ...]:
    """Packages that differ, by the names they are installed under."""
    was, now = _versions(before), _versions(after)
    return tuple(
        PackageChange(name, was.get((kind, name), ""), now.get((kind, name), ""))
        for kind, name in sorted(was.keys() | now.keys())
        if was.get((kind, name)) != now.get((kind, name))
    )


def _findings(seen: SeenImage) -> list[Finding]:
    base = Base("", "", _NOWHERE, (), "", shipped=True, seen=seen)
    state = DockerfileState("", "", (base,))
    found, _ = findings_of(state, TargetPair(None, state), other=None)
    return found


def _burden(findings: Iterable[Finding], policy: Policy) -> Burden:
    findings = list(findings)
    counts = Counter(finding.severity for finding in findings)
    ordered = sorted(counts.items(), reverse=True)
    severe = sum(is_severe(finding, policy) for finding in findings)
    return Burden(tuple((severity.word, number) for severity, number in ordered), severe)


def _flaws(findings: Iterable[Finding], policy: Policy) -> tuple[Flaw, ...]:
    flaws = (
        Flaw(
            finding.package,
            finding.id,
            finding.severity,
            is_severe(finding, policy),
            finding.fixed_version,
            finding.url,
        )
        for finding in findings
    )
    return tuple(sorted(flaws, key=_order))


def _order(flaw: Flaw) -> tuple[object, ...]:
    return (not flaw.severe, -flaw.severity, flaw.package, flaw.id, flaw.fixed_version, flaw.url)


def _versions(seen: SeenImage) -> dict[tuple[str, str], str]:
    """Several versions of one package, as kernels have them, stand beside each other."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for entry in seen.inventory.packages:
        found[entry.package.type, entry.package.name].add(entry.package.version)
    return {key: ", ".join(sorted(versions)) for key, versions in found.items()}
