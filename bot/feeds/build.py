"""Fill a new index: feeds that are read anew, and the rest carried over from the index in use."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime

from bot.advisory import BrokenRecord
from bot.advisory.ecosystem import distribution
from bot.feeds.archive import Document
from bot.feeds.record import Record, read_record
from bot.feeds.snapshot import FeedState
from bot.feeds.tally import Provenance, Tally
from bot.feeds.writer import save_feed

UNSORTED = "unsorted"
"""Holds what belongs to no feed, such as broken records whose place does not name one."""
_RECORD = "INSERT INTO records (feed, id, modified, digest, document) VALUES (?, ?, ?, ?, ?) RETURNING key"
_AFFECTED = "INSERT INTO affected VALUES (?, ?, ?, ?)"
_NAME = "INSERT INTO names VALUES (?, ?, ?)"
_REMOVALS = (
    "DELETE FROM records WHERE key IN (SELECT value FROM json_each(?))",
    "DELETE FROM affected WHERE record IN (SELECT value FROM json_each(?))",
    "DELETE FROM names WHERE record IN (SELECT value FROM json_each(?))",
)
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


def read_feeds(
    connection: sqlite3.Connection,
    documents: Iterable[Document],
    provenance: Callable[[str], Provenance],
    now: datetime,
) -> tuple[FeedState, ...]:
    """Write the documents into the tables; returns what is known of each feed among them."""
    tallies: dict[str, Tally] = {}
    for document in documents:
        _keep(connection, document, tallies, now)
    _remove(connection, [key for tally in tallies.values() for key in tally.superseded])
    feeds = tuple(tally.state(name, provenance(name)) for name, tally in sorted(tallies.items()))
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
    connection: sqlite3.Connection, document: Document, tallies: dict[str, Tally], now: datetime
) -> None:
    """Write one document, or count why not."""
    try:
        record = read_record(document.raw)
    except BrokenRecord:
        tallies.setdefault(document.feed or UNSORTED, Tally()).broken += 1
        return
    feed = document.feed or _feed_of(record)
    tally = tallies.setdefault(feed, Tally())
    if record is not None and tally.wants(record):
        tally.hold(record, _insert(connection, feed, record), now)
    else:
        tally.unused += 1


def _feed_of(record: Record | None) -> str:
    """Sort a record by what it is about, where the layout does not say."""
    return min(map(distribution, record.releases), default=UNSORTED) if record else UNSORTED


def _insert(connection: sqlite3.Connection, feed: str, record: Record) -> int:
    """Write a record; return its key."""
    values = (feed, record.id, record.modified, record.digest, record.document)
    (key,) = connection.execute(_RECORD, values).fetchone()
    connection.executemany(_AFFECTED, [(e.ecosystem, e.package, e.ceiling, key) for e in record.entries])
    connection.executemany(_NAME, [(name, key, record.alone) for name in record.names])
    return int(key)


def _remove(connection: sqlite3.Connection, keys: list[int]) -> None:
    """Delete records, all at once: the tables have no indexes yet."""
    for statement in _REMOVALS if keys else ():
        connection.execute(statement, (json.dumps(keys),))
