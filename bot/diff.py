"""Compare what a target shipped before with what it ships now.

Two axes (DESIGN §2): `change` says what this change did, `since` says why it is seen now.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.finding import Finding, Kind


class Effect(StrEnum):
    """What the change did to a finding."""

    INTRODUCED = "introduced"
    FIXED = "fixed"
    UNCHANGED = "unchanged"
    CLEARED = "cleared if rebuilt"
    """In the base image, but an instruction of this Dockerfile upgrades or reinstalls the package."""


class Since(StrEnum):
    """Why the finding is seen now, compared with the last stored verdict."""

    FIRST_SEEN = "first seen here"
    NEW_ADVISORY = "new advisory"
    UPSTREAM_MOVED = "upstream moved"
    UNKNOWN = "unknown"


OUTSIDE = (Since.NEW_ADVISORY, Since.UPSTREAM_MOVED)
"""What happens to a head without anybody touching it."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the last stored verdict (of this head, else of the target branch) said of one target."""

    of_head: bool
    snapshot: str
    digests: dict[str, str] = field(default_factory=dict)
    """Reference → index digest."""
    flaws: frozenset[tuple[str, str]] = frozenset()
    """(package, flaw name) pairs it listed, all names of each flaw."""
    excused: frozenset[tuple[str, str, Since]] = frozenset()
    """Those of them that came from outside while this head stood, and why: asking again makes them no fault."""

    def knew(self, finding: Finding) -> bool:
        """Whether that verdict listed this finding under any of its names."""
        return any((finding.package, name) in self.flaws for name in finding.ids)

    def excuse(self, finding: Finding) -> Since | None:
        """Why that verdict did not count this finding against the head, if it did not."""
        for since in OUTSIDE:
            if any((finding.package, name, since) in self.excused for name in finding.ids):
                return since
        return None


@dataclass(frozen=True, slots=True)
class Difference:
    """One finding with both answers to "why"."""

    finding: Finding
    effect: Effect
    since: Since = Since.UNKNOWN
    carried_over: bool = False
    """The flaw was there before under another package name, as after a switch of distribution."""


class FlawSet:
    """Findings looked up by identity and by flaw name, so comparing is linear in their number."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._by_name: dict[tuple[str, str], list[Finding]] = defaultdict(list)
        for finding in findings:
            for name in finding.ids:
                self._by_name[finding.target, name].append(finding)

    def same(self, finding: Finding) -> bool:
        """Whether the same flaw in the same package is here, and shipped if `finding` is shipped."""
        return any(
            _is_same(other, finding) and other.shipped >= finding.shipped for other in self._sharing(finding)
        )

    def same_flaw_shipped(self, finding: Finding) -> bool:
        """Whether the flaw is here in what is shipped, under whatever package name."""
        return any(other.shipped for other in self._sharing(finding))

    def _sharing(self, finding: Finding) -> Iterator[Finding]:
        for name in finding.ids:
            yield from self._by_name.get((finding.target, name), ())


def _is_same(one: Finding, other: Finding) -> bool:
    """Whether two findings that share a name are one. A secret is itself wherever it stands, and no other is it."""
    if one.kind is Kind.SECRET and one.kind is other.kind and one.version and other.version:
        return one.version == other.version
    return one.identity == other.identity


def diff(
    before: Sequence[Finding], after: Sequence[Finding], cleared: Sequence[Finding] = ()
) -> list[Difference]:
    """Tell findings apart by what the change did. `cleared` are those of the head that a rebuild removes."""
    was, now = FlawSet(before), FlawSet([*after, *cleared])
    gone = [finding for finding in before if not now.same(finding)]
    left = FlawSet(gone)
    differences = [_of_head(finding, was, left) for finding in after]
    differences += [Difference(finding, Effect.CLEARED) for finding in cleared]
    differences += [Difference(finding, Effect.FIXED) for finding in gone]
    return differences


def _of_head(finding: Finding, was: FlawSet, left: FlawSet) -> Difference:
    if was.same(finding):
        return Difference(finding, Effect.UNCHANGED)
    # Only a package that left can have handed its flaw over: beside one that stayed, this is one more. Of secrets and
    # misconfigurations none is excused by another that left.
    if finding.kind is Kind.VULNERABILITY and left.same_flaw_shipped(finding):
        return Difference(finding, Effect.UNCHANGED, carried_over=True)
    return Difference(finding, Effect.INTRODUCED)


def since(
    finding: Finding, effect: Effect, earlier: Earlier | None, *, reference: str, digest: str, snapshot: str
) -> Since:
    """Why a finding of the head is seen now. `reference` and `digest` are those of its image."""
    if earlier is None or (not earlier.of_head and effect is Effect.INTRODUCED):
        return Since.FIRST_SEEN if effect is Effect.INTRODUCED else Since.UNKNOWN
    if earlier.knew(finding):
        return earlier.excuse(finding) or Since.FIRST_SEEN
    if reference not in earlier.digests:
        # An image that no earlier verdict has looked at excuses nothing.
        return Since.FIRST_SEEN
    if earlier.digests[reference] != digest:
        return Since.UPSTREAM_MOVED
    # Advisories tell of vulnerabilities alone.
    told = finding.kind is Kind.VULNERABILITY and earlier.snapshot != snapshot
    return Since.NEW_ADVISORY if told else Since.FIRST_SEEN
