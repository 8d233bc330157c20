"""Fill a new index: feeds that are read anew, and the rest carried over from the index in use."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.advisory import BrokenRecord
from bot.advisory.ecosystem import distribution
from bot.feeds.archive import Document
from bot.feeds.record import Record, read_record
from bot.feeds.snapshot import FeedState
from bot.feeds.writer import save_feed

_UNSORTED = "unsorted"
_RECORD = "INSERT INTO records (feed, id, modified, digest, document) VALUES (?, ?, ?, ?, ?)"
_AFFECTED = "INSERT INTO affected VALUES (?, ?, ?, ?)"
_NAME = "INSERT INTO names VALUES (?, ?, ?)"
#: What to read of a feed in the old index, and where it goes. The first parameter moves the record keys up.
_COPIES = (
    (
        "SELECT key + ?, feed, id, modified, digest, document FROM records WHERE feed = ?",
        "INSERT INTO records VALUES (?, ?, ?, ?, ?, ?)",
    ),
    (
        "SELECT ecosystem, package, ceiling, record + ? FROM affected JOIN records ON key = record "
        "WHERE feed = ?",
        _AFFECTED,
    ),
    ("SELECT name, record + ?, alone FROM names JOIN records ON key = record WHERE feed = ?", _NAME),
)
#: Stands for "nobody knows when": older than any limit on age.
_LONG_AGO = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where the documents of a feed come from. Without `checked` the newest record tells the date."""

    source: str
    checked: datetime | None = None
    etag: str = ""


@dataclass(slots=True)
class _Tally:
    """What was counted while a feed was read."""

    records: int = 0
    ratings: int = 0
    broken: int = 0
    unused: int = 0
    newest: datetime = _LONG_AGO
    releases: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def add(self, record: Record, now: datetime) -> None:
        self.ids.add(record.id)
        self.ratings += record.rates_only
        self.records += not record.rates_only
        self.releases |= record.releases
        modified = _moment(record.modified)
        # Some published records are dated in the future, which tells nothing about when they were fetched.
        if modified and self.newest < modified <= now:
            self.newest = modified


def read_feeds(
    connection: sqlite3.Connection,
    documents: Iterable[Document],
    provenance: Callable[[str], Provenance],
    now: datetime,
) -> tuple[FeedState, ...]:
    """Write the documents into the tables; returns what is known of each feed among them."""
    tallies: dict[str, _Tally] = {}
    for document in documents:
        _keep(connection, document, tallies, now)
    feeds = tuple(_state(name, tally, provenance(name)) for name, tally in sorted(tallies.items()))
    for feed in feeds:
        if feed.records or feed.ratings:
            save_feed(connection, feed)
    return feeds


def carry_over(connection: sqlite3.Connection, old: sqlite3.Connection, feeds: Iterable[FeedState]) -> None:
    """Copy feeds from the index in use."""
    (offset,) = connection.execute("SELECT coalesce(max(key), 0) FROM records").fetchone()
    for feed in feeds:
        save_feed(connection, feed)
        for read, write in _COPIES:
            connection.executemany(write, old.execute(read, (offset, feed.name)))


def _keep(
    connection: sqlite3.Connection, document: Document, tallies: dict[str, _Tally], now: datetime
) -> None:
    """Write one document, or count why not."""
    try:
        record = read_record(document.raw)
    except BrokenRecord:
        tallies.setdefault(document.feed or _UNSORTED, _Tally()).broken += 1
        return
    feed = document.feed or _feed_of(record)
    tally = tallies.setdefault(feed, _Tally())
    if record is None:
        tally.unused += 1
    elif record.id in tally.ids:
        tally.broken += 1
    else:
        tally.add(record, now)
        _insert(connection, feed, record)


def _feed_of(record: Record | None) -> str:
    """Sort a record by what it is about, where the layout does not say."""
    return min(map(distribution, record.releases), default=_UNSORTED) if record else _UNSORTED


def _insert(connection: sqlite3.Connection, feed: str, record: Record) -> None:
    values = (feed, record.id, record.modified, record.digest, record.document)
    key = connection.execute(_RECORD, values).lastrowid
    connection.executemany(_AFFECTED, [(e.ecosystem, e.package, e.ceiling, key) for e in record.entries])
    connection.executemany(_NAME, [(name, key, record.alone) for name in record.names])


def _state(name: str, tally: _Tally, provenance: Provenance) -> FeedState:
    return FeedState(
        name=name,
        source=provenance.source,
        checked=provenance.checked or tally.newest,
        etag=provenance.etag,
        records=tally.records,
        ratings=tally.ratings,
        broken=tally.broken,
        unused=tally.unused,
        releases=tuple(sorted(tally.releases)),
    )


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
