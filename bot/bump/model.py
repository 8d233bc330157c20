"""A bump: what is known of a base image, and of the images it could move to, all scanned on one snapshot.

Plain values that are stored with the verdict: every number a person reads is computed before, from scans.
"""

from dataclasses import dataclass
from datetime import date

from bot.image.tags.model import Track
from bot.inspection import Location
from bot.policy.bumps import Treatment
from bot.severity import Severity


@dataclass(frozen=True, slots=True)
class Flaw:
    """A flaw of one source package."""

    package: str
    id: str
    severity: Severity
    severe: bool
    """Bad enough to gate by the repository's policy."""
    fixed_version: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class PackageChange:
    """A package that differs. `before` is empty for a new one, `after` for one that is gone."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What one image is, beyond its flaws."""

    index_digest: str
    manifest_digest: str
    size: int
    """Compressed bytes of all layers."""
    packages: int
    release: str = ""
    """The distribution release it says it is."""
    libc: str = ""
    """`glibc`, `musl` or empty when it has neither or that could not be told."""
    platforms: tuple[str, ...] = ()
    """Empty when they could not be read."""
    signer: str = ""
    """Who claims to have signed it; empty when that is not known."""
    supported_until: date | None = None
    support_over: bool = False
    published: str = ""
    """ISO date and time, in UTC."""
    published_by: str = ""
    """Where that comes from: `registry`, `image` or `first seen`."""
    source: str = ""
    """Where the image says its source or release notes are: an https URL."""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person asked for: a track, or one exact tag. Empty for whatever is best."""

    track: Track | None = None
    tag: str = ""


Counts = tuple[tuple[str, int], ...]
"""(severity word, how many) pairs, worst first, none of them 0."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An image the base could move to, scanned on the same snapshot."""

    tag: str
    track: Track
    treatment: Treatment
    reference: str
    """Normalised, `registry/repository:tag@index-digest`: what was scanned."""
    facts: Facts
    fixes: tuple[Flaw, ...]
    """Flaws of the current image that it does not have, worst first."""
    adds: tuple[Flaw, ...]
    remaining: Counts
    severe_left: int
    packages: tuple[PackageChange, ...]
    note: str = ""

    @property
    def severe_fixed(self) -> int:
        """How many of the flaws that gate it clears."""
        return sum(flaw.severe for flaw in self.fixes)

    @property
    def severe_added(self) -> int:
        """How many flaws that gate it brings."""
        return sum(flaw.severe for flaw in self.adds)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A tag that was not chosen, and why."""

    tag: str
    reason: str
    track: Track | None = None
    """Known for those that were looked into."""
    unread: bool = False
    """It might have been recommended, but looking failed for now: another try may find it the best."""
    gone: bool = False
    """It is listed, and cannot be read: no passing failure."""


Use = tuple[str, str]
"""An image in use: its reference, normalised, and the platform it is for."""


@dataclass(frozen=True, slots=True)
class Advice:
    """What could be done about one base image."""

    written: str
    reference: str
    """Normalised, as used now."""
    platform: str
    location: Location
    """One use of it."""
    facts: Facts
    counts: Counts
    severe: int
    """Flaws that gate, in the current image."""
    candidates: tuple[Candidate, ...] = ()
    """Best first: the first one is what is recommended, if its track is at least offered."""
    rejected: tuple[Rejected, ...] = ()
    """The first of them, those that were looked into before others."""
    rejected_total: int = 0
    stale: str = ""
    """Why the list of tags may be old, if it may."""
    problem: str = ""
    """Why nothing can be proposed, if something was in the way; never empty for "could not look"."""
    snapshot: str = ""
    """Id of the advisories all images were matched against."""

    @property
    def use(self) -> Use:
        """What it is about: a review has no other advice on that."""
        return self.reference, self.platform

    @property
    def unread(self) -> str:
        """What could not be looked at now and may be better than all that was; empty when that is nothing."""
        return "; ".join(f"{each.tag}: {each.reason}" for each in self.rejected if each.unread)

    @property
    def unreadable(self) -> tuple[Rejected, ...]:
        """Tags of which nobody knows whether they would be better, now or for good."""
        return tuple(each for each in self.rejected if each.unread or each.gone)

    @property
    def best(self) -> Candidate | None:
        """The one that is recommended."""
        first = self.candidates[0] if self.candidates else None
        return first if first and first.treatment in (Treatment.OPEN, Treatment.OFFER) else None

    @property
    def to_open(self) -> Candidate | None:
        """The best one that the policy opens a pull request for."""
        wanted = (each for each in self.candidates if each.treatment is Treatment.OPEN)
        return next((each for each in wanted if each.severe_fixed > each.severe_added), None)
