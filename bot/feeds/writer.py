"""Make a new index file beside the one in use, verify it, and put it in its place in one step.

A crash at any moment leaves the old file in use; readers that hold it keep working.
"""

import fcntl
import hashlib
import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

from bot.feeds import schema
from bot.feeds.index import connect, read_snapshot
from bot.feeds.problems import IndexBusy, IndexUnusable
from bot.feeds.snapshot import FeedState


@contextmanager
def replacing(path: Path, *, now: datetime) -> Iterator[sqlite3.Connection]:
    """Yield the empty tables of a new index. When the block ends without an error, it is the index in use."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with _only_writer(path):
        fresh = path.with_name(f".{path.name}.new")
        fresh.unlink(missing_ok=True)
        try:
            with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
                _create(connection)
                yield connection
                _finish(connection, now)
            _verify(fresh)
            _publish(fresh, path)
        finally:
            fresh.unlink(missing_ok=True)


def save_feed(connection: sqlite3.Connection, feed: FeedState) -> None:
    """Write down what is known of a feed."""
    values = (feed.name, feed.source, feed.checked.isoformat(), feed.etag)
    counts = (feed.records, feed.ratings, feed.broken, feed.unused)
    releases = json.dumps(sorted(feed.releases))
    connection.execute("INSERT INTO feeds VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, *counts, releases))


@contextmanager
def _only_writer(path: Path) -> Iterator[None]:
    """Hold a lock that the system lets go of when this process dies."""
    with path.with_name(f".{path.name}.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise IndexBusy(f"The advisory index {path} is being replaced by another process.") from exc
        yield


def _create(connection: sqlite3.Connection) -> None:
    # The file is thrown away unless it is finished, so SQLite's own protection would only cost time.
    connection.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;" + schema.TABLES)
    connection.execute("BEGIN")


def _finish(connection: sqlite3.Connection, now: datetime) -> None:
    meta = {"created": now.isoformat(), "snapshot": snapshot_id(connection)}
    connection.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())
    connection.execute("COMMIT")
    connection.executescript(f"{schema.INDEXES} PRAGMA user_version = {schema.VERSION}; ANALYZE;")


def snapshot_id(connection: sqlite3.Connection) -> str:
    """Hash what the index holds: the feeds, and each record's id and content."""
    digest = hashlib.sha256()
    for (name,) in connection.execute("SELECT name FROM feeds ORDER BY name"):
        digest.update(json.dumps(["feed", name]).encode() + b"\n")
    for feed, id_, content in connection.execute("SELECT feed, id, digest FROM records ORDER BY feed, id"):
        digest.update(json.dumps([feed, id_, content.hex()]).encode() + b"\n")
    return f"sha256:{digest.hexdigest()}"


def _verify(fresh: Path) -> None:
    """Open the new file as a reader would, and see that it holds what was written."""
    with closing(connect(fresh)) as connection:
        intact = connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        if not intact or snapshot_id(connection) != read_snapshot(connection).id:
            raise IndexUnusable(
                f"The new advisory index {fresh} was not written as intended: check the disk."
            )


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
