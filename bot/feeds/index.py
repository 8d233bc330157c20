"""Read the advisory index: which records can matter for some packages, and what the index covers.

A reader keeps the file it opened: an update replaces the file, and the next `open` sees the new state.
"""

import json
import sqlite3
import zlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from bot.advisory import Advisory, BrokenRecord, places
from bot.feeds import schema
from bot.feeds.problems import IndexUnusable
from bot.feeds.record import stored_advisory
from bot.feeds.snapshot import Coverage, FeedState, Snapshot, coverage
from bot.package import Package
from bot.package.versions import NotComparable, sort_key

#: From alias to alias. Published records are one or two apart; a chain made on purpose ends here.
_MAX_HOPS = 10
_AFFECTED = """
SELECT record FROM affected WHERE ecosystem = ? AND package = ? AND (ceiling IS NULL OR ceiling > ?)
"""
_NAMES_OF = "SELECT name FROM names WHERE record IN (SELECT value FROM json_each(?))"
_NAMES_OF_ONE_FLAW = _NAMES_OF + " AND alone"
_RECORDS_NAMED = "SELECT record FROM names WHERE name IN (SELECT value FROM json_each(?))"
_DOCUMENTS = "SELECT document FROM records WHERE key IN (SELECT value FROM json_each(?))"


class AdvisoryIndex:
    """An index file opened for reading; safe to share between threads."""

    def __init__(self, connection: sqlite3.Connection, snapshot: Snapshot) -> None:
        self._connection = connection
        self.snapshot = snapshot

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the index; raises IndexUnusable with the command that mends it."""
        if not path.is_file():
            raise IndexUnusable("There is no advisory index: run `plimsoll db update`.")
        try:
            connection = connect(path)
            return cls(connection, read_snapshot(connection))
        except (sqlite3.Error, ValueError, KeyError) as exc:
            raise _damaged(exc) from exc

    def covers(self, ecosystem: str) -> Coverage:
        """Tell whether anything can be said about a release such as `Debian:12`."""
        return coverage(self.snapshot, ecosystem)

    def advisories_for(self, packages: Iterable[Package]) -> list[Advisory]:
        """Return the records that can match the packages, and all others about the same flaws.

        The others tell severities, and fixes in newer releases. Raises IndexUnusable for a damaged file.
        """
        try:
            return [stored_advisory(document) for document in self._documents(packages)]
        except (sqlite3.Error, zlib.error, BrokenRecord) as exc:
            raise _damaged(exc) from exc

    def _documents(self, packages: Iterable[Package]) -> set[bytes]:
        found = self._records_of(packages)
        names = self._column(_NAMES_OF, found)
        known = set(names)
        for _ in range(_MAX_HOPS):
            related = self._column(_RECORDS_NAMED, names) - found
            if not related:
                break
            found |= related
            # A bundle that was reached by one of its flaws does not lead on to the others.
            names = self._column(_NAMES_OF_ONE_FLAW, related) - known
            known |= names
        return self._column(_DOCUMENTS, found)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _records_of(self, packages: Iterable[Package]) -> set[int]:
        """Return the keys of records about these packages that their version has not left behind."""
        wanted = {(at.ecosystem, at.name, at.version) for package in packages for at in places(package)}
        found: set[int] = set()
        for ecosystem, name, version in sorted(wanted):
            parameters = (ecosystem, name, _floor(ecosystem, version))
            found.update(row[0] for row in self._connection.execute(_AFFECTED, parameters))
        return found

    def _column(self, query: str, values: set[Any]) -> set[Any]:
        """Run a query about a set of values. As one JSON text the set may have any size."""
        return {row[0] for row in self._connection.execute(query, (json.dumps(sorted(values)),))}


def _damaged(exc: Exception) -> IndexUnusable:
    """Say how to mend it. Pull requests show these words, so they name no folder of ours."""
    return IndexUnusable(
        f"The advisory index is damaged ({exc}): delete `advisories.db` in the data folder, "
        "then run `plimsoll db update`."
    )


def connect(path: Path) -> sqlite3.Connection:
    """Open an index file for reading. It never changes, so SQLite needs no locks."""
    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, check_same_thread=False)


def read_snapshot(connection: sqlite3.Connection) -> Snapshot:
    """Return what the file says of itself; raises ValueError or sqlite3.Error when it is no index of ours."""
    if schema.version_of(connection) != schema.VERSION:
        raise ValueError("it was made by another version of Plimsoll")
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    feeds = connection.execute("SELECT * FROM feeds ORDER BY name")
    created = datetime.fromisoformat(meta["created"])
    return Snapshot(meta["snapshot"], created, tuple(_feed(row) for row in feeds))


def _feed(row: tuple[Any, ...]) -> FeedState:
    name, source, checked, etag, records, ratings, broken, unused, releases = row
    return FeedState(
        name=name,
        source=source,
        checked=datetime.fromisoformat(checked),
        etag=etag,
        records=records,
        ratings=ratings,
        broken=broken,
        unused=unused,
        releases=tuple(json.loads(releases)),
    )


def _floor(ecosystem: str, version: str) -> str:
    """A version that cannot be ordered may be below every ceiling: matching then says so."""
    try:
        return sort_key(ecosystem, version)
    except NotComparable:
        return ""
