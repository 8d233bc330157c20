"""The few files of a layer that are read as a whole: package databases and release files."""

from collections.abc import Callable, Iterable, Iterator

from bot.engine.binaries.examine import GO, RUNTIME, RUST
from bot.engine.catalog import Catalog, CatalogError, CatalogGapError, CatalogLimitError, Claim, RawPackage
from bot.engine.catalog.model import LONGEST
from bot.engine.document import Database
from bot.engine.limits import Allowance, LimitError, Limits
from bot.engine.os_release import READERS
from bot.engine.tar import Entry
from bot.inventory import Release, SkipKind, Skipped

_SPARSE = "it is stored as a sparse file, which this version does not read"


class Contents:
    """Takes files in the order of the archive; what could not be read is `skipped`, never passed over."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes = Allowance(limits.files)
        self._systems = Allowance(limits.systems)
        self._items = Allowance(limits.kept)
        self._text = Allowance(limits.text)
        self._claimed = Allowance(limits.claims)
        self._databases: dict[str, tuple[Database, ...]] = {}
        self._claims: dict[str, tuple[Claim, ...]] = {}
        self._releases: dict[str, Release] = {}
        self._skipped: dict[str, Skipped] = {}
        self._partial: dict[str, Skipped] = {}
        self._more = 0
        self._unclaimed = False

    @property
    def databases(self) -> Iterator[Database]:
        """The package databases that were read, by path."""
        for path in sorted(self._databases):
            yield from self._databases[path]

    @property
    def claims(self) -> Iterator[Claim]:
        """What the system's packages own."""
        for claims in self._claims.values():
            yield from claims

    @property
    def releases(self) -> tuple[tuple[str, Release], ...]:
        """What each release file says, by path."""
        return tuple(sorted(self._releases.items()))

    @property
    def skipped(self) -> Iterator[Skipped]:
        """The files that should have been read and were not, by path."""
        for skipped in (self._skipped, self._partial):
            yield from (skipped[path] for path in sorted(skipped))
        if self._more:
            why = f"{self._more:,} more files of packages could not be looked into"
            yield Skipped("", why, SkipKind.UNCATALOGUED)
        if self._unclaimed:
            why = "its packages own more files than are kept, so some seem to be owned by none"
            yield Skipped("", why, SkipKind.UNCATALOGUED)

    def forget(self, path: str) -> None:
        """Drop what an earlier entry of the same name said."""
        for noted in (self._databases, self._claims, self._releases, self._skipped, self._partial):
            noted.pop(path, None)

    def may_read(self, path: str, size: int, sparse: bool, catalog: Catalog | None) -> bool:
        """Say whether a file is read as a whole, and note where it should be and is not."""
        largest = self._limits.file if catalog is None or catalog.largest is None else catalog.largest
        if sparse:
            self._refuse(path, catalog, _SPARSE)
        elif size > largest:
            self._refuse(path, catalog, f"it is larger than {largest:,} bytes", limit=True)
        elif not self._bytes.take(size):
            raise LimitError(f"its package databases are larger than {self._limits.files:,} bytes")
        elif catalog is not None and catalog.is_listed and not self._systems.take(size):
            raise LimitError(f"its package databases are larger than {self._limits.systems:,} bytes")
        else:
            return True
        return False

    def is_streamed(self, size: int, catalog: Catalog | None) -> bool:
        """Say whether a file is too large to be read as a whole, and may be read in pieces."""
        return size > self._limits.file and catalog is not None and catalog.parse_stream is not None

    def take_stream(self, path: str, catalog: Catalog, entry: Entry, pieces: Iterable[bytes]) -> None:
        """Read a large file in pieces."""
        if entry.sparse:
            self._refuse(path, catalog, _SPARSE)
        elif entry.size > self._limits.streamed:
            self._refuse(path, catalog, f"it is larger than {self._limits.streamed:,} bytes", limit=True)
        elif catalog.parse_stream is not None:
            parse = catalog.parse_stream
            self._parse(path, catalog, lambda: parse(path, pieces))

    def take_database(self, path: str, catalog: Catalog, content: bytes) -> None:
        """Read a package database, or what packages own."""
        if catalog.owned is not None:
            self._claim(path, catalog.owned(path, content))
        if catalog.only_owned:
            return
        self._parse(path, catalog, lambda: catalog.parse(path, content))

    def _parse(self, path: str, catalog: Catalog, parse: Callable[[], list[RawPackage]]) -> None:
        try:
            self.keep(path, catalog.name, parse())
        except CatalogGapError as exc:
            self.keep(path, catalog.name, exc.packages)
            self.skip_partly(path, str(exc))
        except CatalogError as exc:
            self._refuse(path, catalog, str(exc), limit=isinstance(exc, CatalogLimitError))

    def link_database(self, path: str, catalog: Catalog, target: str) -> bool:
        """Take a hard link for what it is a link to; false where that was not read as the same thing."""
        for original in self._databases.get(target, ()):
            if original.catalog == catalog.name:
                self.keep(path, catalog.name, original.packages)
                return True
        if catalog.is_system:
            self.skip_hard_link(path)
        return catalog.is_system

    def link_program(self, path: str, target: str, *, is_runtime: bool) -> None:
        """Take a hard link to an executable for another copy, as the first may be deleted and this one stays."""
        for original in self._databases.get(target, ()):
            if original.catalog in (GO, RUST) or (original.catalog == RUNTIME and is_runtime):
                self.keep(path, original.catalog, original.packages)

    def keep(self, path: str, catalog: str, packages: Iterable[RawPackage]) -> None:
        """Note the packages of one file."""
        database = Database(path, catalog, tuple(packages))
        # An empty database counts too: there could be a million of them.
        self._take(path, len(database.packages) + 1, sum(map(_length, database.packages)))
        if any(map(_is_cut, database.packages)):
            self.skip_partly(path, "it has names or versions that are too long to be those of packages")
        self._databases[path] = (*self._databases.get(path, ()), database)

    def take_release(self, path: str, release: Release | None) -> None:
        """Note what a release file says, if it says anything."""
        if release is not None:
            self._take(path, 1)
            self._releases[path] = release

    def link_release(self, path: str, target: str) -> None:
        """Take a hard link to another release file."""
        if target in self._releases:
            self._releases[path] = self._releases[target]
        elif path in READERS:
            self.skip_hard_link(path)

    def skip(self, path: str, why: str, *, limit: bool = False) -> None:
        """Note a file that should have been read and was not."""
        if len(self._skipped) >= self._limits.unread:
            raise LimitError(f"more than {self._limits.unread:,} of its files could not be read")
        self._skipped[path] = Skipped(path, why, transient=limit)

    def skip_partly(self, path: str, why: str) -> None:
        """Note a file that may bring packages and is not understood: one of thousands, so they do not add up."""
        if len(self._partial) < self._limits.unread:
            self._partial[path] = Skipped(path, why, SkipKind.UNCATALOGUED)
        else:
            self._more += 1

    def skip_hard_link(self, path: str) -> None:
        """Note a hard link that leads nowhere we know."""
        self.skip(path, "it is a hard link to a file that was not read")

    def _take(self, path: str, items: int, text: int = 0) -> None:
        if not self._items.take(items) or not self._text.take(len(path) + text):
            most = f"{self._limits.kept:,} packages"
            raise LimitError(f"its package databases list more than {most}, or very long names")

    def _refuse(self, path: str, catalog: Catalog | None, why: str, *, limit: bool = False) -> None:
        if catalog is None or catalog.is_system:
            self.skip(path, why, limit=limit)
        elif not catalog.only_owned:
            self.skip_partly(path, why)

    def _claim(self, path: str, claims: Iterable[Claim]) -> None:
        kept = []
        for claim in claims:
            if self._claimed.take(len(claim.paths)):
                kept.append(claim)
            else:
                self._unclaimed = True
        self._claims[path] = tuple(kept)


def _is_cut(package: RawPackage) -> bool:
    """Whether only the beginning of a name or version is kept, which no advisory knows."""
    return len(package.name) >= LONGEST or len(package.version) >= LONGEST


def _length(package: RawPackage) -> int:
    return len(package.name) + len(package.version)
