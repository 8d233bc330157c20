"""Follow a source's list of changes, `modified_id.csv`, and apply what changed to a feed that is held.

The list has a line `<ISO date>,<id>` for each record of an ecosystem, newest first:
https://google.github.io/osv.dev/data/#downloading-recent-changes
"""

import json
import re
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.advisory import BrokenRecord
from bot.feeds import build
from bot.feeds.archive import Document
from bot.feeds.problems import ImportRefused
from bot.feeds.record import Record, read_record
from bot.feeds.snapshot import FeedState
from bot.feeds.tally import age_of_record, moment, own_releases
from bot.feeds.writer import save_feed

FILE = "modified_id.csv"
MOST_CHANGED = 2_000
"""Above, the archive of all records costs less than asking for each."""
DAYS = 7
"""After which all records are fetched again, for those that were deleted instead of withdrawn."""
#: The list and the archive are not made at one moment.
_OVERLAP = timedelta(hours=1)
#: Some writers round.
_ROUNDED = timedelta(seconds=1)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+~-]{0,199}")
_LINE = 300


class DoesNotFit(Exception):
    """The list, or what it names, cannot continue what is held: all records must be fetched."""


@dataclass(frozen=True, slots=True)
class Delta:
    """What changed in a feed since the state it was asked for."""

    base: FeedState
    documents: tuple[Document, ...]
    """Named by the ids that were asked for."""
    newest: datetime
    """Up to where the list was followed."""


class ChangeList:
    """Reads the list line by line, no further than to what is held."""

    def __init__(self, feed: FeedState) -> None:
        if feed.newest is None:
            raise DoesNotFit("nothing was fetched yet that a list could continue")
        self._since = feed.newest - _OVERLAP
        self._last: datetime | None = None
        self.dates: dict[str, datetime] = {}

    def add(self, line: str) -> bool:
        """Take a line; False when the rest is known. Raises DoesNotFit."""
        if not line:
            return True
        date, _, id_ = line.partition(",")
        changed = moment(date)
        if changed is None or len(line) > _LINE or not _ID.fullmatch(id_):
            raise DoesNotFit(f"{line[:100]!r} is no line of a list of changes")
        if self._last is not None and changed > self._last:
            raise DoesNotFit("the list of changes is not in order")
        self._last = changed
        if changed < self._since:
            return False
        self.dates.setdefault(id_, changed)
        if len(self.dates) > MOST_CHANGED:
            raise DoesNotFit(f"more than {MOST_CHANGED} records changed")
        return True

    def wanted(self, held: Mapping[str, str]) -> list[str]:
        """Return the ids that are not held as they are now; `held` gives the dates of those that are."""
        return [
            id_
            for id_, date in self.dates.items()
            if id_ not in held or (moment(held[id_]) or self._since) + _ROUNDED < date
        ]


def delta_of(
    feed: FeedState, dates: Mapping[str, datetime], bodies: Mapping[str, bytes], now: datetime
) -> Delta:
    """Put together what was fetched. A record older than the list says is asked for again next time."""
    past = [date for date in dates.values() if date <= now]
    newest = max([*past, feed.newest or now])
    for id_, raw in bodies.items():
        dated = _dated(raw)
        if dated is not None and dated + _ROUNDED < dates[id_]:
            newest = min(newest, dates[id_])
    documents = tuple(Document(feed.name, raw, id_) for id_, raw in sorted(bodies.items()))
    return Delta(feed, documents, newest)


def apply_delta(connection: sqlite3.Connection, delta: Delta, now: datetime) -> FeedState:
    """Change the records of a feed; return what is known of it now. Raises ImportRefused."""
    name = delta.base.name
    for document in delta.documents:
        _apply(connection, name, document)
    feed = replace(_counted(connection, delta.base), checked=now, newest=delta.newest, etag="", digest="")
    save_feed(connection, feed)
    return feed


def _apply(connection: sqlite3.Connection, feed: str, document: Document) -> None:
    """Put one record in its place, with the outcome it has when all are read."""
    broken, record = False, None
    try:
        record = read_record(document.raw)
    except BrokenRecord:
        broken = True
    if record is not None and record.id != document.name:
        raise ImportRefused(f"{document.name} was asked for, and {record.id} came.", feed=feed)
    query = "SELECT key, modified, digest FROM records WHERE feed = ? AND id = ?"
    held = connection.execute(query, (feed, document.name)).fetchone()
    if held and record and _is_older(record, held[1], held[2]):
        return
    connection.execute("DELETE FROM left_out WHERE feed = ? AND name = ?", (feed, document.name))
    build.remove(connection, [held[0]] if held else [])
    if record is None or not build.belongs(feed, record):
        build.leave_out(connection, feed, document.name, broken=broken)
        return
    build.insert(connection, feed, record)
    connection.execute("INSERT OR IGNORE INTO changed VALUES (?)", (record.id,))


def _is_older(record: Record, modified: str, digest: bytes) -> bool:
    """Whether what came is what is held, or from before it."""
    return age_of_record(record.modified, record.digest) <= age_of_record(modified, digest)


def _counted(connection: sqlite3.Connection, feed: FeedState) -> FeedState:
    query = "SELECT count(*), coalesce(sum(rates), 0) FROM records WHERE feed = ?"
    total, ratings = connection.execute(query, (feed.name,)).fetchone()
    query = "SELECT count(*), coalesce(sum(broken), 0) FROM left_out WHERE feed = ?"
    left_out, broken = connection.execute(query, (feed.name,)).fetchone()
    lists = connection.execute("SELECT DISTINCT releases FROM records WHERE feed = ?", (feed.name,))
    return replace(
        feed,
        records=total - ratings,
        ratings=ratings,
        broken=broken,
        unused=left_out - broken,
        releases=own_releases(feed.name, (release for row in lists for release in json.loads(row[0]))),
    )


def _dated(raw: bytes) -> datetime | None:
    try:
        document = json.loads(raw)
        return moment(document["modified"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
