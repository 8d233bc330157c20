"""Turn what was seen of a target into findings: one for each source package and flaw.

Knows how instructions of the Dockerfile change what the base image brings (DESIGN §2, "a predicted inventory is
honest about instructions").
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby

from bot.advisory.model import Match
from bot.finding import Finding, Origin
from bot.inspection import Base, DockerfileState, Location, PackageStep, SeenImage, TargetPair
from bot.inventory import InstalledPackage
from bot.package import Package
from bot.vulnerability import vulnerability

FAMILY_OF_MANAGER = {
    "apt-get": "deb",
    "apt": "deb",
    "aptitude": "deb",
    "apt-mark": "deb",
    "dpkg": "deb",
    "apk": "apk",
}


def findings_of(
    state: DockerfileState | None,
    pair: TargetPair,
    *,
    other: DockerfileState | None,
    whole: DockerfileState | None = None,
) -> tuple[list[Finding], list[Finding]]:
    """Findings of one side, and those that a rebuild clears because an instruction upgrades the package.

    `whole` is the state that this one is a part of, if it is: its instructions are those of every part.
    """
    # Of several images laid over each other it is not known which of them an upgrade mends.
    alone = [*state.steps] if state and not state.overlaid else []
    kept: list[Finding] = []
    cleared: list[Finding] = []
    for base in state.bases if state else ():
        if base.seen is None:
            continue
        location = cause_of(base, other)
        steps = alone if base.shipped else []
        instead = _replaced(whole or state, steps) if state else frozenset()
        for finding in _findings(base, base.seen, pair.path, location, steps, instead):
            (cleared if _is_cleared(finding, steps) else kept).append(finding)
    return kept, cleared


def cause_of(base: Base, other: DockerfileState | None) -> Location:
    """The line that decides which image this is: where an `ARG` gets another value than before, else FROM."""
    theirs = {arg.name: arg.value for base in other.bases for arg in base.args} if other else {}
    for arg in base.args:
        if arg.name in theirs and theirs[arg.name] != arg.value:
            return Location(arg.path or base.location.path, arg.line, arg.line)
    return base.location


def _replaced(state: DockerfileState, steps: Iterable[PackageStep]) -> frozenset[tuple[str, str]]:
    """(type, name) of packages that an instruction surely puts at the version it names, whatever was there."""
    given = {name for step in steps if step.certain for name, version in step.packages if version}
    return frozenset(
        (each.package.type, each.package.name)
        for brought in state.brought
        if brought.origin is Origin.INSTRUCTION and brought.shipped
        for each in brought.packages
        if each.package.name in given
    )


def _findings(
    base: Base,
    seen: SeenImage,
    target: str,
    location: Location,
    steps: list[PackageStep],
    instead: frozenset[tuple[str, str]],
) -> Iterator[Finding]:
    installed = {entry.package: entry for entry in seen.inventory.packages}
    present = [
        match
        for match in seen.matches
        if not _is_removed(match.package, steps) and (match.package.type, match.package.name) not in instead
    ]
    present.sort(key=_group_key)
    for _, group in groupby(present, key=_group_key):
        matches = list(group)
        yield _finding(matches, base, target, location, installed.get(matches[0].package))


def _group_key(match: Match) -> tuple[str, str, str, tuple[str, ...]]:
    package = match.package
    return (package.type, package.source_name, package.source_version, match.ids)


def _finding(
    matches: list[Match], base: Base, target: str, location: Location, entry: InstalledPackage | None
) -> Finding:
    return vulnerability(
        matches[0],
        (match.package.name for match in matches),
        target=target,
        origin=Origin.BASE,
        shipped=base.shipped,
        location=location,
        image=base.written,
        layer=entry.layer_digest if entry else "",
    )


def _names(step: PackageStep) -> set[str]:
    return {name for name, _ in step.packages}


def _steps_for(package_type: str, steps: Iterable[PackageStep]) -> Iterator[PackageStep]:
    return (step for step in steps if FAMILY_OF_MANAGER.get(step.manager) == package_type)


def _is_removed(package: Package, steps: list[PackageStep]) -> bool:
    """Whether the last instruction that names the package removes it, and surely: apk may keep what others need."""
    removed = False
    for step in _steps_for(package.type, steps):
        if package.name in _names(step):
            removed = step.verb == "remove" and step.certain and package.type != "apk"
    return removed


def _is_cleared(finding: Finding, steps: list[PackageStep]) -> bool:
    """Whether a rebuild removes every affected binary, or brings its fixed version."""
    fates = Fates()
    for step in _steps_for(finding.package_type, steps):
        fates.follow(step)
    if fates.removed.issuperset(finding.binaries):
        return True
    return finding.fixable and all(
        binary in fates.removed or fates.is_renewed(binary) for binary in finding.binaries
    )


@dataclass(slots=True)
class Fates:
    """What becomes of packages of the base image as instructions run, as far as that is certain."""

    removed: set[str] = field(default_factory=set)
    _renewed: set[str] = field(default_factory=set)
    """In their newest version."""
    _held: set[str] = field(default_factory=set)
    """Of those that an upgrade of everything has renewed, the ones later put back to a given version."""
    _pinned: set[str] = field(default_factory=set)
    """Those that apk was told a version of, which it notes down and keeps to from then on."""
    _all_renewed: bool = False
    _can_renew: bool = False
    """There are package lists. Debian's and Ubuntu's images ship none; apk fetches what it lacks."""
    _frozen: bool = False
    """Packages may be on hold, and nobody says which."""

    def is_renewed(self, name: str) -> bool:
        """Whether a package is in its newest version in the end."""
        return name in self._renewed or (self._all_renewed and name not in self._held)

    def follow(self, step: PackageStep) -> None:
        """Take one instruction into account."""
        match step.verb:
            case "hold":
                self._frozen = True
            case "update-index":
                self._can_renew |= step.certain
            case "drop-index":
                self._can_renew = False
            case "remove":
                self._remove(step)
            case _:
                self._bring(step)

    def _remove(self, step: PackageStep) -> None:
        """Take packages away. `apk del` keeps those that others need, and succeeds."""
        if not step.certain:
            return
        names = _names(step)
        self._pinned -= names
        if step.manager != "apk":
            self.removed |= names
            self._renewed -= names

    def _bring(self, step: PackageStep) -> None:
        renews = step.certain and not self._frozen and (step.manager == "apk" or self._can_renew)
        if step.manager == "apk":
            self._pin(step)
        if step.verb == "upgrade" and not step.packages:
            if renews:
                self._all_renewed = True
                self._held = set(self._pinned)
            return
        names = _names(step)
        # `apk add` leaves a package that is already there as it is; `apt-get install` renews it.
        keeps = step.verb == "install" and step.manager == "apk"
        given = {name for name, version in step.packages if version}
        # Without a version given, an install lowers none: what was renewed stays so.
        self._renewed = (self._renewed - given) | (names - given if renews and not keeps else set())
        self._held |= given
        self.removed -= names

    def _pin(self, step: PackageStep) -> None:
        if step.certain:
            self._pinned -= _names(step)
        self._pinned |= {name for name, version in step.packages if version}
