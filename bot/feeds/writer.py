"""Make a new index file beside the one in use, verify it, and put it in its place in one step.

A crash at any moment leaves the old file in use; readers that hold it keep working.
"""

import fcntl
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from bot.feeds import schema
from bot.feeds.catalogues import Catalogue
from bot.feeds.index import connect, read_feed_states, read_snapshot
from bot.feeds.problems import IndexBusy, IndexUnusable
from bot.feeds.snapshot import CatalogueState, FeedState, Snapshot

#: SQLite's cache while writing, in kibibytes: pages of the indexes are touched in any order.
_CACHE = 64 << 10
_FEED = "INSERT OR REPLACE INTO feeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@contextmanager
def replacing(path: Path, *, now: datetime, revising: bool = False) -> Iterator[sqlite3.Connection]:
    """Yield the empty tables of a new index. When the block ends without an error, it is the index in use.

    `revising` yields a copy of the index in use instead, where there is one; `is_copy` tells.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path):
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            if revising and snapshot_in(path) is not None:
                shutil.copyfile(path, fresh)
            uri = f"file:{quote(str(fresh.absolute()))}"
            with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
                _begin(connection)
                yield connection
                _finish(connection, now)
            _verify(fresh)
            _publish(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)


def snapshot_in(path: Path) -> Snapshot | None:
    """Return what an index file says of itself; None for what this version cannot read."""
    if not path.is_file():
        return None
    with closing(connect(path)) as connection:
        try:
            return read_snapshot(connection)
        except (sqlite3.Error, ValueError, KeyError):
            return None


def is_copy(connection: sqlite3.Connection) -> bool:
    """Whether the tables hold what the index in use held."""
    return schema.version_of(connection) == schema.VERSION


def make_indexes(connection: sqlite3.Connection) -> None:
    """Make what is searched quick to search; before, rows are added faster."""
    for statement in schema.INDEXES.split(";"):
        connection.execute(statement)


def save_feed(connection: sqlite3.Connection, feed: FeedState) -> None:
    """Write down what is known of a feed."""
    values = (feed.name, feed.source, feed.checked.isoformat(), feed.etag)
    counts = (feed.records, feed.ratings, feed.broken, feed.unused)
    dates = tuple(date.isoformat() if date else "" for date in (feed.complete, feed.newest))
    row = (*values, *counts, json.dumps(sorted(feed.releases)), *dates, feed.digest)
    connection.execute(_FEED, row)


def save_catalogue(connection: sqlite3.Connection, catalogue: Catalogue, state: CatalogueState) -> None:
    """Replace a catalogue."""
    connection.execute("DELETE FROM scores WHERE kind = ?", (catalogue.kind,))
    scores = ((catalogue.kind, number, score) for number, score in sorted(catalogue.scores.items()))
    connection.executemany("INSERT INTO scores VALUES (?, ?, ?)", scores)
    row = (
        state.kind,
        state.source,
        state.checked.isoformat(),
        state.etag,
        state.entries,
        state.broken,
        state.digest,
    )
    connection.execute("INSERT OR REPLACE INTO catalogues VALUES (?, ?, ?, ?, ?, ?, ?)", row)


@contextmanager
def _only_writer(path: Path) -> Iterator[None]:
    """Hold a lock that the system lets go of when this process dies."""
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IndexBusy(f"The advisory index {path} is being replaced by another process.") from exc
        yield


def _begin(connection: sqlite3.Connection) -> None:
    # The file is thrown away unless it is finished, so SQLite's own protection would only cost time.
    connection.executescript(
        f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -{_CACHE};"
    )
    if not is_copy(connection):
        connection.executescript(schema.TABLES)
    connection.execute("BEGIN")


def _finish(connection: sqlite3.Connection, now: datetime) -> None:
    was_copy = is_copy(connection)
    make_indexes(connection)
    for feed in read_feed_states(connection):
        if not feed.digest:
            save_feed(connection, replace(feed, digest=_feed_digest(connection, feed.name)))
    meta = {"created": now.isoformat(), "snapshot": _snapshot_id(connection)}
    connection.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", meta.items())
    connection.execute("COMMIT")
    if not was_copy:
        connection.executescript(f"PRAGMA main.user_version = {schema.VERSION}; ANALYZE main;")


def _feed_digest(connection: sqlite3.Connection, feed: str) -> str:
    """Hash each record's id and content."""
    digest = hashlib.sha256()
    for id_, content in connection.execute(
        "SELECT id, digest FROM records WHERE feed = ? ORDER BY id", (feed,)
    ):
        # No id holds a null character.
        digest.update(id_.encode() + b"\0" + content)
    return digest.hexdigest()


def _snapshot_id(connection: sqlite3.Connection) -> str:
    """Hash what the index holds: the feeds with their records, and the catalogues."""
    feeds = [["feed", *row] for row in connection.execute("SELECT name, digest FROM feeds ORDER BY name")]
    query = "SELECT kind, digest FROM catalogues ORDER BY kind"
    catalogues = [["catalogue", *row] for row in connection.execute(query)]
    return f"sha256:{hashlib.sha256(json.dumps(feeds + catalogues).encode()).hexdigest()}"


def _verify(fresh: Path) -> None:
    """Open the new file as a reader would, and see that it holds what was written."""
    with closing(connect(fresh)) as connection:
        intact = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        if not intact or not _agrees(connection):
            raise IndexUnusable(
                f"The new advisory index {fresh} was not written as intended: check the disk."
            )


def _agrees(connection: sqlite3.Connection) -> bool:
    snapshot = read_snapshot(connection)
    feeds = all(feed.digest == _feed_digest(connection, feed.name) for feed in snapshot.feeds)
    return feeds and _snapshot_id(connection) == snapshot.id


def _publish(fresh: Path, path: Path) -> None:
    _sync(fresh)
    os.replace(fresh, path)
    _sync(path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
