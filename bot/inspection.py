"""What was seen on both sides of a change: everything the judgement rests on, and nothing that moves.

An inspection is plain data. Stored beside the verdict, it lets `judge` be run again with a byte-equal result.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.advisory.model import Match
from bot.finding import Finding, Ignored, Origin
from bot.image.supported import Support
from bot.inventory import Inventory, Skipped
from bot.location import Location as Location
from bot.package import Package
from bot.running import RunSettings


@dataclass(frozen=True, slots=True)
class ArgValue:
    """An `ARG` a reference was resolved through, with its default or the value a file gives to it."""

    name: str
    value: str
    line: int
    path: str = ""
    """The file that gives the value; empty for the default in the Dockerfile itself."""


@dataclass(frozen=True, slots=True)
class SeenImage:
    """An image that was read: which bytes, what is in them, and which flaws the snapshot knows of."""

    index_digest: str
    manifest_digest: str
    platform: str
    inventory: Inventory
    matches: tuple[Match, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """What could not be assessed, beyond what the inventory itself says it left out."""
    confirmed: bool = True
    """The reference is known to mean this digest; a tag that could not be resolved may have moved since."""
    support: tuple[Support, ...] = ()
    """Of its distribution, and of the runtimes found in it."""


@dataclass(frozen=True, slots=True)
class Base:
    """One external image a stage starts from or copies whole, and what was seen of it (or why nothing was)."""

    written: str
    reference: str
    """Normalised; empty when it could not be resolved."""
    location: Location
    args: tuple[ArgValue, ...]
    stage: str
    shipped: bool
    """Whether the final stage is built on it; findings of other stages never gate."""
    copied: bool = False
    """Its files are copied whole, it is not built on: its ONBUILD triggers do not run."""
    platform: str = ""
    """As `FROM --platform` resolves it; empty for the default."""
    seen: SeenImage | None = None
    missing: Skipped | None = None
    recalled: bool = False
    """The image could not be read now; `seen` is what was stored when it last could."""
    part: str = ""
    """Which of several things side by side it belongs to, each compared for itself: a use in a compose file, one of
    several ways to build a Dockerfile. Empty for what belongs to all."""
    content: str = ""
    """Of what stands for builds that are not looked at: a name for them, the same while nothing of them changes."""

    @property
    def is_stand_in(self) -> bool:
        """Whether it is no image, but stands for what may be one: a stage nobody knows, builds not looked at."""
        return self.is_stage or bool(self.content)

    @property
    def is_stage(self) -> bool:
        """Whether it stands for a stage that nobody knows. No image has a blank in its name."""
        return not self.reference and self.written.startswith("stage ")


@dataclass(frozen=True, slots=True)
class PackageStep:
    """A package manager command in the chain of the final stage."""

    manager: str
    verb: str
    packages: tuple[tuple[str, str], ...]
    """(name, version as written or "") pairs."""
    location: Location
    certain: bool = True
    """It surely runs; one that may be skipped mends nothing."""
    from_trigger: bool = False
    """It stands in an ONBUILD trigger of the base image."""


@dataclass(frozen=True, slots=True)
class PredictedPackage:
    """A package that building the target would add, and the line that says so."""

    package: Package
    location: Location
    development: bool = False
    """Only needed to develop; whether it lands all the same is for its package manager's options."""
    direct: bool | None = None
    """Asked for by name, and not only by another package; None where the file does not tell."""
    guessed: bool = False
    """Of a distribution: which source package it is built from nobody knows, so it is taken to have the same name."""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """A package that would be added in a version nobody knows before the build runs. Listed, never dropped."""

    name: str
    requirement: str
    """What is asked for, as written: `>=2,<3`; empty for "whatever is newest"."""
    why: str
    location: Location
    unclear: bool = False
    """Which package it is nobody can say either: what was there before may be there still."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The smallest version of a package that has none of the flaws known of it here, and how to get it."""

    package: Package
    version: str
    """Empty when no version is known to be free of all of them."""
    command: str
    """What to type: `npm install lodash@4.17.21`; empty when the manager has no such command."""
    location: Location
    """The line of the lockfile."""
    note: str = ""
    """Why the command may not be enough, such as a dependency that another package asks for; the edit where there is
    none. What stands between backquotes is to be typed."""
    updater: str = ""
    """The program that keeps the dependencies of this lockfile up to date, if one is told to: `Dependabot`."""


