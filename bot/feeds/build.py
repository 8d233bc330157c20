"""Fill a new index: feeds that are read anew, and the rest carried over from the index in use."""

import json
import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.advisory import BrokenRecord
from bot.advisory.ecosystem import distribution
from bot.feeds.archive import Document
from bot.feeds.record import Record, read_record
from bot.feeds.snapshot import FeedState
from bot.feeds.tally import Provenance, Tally
from bot.feeds.writer import save_feed
from bot.package.versions import ORDERINGS

UNSORTED = "unsorted"
"""Holds what belongs to no feed, such as broken records whose place does not name one."""
_RECORD = "INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?) RETURNING key"
_ADVISORY = "INSERT INTO advisories VALUES (?, ?)"
_AFFECTED = "INSERT INTO affected VALUES (?, ?, ?, ?)"
_NAME = "INSERT INTO names VALUES (?, ?, ?)"
_LEFT_OUT = "INSERT INTO left_out VALUES (?, ?, ?)"
_REMOVALS = (
    "DELETE FROM records WHERE key IN (SELECT value FROM json_each(?))",
    "DELETE FROM advisories WHERE record IN (SELECT value FROM json_each(?))",
    "DELETE FROM affected WHERE record IN (SELECT value FROM json_each(?))",
    "DELETE FROM names WHERE record IN (SELECT value FROM json_each(?))",
)
#: What goes over from the index in use. The first parameter moves the record keys up.
_COPIES = (
    """INSERT INTO records SELECT key + ?1, feed, id, modified, digest, rates, releases
    FROM old.records WHERE feed = ?2""",
    """INSERT INTO advisories SELECT record + ?1, advisory
    FROM old.advisories JOIN old.records ON key = record WHERE feed = ?2""",
    """INSERT INTO affected SELECT ecosystem, package, ceiling, record + ?1
    FROM old.affected JOIN old.records ON key = record WHERE feed = ?2""",
    """INSERT INTO names SELECT name, record + ?1, alone
    FROM old.names JOIN old.records ON key = record WHERE feed = ?2""",
    "INSERT INTO left_out SELECT feed, name, broken FROM old.left_out WHERE feed = ?2 AND ?1 IS NOT NULL",
)
_CHANGED = """
INSERT INTO changed SELECT DISTINCT now.id FROM records AS now
LEFT JOIN old.records AS before ON before.feed = now.feed AND before.id = now.id
WHERE before.digest IS NOT now.digest AND EXISTS (SELECT 1 FROM old.feeds WHERE name = now.feed)
"""


def attach(connection: sqlite3.Connection, old: Path) -> None:
    """Make the index in use readable beside the new one, as `old`."""
    connection.execute(
        "ATTACH DATABASE ? AS old", (f"file:{quote(str(old.absolute()))}?mode=ro&immutable=1",)
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
    remove(connection, [key for tally in tallies.values() for key in tally.superseded])
    feeds = tuple(tally.state(name, provenance(name)) for name, tally in sorted(tallies.items()))
    for feed in feeds:
        if feed.records or feed.ratings:
            save_feed(connection, feed)
    return feeds


def carry_over(connection: sqlite3.Connection, feeds: Iterable[FeedState]) -> None:
    """Copy feeds from the index in use, which is attached."""
    (offset,) = connection.execute("SELECT coalesce(max(key), 0) FROM records").fetchone()
    for feed in feeds:
        save_feed(connection, feed)
        for statement in _COPIES:
            connection.execute(statement, (offset, feed.name))


def note_changes(connection: sqlite3.Connection) -> None:
    """Note what is not as it was in the index in use. A feed that is new there changed nothing."""
    connection.execute(_CHANGED)


def insert(connection: sqlite3.Connection, feed: str, record: Record) -> int:
    """Write a record; return its key."""
    releases = json.dumps(sorted(record.releases))
    values = (feed, record.id, record.modified, record.digest, record.rates_only, releases)
    (key,) = connection.execute(_RECORD, values).fetchone()
    connection.execute(_ADVISORY, (key, record.advisory))
    connection.executemany(_AFFECTED, [(e.ecosystem, e.package, e.ceiling, key) for e in record.entries])
    connection.executemany(_NAME, [(name, key, record.alone) for name in record.names])
    return int(key)


def remove(connection: sqlite3.Connection, keys: list[int]) -> None:
    """Delete records, all at once: the tables may have no indexes yet."""
    for statement in _REMOVALS if keys else ():
        connection.execute(statement, (json.dumps(keys),))


def leave_out(connection: sqlite3.Connection, feed: str, name: str, *, broken: bool) -> None:
    """Note a document that is of no use."""
    connection.execute(_LEFT_OUT, (feed, name, broken))


def belongs(feed: str, record: Record) -> bool:
    """Whether a feed may hold a record: an ecosystem's own feed speaks of that ecosystem."""
    return feed not in ORDERINGS or any(distribution(release) == feed for release in record.releases)


def _keep(
    connection: sqlite3.Connection, document: Document, tallies: dict[str, Tally], now: datetime
) -> None:
    """Write one document, or count why not."""
    try:
        record = read_record(document.raw)
    except BrokenRecord:
        feed = document.feed or UNSORTED
        tallies.setdefault(feed, Tally()).broken += 1
        leave_out(connection, feed, document.name, broken=True)
        return
    feed = document.feed or _feed_of(record)
    tally = tallies.setdefault(feed, Tally())
    if record is not None:
        tally.saw(record.modified, now)
    if record is not None and belongs(feed, record) and tally.wants(record):
        tally.hold(record, insert(connection, feed, record))
    else:
        tally.unused += 1
        leave_out(connection, feed, document.name, broken=False)


def _feed_of(record: Record | None) -> str:
    """Sort a record by what it is about, where the layout does not say."""
    return min(map(distribution, record.releases), default=UNSORTED) if record else UNSORTED
