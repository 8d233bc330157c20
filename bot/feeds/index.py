"""Read the advisory index: which records can matter for some packages, and what the index covers.

A reader keeps the file it opened: an update replaces the file, and the next `open` sees the new state.
"""

import json
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from bot.advisory import Advisory, places
from bot.feeds import schema
from bot.feeds.catalogues import Kind, number_of
from bot.feeds.parsed import ParsedAdvisories
from bot.feeds.problems import IndexOutdated, IndexUnusable
from bot.feeds.snapshot import CatalogueState, Coverage, FeedState, Snapshot, coverage
from bot.package import Package
from bot.package.versions import NotComparable, sort_key

#: From alias to alias. Published records are one or two apart; a chain made on purpose ends here.
_MAX_HOPS = 10
_AFFECTED = """
SELECT record FROM affected WHERE ecosystem = ? AND package = ? AND (ceiling IS NULL OR ceiling > ?)
"""
_KNOWN = "SELECT 1 FROM affected WHERE ecosystem = ? AND package = ? LIMIT 1"
_NAMES_OF = "SELECT name FROM names WHERE record IN (SELECT value FROM json_each(?))"
_NAMES_OF_ONE_FLAW = _NAMES_OF + " AND alone"
_RECORDS_NAMED = "SELECT record FROM names WHERE name IN (SELECT value FROM json_each(?))"
_IDS_NAMED = """
WITH wanted AS (SELECT value AS name FROM json_each(?))
SELECT wanted.name, records.id FROM wanted JOIN records ON records.id = wanted.name
UNION SELECT names.name, records.id FROM wanted JOIN names USING (name) JOIN records ON records.key = names.record
"""
_CONTENTS = "SELECT key, digest FROM records WHERE key IN (SELECT value FROM json_each(?))"
_ADVISORIES = "SELECT record, advisory FROM advisories WHERE record IN (SELECT value FROM json_each(?))"
_KEYS_OF = "SELECT key FROM records WHERE id IN (SELECT value FROM json_each(?))"
_DATES = "SELECT id, modified FROM records WHERE feed = ? AND id IN (SELECT value FROM json_each(?))"
_SCORES = "SELECT cve, score FROM scores WHERE kind = ? AND cve IN (SELECT value FROM json_each(?))"


class _OtherVersion(ValueError):
    """It may well be whole, and this version cannot read it."""