@dataclass(frozen=True, slots=True)
class Brought:
    """What one lockfile, or one install command, adds to a target."""

    origin: Origin
    source: str
    """Path of the lockfile, or the command's manager: `app/package-lock.json`, `apt-get`."""
    manager: str
    """`npm`, `pip`, `apt-get`."""
    location: Location
    """The instruction of the Dockerfile that brings it: COPY, or RUN."""
    stage: str
    shipped: bool
    packages: tuple[PredictedPackage, ...] = ()
    unresolved: tuple[Unresolved, ...] = ()
    matches: tuple[Match, ...] = ()
    """Filled in with those of `packages`, on the snapshot of the review."""
    skipped: tuple[Skipped, ...] = ()
    """What of it could not be read or assessed."""
    upgrades: tuple[Upgrade, ...] = ()
    """One for each package with matches."""
    part: str = ""
    """As `Base.part`."""
    why: str = ""
    """How it gets into the image, in words."""
    content: str = ""
    """Of a lockfile that could not be read: a name for the files it is made of, the same while nothing of them
    changes."""


ANY = "*"


@dataclass(frozen=True, slots=True)
class Gap:
    """Something in a Dockerfile or beside it that this version does not look into; always named."""

    what: str
    why: str
    location: Location
    types: tuple[str, ...] = ()
    """The types of packages that a lockfile behind it may bring; `ANY` where nobody knows."""
    overlies: bool = False
    """It may lie over a lockfile that is read as well."""


@dataclass(frozen=True, slots=True)
class SyntaxProblem:
    """Why a Dockerfile could not be understood."""

    reason: str
    location: Location
    beyond_limits: bool = False
    """It is more than is looked at, which does not say that it is none."""
    lockfiles: str = ""
    """Where it is about what the Dockerfile takes in: a name for all lockfiles there are, the same while nothing of
    them changes."""


@dataclass(frozen=True, slots=True)
class DockerfileState:
    """One side of a target: a Dockerfile and everything its final stage is made from, or a file that uses images."""

    path: str
    blob: str
    bases: tuple[Base, ...] = ()
    steps: tuple[PackageStep, ...] = ()
    gaps: tuple[Gap, ...] = ()
    problem: SyntaxProblem | None = None
    overlaid: bool = False
    """Several file systems lie over each other, so which of them a step changes is not known."""
    kind: str = ""
    """What kind of file it is, such as `compose`; empty for a Dockerfile."""
    brought: tuple[Brought, ...] = ()
    """What lockfiles and install commands add."""
    findings: tuple[Finding, ...] = ()
    """What the rules and the search for secrets say of the file itself, before any image is looked at."""
    ignored: tuple[Ignored, ...] = ()
    """What comments in the file excuse."""
    runs: tuple[RunSettings, ...] = ()
    """Of a Dockerfile that the rules could read; several where the ways it is built differ."""

    @property
    def shipped(self) -> Base | None:
        """The base image of the final stage; None for `scratch` and for a file that could not be read."""
        return next((base for base in self.bases if base.shipped), None)


@dataclass(frozen=True, slots=True)
class TargetPair:
    """An image the repository ships, before and after. One side is None for a new or a deleted one."""

    before: DockerfileState | None
    after: DockerfileState | None
    guessed: bool = False
    """Paired because their final stages are alike, not by path, rename or content."""

    @property
    def path(self) -> str:
        """Where a person looks for the target now."""
        state = self.after or self.before
        return state.path if state else ""

    def bases(self) -> Iterator[Base]:
        """Every base image on either side."""
        for state in (self.before, self.after):
            if state is not None:
                yield from state.bases


@dataclass(frozen=True, slots=True)
class SnapshotSeen:
    """The advisory snapshot both sides were judged on."""

    id: str
    checked: tuple[tuple[str, str], ...] = ()
    """(feed, ISO date it was last checked at its source) pairs."""
    too_old: tuple[str, ...] = ()
    """Feeds in use that were checked so long ago that nothing may be concluded from them."""
    old: tuple[str, ...] = ()
    """Feeds in use that are old enough for a warning."""
    broken: tuple[tuple[str, int], ...] = ()
    """(feed, records that could not be read) pairs: such flaws are not known of."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Both sides of a change as seen at one time, on one snapshot and one set of digests."""

    repository: str
    merge_base: str
    head: str
    pairs: tuple[TargetPair, ...] = ()
    snapshot: SnapshotSeen | None = None
    """None when no advisories were imported at all."""
    gaps: tuple[Gap, ...] = ()
    """Changed files that are not looked at, such as lockfiles: not tied to a target."""
    incomplete: str = ""
    """Why changed files may be missing from this inspection."""
    updaters: tuple[str, ...] = ()
    """Programs that keep the dependencies of this repository up to date: `Dependabot`, `Renovate`."""
