"""What a state of the advisory index can vouch for: which releases, by which feeds, checked when."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from bot.advisory.ecosystem import distribution, normalized, split
from bot.feeds.published import PUBLISHED
from bot.package.versions import ORDERINGS


@dataclass(frozen=True, slots=True)
class FeedState:
    """One imported feed, such as `Debian`."""

    name: str
    source: str
    """Where it came from: a URL or the name of a directory."""
    checked: datetime
    """When it was last known to be what its source publishes."""
    etag: str = ""
    records: int = 0
    """Records that can match a package."""
    ratings: int = 0
    """Records that only tell how severe a flaw is: those of ecosystems whose packages are not read yet."""
    broken: int = 0
    """Records that could not be read, and were left out."""
    unused: int = 0
    """Records that say nothing this version can use."""
    releases: tuple[str, ...] = ()
    """The releases it covers, such as `Debian:12`: those of its distribution that occur in its records. A
    language has none, and its feed covers the language: `PyPI`."""
    complete: datetime | None = None
    """When all of it was last fetched; None for what was imported, which no list of changes continues."""
    newest: datetime | None = None
    """Up to where its source's list of changes was followed."""
    digest: str = field(default="", compare=False)
    """Of all its records."""


@dataclass(frozen=True, slots=True)
class CatalogueState:
    """One catalogue about exploitation: `KEV` or `EPSS`."""

    kind: str
    source: str
    checked: datetime
    etag: str = ""
    entries: int = 0
    broken: int = 0
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of an index. Equal contents have equal ids, whenever and wherever they were imported."""

    id: str
    created: datetime
    feeds: tuple[FeedState, ...] = ()
    catalogues: tuple[CatalogueState, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether anything can be said about a release; `reason` says why not."""

    covered: bool
    reason: str = ""
    published: bool = True
    """Whether there are advisories that could be imported."""


def coverage(snapshot: Snapshot, ecosystem: str) -> Coverage:
    """Tell whether some feed covers a release such as `Debian:12`, or a language such as `PyPI`."""
    if covering(snapshot, ecosystem):
        return Coverage(True)
    name = distribution(ecosystem)
    if not name:
        return Coverage(False, "its distribution release is not known")
    imported = any(distribution(release) == name for feed in snapshot.feeds for release in feed.releases)
    if name not in PUBLISHED and not imported:
        return Coverage(False, f"nobody publishes advisories for {name} in OSV's form", published=False)
    if name not in ORDERINGS:
        return Coverage(False, f"this version does not match {name} packages yet")
    if not imported:
        return Coverage(False, f"no advisories imported for {name}")
    release = split(ecosystem)[1]
    if not release:
        return Coverage(False, f"the image does not say which {name} release it is")
    return Coverage(False, f"release {release} is not in the imported {name} feed")


def covering(snapshot: Snapshot, ecosystem: str) -> tuple[FeedState, ...]:
    """Return the feeds that cover a release."""
    return tuple(feed for feed in snapshot.feeds if normalized(ecosystem) in feed.releases)


class FreshnessLevel(StrEnum):
    """What the age of a feed means for the verdict."""

    FRESH = "fresh"
    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Freshness:
    """How long ago a feed, or the advisories for a release, were last checked at their source."""

    level: FreshnessLevel
    checked: datetime | None
    days: float


def freshness(
    snapshot: Snapshot, ecosystem: str, now: datetime, warn_days: float = 7, error_days: float = 30
) -> Freshness:
    """Judge the age of the oldest feed that covers `ecosystem`; what nothing covers is an error."""
    checked = min((feed.checked for feed in covering(snapshot, ecosystem)), default=None)
    if checked is None:
        return Freshness(FreshnessLevel.ERROR, None, float("inf"))
    return age_of(checked, now, warn_days, error_days)


def age_of(checked: datetime, now: datetime, warn_days: float = 7, error_days: float = 30) -> Freshness:
    """Judge the age of what was checked at some time."""
    days = max((now - checked) / timedelta(days=1), 0.0)
    if days > error_days:
        return Freshness(FreshnessLevel.ERROR, checked, days)
    return Freshness(FreshnessLevel.WARN if days > warn_days else FreshnessLevel.FRESH, checked, days)
