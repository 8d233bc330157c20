"""The few files of a layer that are read as a whole: package databases and release files."""

from bot.engine.catalog import Catalog, CatalogError, CatalogLimitError
from bot.engine.document import Database
from bot.engine.limits import Allowance, LimitError, Limits
from bot.engine.os_release import READERS
from bot.engine.paths import normalise
from bot.engine.reader import Reader
from bot.engine.tar import Entry, Kind
from bot.inventory import Release, Skipped


class Contents:
    """Takes files in the order of the archive; what could not be read is `skipped`, never passed over."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = Allowance(limits.files)
        self._items = Allowance(limits.kept)
        self._databases: dict[str, Database] = {}
        self._releases: dict[str, Release] = {}
        self._skipped: dict[str, Skipped] = {}

    @property
    def databases(self) -> tuple[Database, ...]:
        """The package databases that were read, by path."""
        return tuple(self._databases[path] for path in sorted(self._databases))

    @property
    def releases(self) -> tuple[tuple[str, Release], ...]:
        """What each release file says, by path."""
        return tuple(sorted(self._releases.items()))

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """The files that should have been read and were not, by path."""
        return tuple(self._skipped[path] for path in sorted(self._skipped))

    def forget(self, path: str) -> None:
        """Drop what an earlier entry of the same name said."""
        for noted in (self._databases, self._releases, self._skipped):
            noted.pop(path, None)

    def take_database(self, path: str, catalog: Catalog, entry: Entry, reader: Reader) -> None:
        """Read a package database."""
        if entry.kind is Kind.HARD_LINK:
            original = self._databases.get(self._linked(entry))
            if original is None or original.catalog != catalog.name:
                self._skip_hard_link(path)
            else:
                self._keep(Database(path, catalog.name, original.packages))
        elif (content := self._read(path, entry, reader)) is not None:
            try:
                self._keep(Database(path, catalog.name, tuple(catalog.parse(path, content))))
            except CatalogError as exc:
                self.skip(path, str(exc), limit=isinstance(exc, CatalogLimitError))

    def take_release(self, path: str, entry: Entry, reader: Reader) -> None:
        """Read a release file."""
        if entry.kind is Kind.HARD_LINK:
            release = self._releases.get(self._linked(entry))
            if release is None:
                self._skip_hard_link(path)
        else:
            content = self._read(path, entry, reader)
            release = READERS[path](content) if content is not None else None
        if release is not None:
            self._releases[path] = release

    def skip(self, path: str, why: str, *, limit: bool = False) -> None:
        """Note a file that should have been read and was not."""
        if len(self._skipped) >= self._limits.unread:
            raise LimitError(f"more than {self._limits.unread:,} of its files could not be read")
        self._skipped[path] = Skipped(path, why, transient=limit)

    def _keep(self, database: Database) -> None:
        # An empty database counts too: there could be a million of them.
        if not self._items.take(len(database.packages) + 1):
            raise LimitError(f"its package databases list more than {self._limits.kept:,} packages")
        self._databases[database.path] = database

    def _read(self, path: str, entry: Entry, reader: Reader) -> bytes | None:
        if entry.sparse:
            self.skip(path, "it is stored as a sparse file, which this version does not read")
            return None
        if entry.size > self._limits.file:
            self.skip(path, f"it is larger than {self._limits.file:,} bytes", limit=True)
            return None
        if not self._bytes.take(entry.size):
            raise LimitError(f"its package databases are larger than {self._limits.files:,} bytes")
        return reader.read(entry.size)

    def _linked(self, entry: Entry) -> str:
        target = normalise(entry.link, length=self._limits.path_length, depth=self._limits.path_depth)
        return target or ""

    def _skip_hard_link(self, path: str) -> None:
        self.skip(path, "it is a hard link to a file that was not read")
