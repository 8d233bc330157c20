"""Count what a feed holds while it is read: of two records with one id the newer one, whichever came first."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.advisory.ecosystem import distribution
from bot.feeds.record import Record
from bot.feeds.snapshot import FeedState
from bot.package.versions import ORDERINGS

#: Stands for "nobody knows when": older than any limit on age.
LONG_AGO = datetime.fromtimestamp(0, UTC)
Age = tuple[datetime, str, bytes]


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the documents of a feed come from. Without `checked` the newest record tells the date."""

    source: str
    checked: datetime | None = None
    etag: str = ""
    fetched: bool = False
    """From a site that can tell later what changed."""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is known of a record that was written."""

    key: int
    age: Age
    rates_only: bool
    releases: frozenset[str]


@dataclass(slots=True)
class Tally:
    """What one feed holds so far."""

    broken: int = 0
    unused: int = 0
    superseded: list[int] = field(default_factory=list)
    """Keys of records that were written before a newer one with their id came."""
    newest: datetime = LONG_AGO
    _held: dict[str, _Held] = field(default_factory=dict)

    def wants(self, record: Record) -> bool:
        """Whether no newer record with this id was written."""
        held = self._held.get(record.id)
        return held is None or held.age < age_of_record(record.modified, record.digest)

    def hold(self, record: Record, key: int) -> None:
        """Count a record that was written."""
        if (old := self._held.get(record.id)) is not None:
            self.superseded.append(old.key)
            self.unused += 1
        age = age_of_record(record.modified, record.digest)
        self._held[record.id] = _Held(key, age, record.rates_only, record.releases)

    def saw(self, modified: str, now: datetime) -> None:
        """Note the date of a document, of use or not."""
        date = moment(modified)
        # Some published records are dated in the future, which tells nothing about when they were fetched.
        if date and self.newest < date <= now:
            self.newest = date

    def state(self, name: str, provenance: Provenance) -> FeedState:
        """Say what is known of the feed in the end."""
        held = self._held.values()
        ratings = sum(record.rates_only for record in held)
        return FeedState(
            name=name,
            source=provenance.source,
            checked=provenance.checked or self.newest,
            etag=provenance.etag,
            records=len(held) - ratings,
            ratings=ratings,
            broken=self.broken,
            unused=self.unused,
            releases=own_releases(name, (release for record in held for release in record.releases)),
            complete=provenance.checked if provenance.fetched else None,
            newest=self.newest if provenance.fetched else None,
        )


def own_releases(name: str, found: Iterable[str]) -> tuple[str, ...]:
    """Return what a feed vouches for: of a distribution's feed its own releases, though it may mention others."""
    return tuple(sorted({each for each in found if name not in ORDERINGS or distribution(each) == name}))


def age_of_record(modified: str, digest: bytes) -> Age:
    """Order records with one id by age, and those of one age in some way that is always the same."""
    return (moment(modified) or LONG_AGO, modified, digest)


def moment(text: str) -> datetime | None:
    """Read a date; None for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
