"""Count what a feed holds while it is read: of two records with one id the newer one, whichever came first."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.advisory.ecosystem import distribution
from bot.feeds.record import Record
from bot.feeds.snapshot import FeedState
from bot.package.versions import ORDERINGS

#: Stands for "nobody knows when": older than any limit on age.
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the documents of a feed come from. Without `checked` the newest record tells the date."""

    source: str
    checked: datetime | None = None
    etag: str = ""


@dataclass(frozen=True, slots=True)
class _Held:
    """What is known of a record that was written."""

    key: int
    age: tuple[datetime, str, bytes]
    rates_only: bool
    releases: frozenset[str]


@dataclass(slots=True)
class Tally:
    """What one feed holds so far."""

    broken: int = 0
    unused: int = 0
    superseded: list[int] = field(default_factory=list)
    """Keys of records that were written before a newer one with their id came."""
    _newest: datetime = _LONG_AGO
    _held: dict[str, _Held] = field(default_factory=dict)

    def wants(self, record: Record) -> bool:
        """Whether no newer record with this id was written."""
        held = self._held.get(record.id)
        return held is None or held.age < _age(record)

    def hold(self, record: Record, key: int, now: datetime) -> None:
        """Count a record that was written."""
        if (old := self._held.get(record.id)) is not None:
            self.superseded.append(old.key)
            self.unused += 1
        self._held[record.id] = _Held(key, _age(record), record.rates_only, record.releases)
        modified = _moment(record.modified)
        # Some published records are dated in the future, which tells nothing about when they were fetched.
        if modified and self._newest < modified <= now:
            self._newest = modified

    def state(self, name: str, provenance: Provenance) -> FeedState:
        """Say what is known of the feed in the end."""
        held = self._held.values()
        ratings = sum(record.rates_only for record in held)
        return FeedState(
            name=name,
            source=provenance.source,
            checked=provenance.checked or self._newest,
            etag=provenance.etag,
            records=len(held) - ratings,
            ratings=ratings,
            broken=self.broken,
            unused=self.unused,
            releases=self._releases(name),
        )

    def _releases(self, name: str) -> tuple[str, ...]:
        """Return what the feed vouches for: of a distribution's feed its own releases, though it may mention others."""
        found = {release for record in self._held.values() for release in record.releases}
        own = {release for release in found if name not in ORDERINGS or distribution(release) == name}
        return tuple(sorted(own))


def _age(record: Record) -> tuple[datetime, str, bytes]:
    """Order records with one id by age, and those of one age in some way that is always the same."""
    return (_moment(record.modified) or _LONG_AGO, record.modified, record.digest)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
