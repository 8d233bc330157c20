"""What is worth remembering of a layer, gathered entry by entry while its archive streams past."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from bot.engine.binaries import examine, wants
from bot.engine.catalog import CATALOGS, LINKABLE, WAYS, Catalog, catalog_for
from bot.engine.contents import Contents
from bot.engine.document import Database, Hint, LayerDocument
from bot.engine.file_secrets import FileSecrets, SecretSearch
from bot.engine.hints import hint
from bot.engine.limits import Allowance, LayerError, LimitError, Limits
from bot.engine.os_release import READERS, release_reader
from bot.engine.owners import owners
from bot.engine.paths import normalise, printable
from bot.engine.reader import Reader
from bot.engine.tar import Entry, Kind
from bot.inventory import Skipped

_WHITEOUT = ".wh."
#: Names AUFS keeps for itself; only the opaque marker means something.
_AUFS = ".wh..wh."
_OPAQUE = ".wh..wh..opq"
_SET_ID = 0o6000
_EXECUTABLE = 0o111
#: Where a directory belongs, or the database itself: a link there leads to another place.
_PLACES = WAYS | LINKABLE
#: Where a distribution puts what is the same on every system: in others it is edited, or of one's own.
_PROGRAMS = ("usr/", "lib/", "lib32/", "lib64/", "libx32/", "bin/", "sbin/")
#: Whatever a layer has here matters to those below, however full the list is.
_WATCHED = _PLACES | READERS.keys()


class LayerNotes:
    """Takes entries in order; a later entry of the same name replaces an earlier one, as unpacking would."""

    def __init__(self, limits: Limits, secrets: SecretSearch | None = None) -> None:
        self._limits = limits
        self._text = Allowance(limits.text)
        self._entries = 0
        self._files = 0
        self._refused = 0
        self._contents = Contents(limits)
        self._secrets = FileSecrets(secrets, limits) if secrets is not None else None
        self._directories: set[str] = set()
        self._links: dict[str, str] = {}
        self._set_id: dict[str, int] = {}
        self._occupied: set[str] = set()
        self._whiteouts: set[str] = set()
        self._opaque: set[str] = set()
        self._hints: dict[str, set[str]] = {}
        self._more: set[str] = set()
        self._stopped: LayerError | None = None

    def take(self, entry: Entry, reader: Reader) -> None:
        """Note one entry, reading its content from `reader` where that matters."""
        self._entries += 1
        path = normalise(entry.name, length=self._limits.path_length, depth=self._limits.path_depth)
        if not path:
            self._refused += path is None
            return
        directory, _, name = path.rpartition("/")
        if name.startswith(_WHITEOUT):
            self._take_whiteout(directory, name)
            return
        if path in self._occupied:
            self._forget(path)
        if self._secrets is not None:
            self._secrets.forget(path)
        if entry.kind is Kind.DIRECTORY:
            self._take_directory(path)
            return
        self._files += 1
        if entry.kind is Kind.FILE or entry.kind is Kind.HARD_LINK:
            self._take_file(path, entry, reader)
        else:
            self._take_special(path, entry)

    def stop(self, reason: LayerError) -> None:
        """Note that the layer was not read to its end."""
        self._stopped = reason

    def document(self, *, diff_id: str, size: int, inflated: int) -> LayerDocument:
        """Return what was noted, in an order that depends on the content alone."""
        databases = tuple(self._contents.databases)
        owned = self._owners(databases)
        # A database hides what lies below it without being said twice.
        occupied = self._occupied.difference(database.path for database in databases)
        return LayerDocument(
            diff_id=diff_id,
            size=size,
            inflated=inflated,
            entries=self._entries,
            files=self._files,
            databases=tuple(_owned(database, owned) for database in databases),
            releases=self._contents.releases,
            whiteouts=tuple(sorted(self._whiteouts)),
            opaque=tuple(sorted(self._opaque)),
            occupied=tuple(sorted(occupied, key=lambda path: path.rpartition("/")[::2])),
            directories=tuple(sorted(self._directories)),
            links=tuple(sorted(self._links.items())),
            set_id=tuple((path, mode, owned.get(path, "")) for path, mode in sorted(self._set_id.items())),
            secrets=tuple(self._secrets.found()) if self._secrets else (),
            shipped=tuple(sorted(_shipped(owned, databases).intersection(self._secret_files()))),
            hints=tuple(self._sorted_hints()),
            skipped=(*self._said_of_the_layer(), *self._contents.skipped),
        )

    def _owners(self, databases: Iterable[Database]) -> Mapping[str, str]:
        """Find out which package owns what: only of what matters, or documents would be as large as layers."""
        files = (database.path for database in databases if not CATALOGS[database.catalog].is_system)
        return owners(self._contents.claims, (*files, *self._set_id, *self._secret_files()))

    def _secret_files(self) -> tuple[str, ...]:
        return self._secrets.paths if self._secrets is not None else ()

    def _forget(self, path: str) -> None:
        """Drop what an earlier entry of the same name said; what it hides below, it still hides."""
        self._contents.forget(path)
        self._links.pop(path, None)
        self._set_id.pop(path, None)

    def _take_whiteout(self, directory: str, name: str) -> None:
        hidden = name[len(_WHITEOUT) :]
        if name == _OPAQUE:
            self._opaque.add(directory)
        elif not name.startswith(_AUFS) and hidden not in ("", ".", ".."):
            self._whiteouts.add(f"{directory}/{hidden}" if directory else hidden)
        many = len(self._whiteouts) + len(self._opaque) > self._limits.kept
        if many or not self._text.take(len(directory) + len(name)):
            raise LimitError(f"it has more than {self._limits.kept:,} whiteouts, or very long ones")

    def _take_directory(self, path: str) -> None:
        """A directory hides nothing below it, but it does replace a file or a link."""
        if release_reader(path) or _noted(catalog_for(path)):
            self._occupy(path, always=True)
        if path in _PLACES:
            self._directories.add(path)

    def _take_special(self, path: str, entry: Entry) -> None:
        catalog = catalog_for(path)
        self._occupy(path, always=_noted(catalog))
        system = catalog is not None and catalog.is_system
        if entry.kind is Kind.SYMLINK and (system or path in _PLACES or release_reader(path)):
            self._take_link(path, entry)
        elif system or path in LINKABLE:
            self._contents.skip(path, "it is a device or a pipe, not a file")

    def _take_link(self, path: str, entry: Entry) -> None:
        if len(self._links) >= self._limits.unread:
            raise LimitError(f"more than {self._limits.unread:,} of its package databases are symbolic links")
        # Escaped, so that the target can be compared with the paths of other entries.
        self._links[path] = printable(entry.link.decode("utf-8", "backslashreplace"))[:4096]

    def _take_file(self, path: str, entry: Entry, reader: Reader) -> None:
        catalog = catalog_for(path)
        executable = bool(entry.mode & (_SET_ID | _EXECUTABLE)) or wants(path)
        release = release_reader(path)
        if executable or release or _noted(catalog) or path in _WATCHED:
            set_id = bool(entry.mode & _SET_ID)
            self._occupy(path, always=set_id or catalog is not None)
            if set_id:
                self._set_id[path] = entry.mode
        if entry.kind is Kind.HARD_LINK:
            self._take_hard_link(path, catalog, entry)
            return
        if catalog is not None and self._contents.is_streamed(entry.size, catalog):
            self._contents.take_stream(path, catalog, entry, reader.pieces(entry.size))
            return
        pieces: Iterable[bytes] | None = None
        if (content := self._read(path, catalog, entry, reader, is_release=bool(release))) is not None:
            pieces = (content,)
            if catalog is not None:
                self._contents.take_database(path, catalog, content)
            elif release is not None:
                self._contents.take_release(path, release(content))
        if catalog is not None or release is not None:
            return
        if found := hint(path):
            self._note_hint(*found)
        elif executable and entry.sparse:
            self._contents.skip_partly(
                path, "it is a program stored as a sparse file, which is not looked into"
            )
        elif executable:
            self._examine(path, entry, pieces or reader.pieces(entry.size))

    def _take_hard_link(self, path: str, catalog: Catalog | None, entry: Entry) -> None:
        target = normalise(entry.link, length=self._limits.path_length, depth=self._limits.path_depth) or ""
        if catalog is not None and not catalog.only_owned:
            if not self._contents.link_database(path, catalog, target):
                self._contents.skip_partly(path, "it is a hard link to a file that was not read")
        elif release_reader(path):
            self._contents.link_release(path, target)
        elif catalog is None:
            self._contents.link_program(path, target, is_runtime=wants(path))

    def _read(
        self, path: str, catalog: Catalog | None, entry: Entry, reader: Reader, *, is_release: bool
    ) -> bytes | None:
        """Read a file as a whole, where it is a database, a release file or could hold secrets."""
        known = catalog is not None or is_release
        searched = self._secrets is not None and self._secrets.wants(path, entry.size, sparse=entry.sparse)
        known = known and self._contents.may_read(path, entry.size, entry.sparse, catalog)
        if not known and not searched:
            return None
        content = reader.read(entry.size)
        if searched and self._secrets is not None:
            self._secrets.take(path, content)
        return content if known or catalog is None else None

    def _examine(self, path: str, entry: Entry, pieces: Iterable[bytes]) -> None:
        """Look for what an executable was built from."""
        found = examine(path, pieces, entry.size)
        for catalog, packages in found.databases:
            self._contents.keep(path, catalog, packages)
        for why in found.skipped:
            self._contents.skip_partly(path, why)

    def _occupy(self, path: str, *, always: bool) -> None:
        """Note that lower layers no longer show here. Without those beyond the limit, too much of them shows."""
        if path in self._occupied:
            return
        has_room = len(self._occupied) < self._limits.occupied and self._text.take(len(path))
        if has_room or path in _WATCHED:
            self._occupied.add(path)
        elif always:
            raise LimitError(f"it has more than {self._limits.occupied:,} executables, or very long names")

    def _note_hint(self, label: str, unit: str) -> None:
        units = self._hints.setdefault(label, set())
        if unit in units:
            return
        if not units or (len(units) < self._limits.hints and self._text.take(len(unit))):
            units.add(unit)
        else:
            self._more.add(label)

    def _sorted_hints(self) -> Iterator[Hint]:
        for label, units in sorted(self._hints.items()):
            yield Hint(label, tuple(sorted(units)), label in self._more)

    def _said_of_the_layer(self) -> Iterator[Skipped]:
        if self._refused:
            yield Skipped(
                "", f"{self._refused:,} of its files have names that leave the image or are too long"
            )
        if self._secrets is not None:
            yield from self._secrets.skipped()
        if self._stopped:
            yield Skipped("", str(self._stopped), transient=isinstance(self._stopped, LimitError))


def _shipped(owned: Mapping[str, str], databases: Iterable[Database]) -> set[str]:
    """Say which files are as a distribution ships them: anyone can write a list of files, and edits configuration.

    What others build is not: a package of one's own may hold a key of one's own.
    """
    packages = [
        package
        for database in databases
        if CATALOGS[database.catalog].is_system
        for package in database.packages
    ]
    listed = {package.name for package in packages} - {each.name for each in packages if each.vendor}
    return {path for path, owner in owned.items() if owner in listed and path.startswith(_PROGRAMS)}


def _noted(catalog: Catalog | None) -> bool:
    """Say whether a file of this catalog replaces what is reported of lower layers."""
    return catalog is not None and not catalog.only_owned


def _owned(database: Database, owned: Mapping[str, str]) -> Database:
    owner = owned.get(database.path)
    return replace(database, owner=owner) if owner else database