class AdvisoryIndex:
    """An index file opened for reading; safe to share between threads."""

    def __init__(
        self, connection: sqlite3.Connection, snapshot: Snapshot, parsed: ParsedAdvisories | None = None
    ) -> None:
        self._connection = connection
        self._parsed = parsed or ParsedAdvisories()
        self.snapshot = snapshot

    @classmethod
    def open(cls, path: Path, parsed: ParsedAdvisories | None = None) -> Self:
        """Open the index; raises IndexUnusable with the command that mends it.

        `parsed` outlives the index: what one reader parsed the next need not.
        """
        if not path.is_file():
            raise IndexUnusable("There is no advisory index: run `plimsoll db update`.")
        try:
            connection = connect(path)
            return cls(connection, read_snapshot(connection), parsed)
        except _OtherVersion as exc:
            raise IndexOutdated from exc
        except (sqlite3.Error, ValueError, KeyError) as exc:
            raise _damaged(exc) from exc

    def covers(self, ecosystem: str) -> Coverage:
        """Tell whether anything can be said about a release such as `Debian:12`."""
        return coverage(self.snapshot, ecosystem)

    def knows(self, package: Package) -> bool:
        """Tell whether any record speaks of a package, in whatever version; yes where none could."""
        if not self.covers(package.ecosystem).covered:
            return True
        try:
            return any(
                self._connection.execute(_KNOWN, (at.ecosystem, at.name)).fetchone() for at in places(package)
            )
        except sqlite3.Error as exc:
            raise _damaged(exc) from exc

    def advisories_for(self, packages: Iterable[Package]) -> list[Advisory]:
        """Return the records that can match the packages, and all others about the same flaws.

        The others tell severities, and fixes in newer releases. Raises IndexUnusable for a damaged file.
        """
        try:
            return self._advisories(self._related(self._records_of(packages)))
        except (sqlite3.Error, ValueError, TypeError) as exc:
            raise _damaged(exc) from exc

    def records(self, ids: Iterable[str]) -> list[Advisory]:
        """Return the records with these ids, as far as they can match a package."""
        try:
            return self._advisories(self._column(_KEYS_OF, set(ids)))
        except (sqlite3.Error, ValueError, TypeError) as exc:
            raise _damaged(exc) from exc

    def records_with_relatives(self, ids: Iterable[str]) -> list[Advisory]:
        """Return the records with these ids, and all others about the same flaws."""
        try:
            return self._advisories(self._related(self._column(_KEYS_OF, set(ids))))
        except (sqlite3.Error, ValueError, TypeError) as exc:
            raise _damaged(exc) from exc

    def records_named(self, names: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Return the ids of the records that are known by each of some names, such as a CVE's, where there are any."""
        found: dict[str, list[str]] = {}
        try:
            for name, record in self._connection.execute(_IDS_NAMED, (json.dumps(sorted(set(names))),)):
                found.setdefault(name, []).append(record)
        except sqlite3.Error as exc:
            raise _damaged(exc) from exc
        return {name: tuple(records) for name, records in found.items()}

    def changed(self) -> tuple[str, ...]:
        """Return the ids of the records that the last update brought or changed."""
        return tuple(row[0] for row in self._connection.execute("SELECT id FROM changed ORDER BY id"))

    def dates(self, feed: str, ids: Iterable[str]) -> dict[str, str]:
        """Return when each of some records of a feed was modified, of those that are held."""
        try:
            return dict(self._connection.execute(_DATES, (feed, json.dumps(sorted(ids)))))
        except sqlite3.Error as exc:
            raise _damaged(exc) from exc

    def scores(self, kind: Kind, cves: Iterable[str]) -> Mapping[str, float] | None:
        """Return what a catalogue says of CVEs, of those it has; None without such a catalogue."""
        if not any(state.kind == kind for state in self.snapshot.catalogues):
            return None
        numbers = {number: cve for cve in cves if (number := number_of(cve)) is not None}
        try:
            rows = self._connection.execute(_SCORES, (kind, json.dumps(sorted(numbers))))
            return {numbers[number]: score for number, score in rows}
        except sqlite3.Error as exc:
            raise _damaged(exc) from exc

    def _advisories(self, keys: set[int]) -> list[Advisory]:
        """Read records, or take them from what was read before."""
        text = json.dumps(sorted(keys))
        digests = dict(self._connection.execute(_CONTENTS, (text,)))
        found = {key: self._parsed.get(digest) for key, digest in digests.items()}
        if missing := sorted(key for key, advisory in found.items() if advisory is None):
            for key, raw in self._connection.execute(_ADVISORIES, (json.dumps(missing),)):
                found[key] = self._parsed.read(digests[key], raw)
        return [advisory for advisory in found.values() if advisory is not None]

    def _related(self, found: set[int]) -> set[int]:
        """Add all records about the same flaws."""
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
        return found

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
    version = schema.version_of(connection)
    if version != schema.VERSION:
        raise _OtherVersion("another version made it") if version else ValueError("it is no index")
    meta = dict(connection.execute("SELECT name, value FROM meta"))
    created = datetime.fromisoformat(meta["created"])
    rows = connection.execute("SELECT * FROM catalogues ORDER BY kind")
    catalogues = tuple(
        CatalogueState(kind, source, datetime.fromisoformat(checked), *rest)
        for kind, source, checked, *rest in rows
    )
    return Snapshot(meta["snapshot"], created, tuple(read_feed_states(connection)), catalogues)


def read_feed_states(connection: sqlite3.Connection) -> list[FeedState]:
    """Return what is known of each feed, by name."""
    return [_feed(row) for row in connection.execute("SELECT * FROM feeds ORDER BY name").fetchall()]


def _feed(row: tuple[Any, ...]) -> FeedState:
    name, source, checked, etag, records, ratings, broken, unused, releases, complete, newest, digest = row
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
        complete=datetime.fromisoformat(complete) if complete else None,
        newest=datetime.fromisoformat(newest) if newest else None,
        digest=digest,
    )


def _floor(ecosystem: str, version: str) -> str:
    """A version that cannot be ordered may be below every ceiling: matching then says so."""
    try:
        return sort_key(ecosystem, version)
    except NotComparable:
        return ""
