"""Layer documents put on top of each other, lowest first: what is still there after each.

A package belongs to the layer where its unbroken run began: there with the same name, version, source and
architecture in every layer since. Removed and installed again, or upgraded, it starts anew; a database that
is merely rewritten changes nothing.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.engine.catalog import CATALOGS, LINKABLE, ROOTS, WAYS, RawPackage
from bot.engine.document import Database, LayerDocument
from bot.engine.hints import SYSTEM
from bot.engine.os_release import find_release, release_reader
from bot.engine.overlay import Veil
from bot.engine.paths import link_target
from bot.engine.secrets.model import SecretFinding
from bot.inventory import Release, SetIdFile, Skipped

Identity = tuple[str, RawPackage, str]
"""(catalog, package, path). All of the package: advisories go by its source, so another source is another package.
But not its vendor, which what else a database lists may tell. The path counts for packages of languages alone, as each
copy is one; a system has each package once."""
_Databases = tuple[Database, ...]
_Told = tuple[str, str]
"""(rule, fingerprint) of a secret, on whatever line."""


@dataclass(frozen=True, slots=True)
class Found:
    """A package that is there in the end, the layer its run began in, and the database that lists it."""

    package: RawPackage
    catalog: str
    path: str
    layer: int
    owner: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Leak:
    """A secret, the lowest layer that has it, and whether the file is no longer there in the end."""

    finding: SecretFinding
    layer: int
    deleted: bool


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in one layer that was not read, and that no later layer replaced."""

    layer: int
    skipped: Skipped


class Stack:
    """Grows by one layer at a time."""

    def __init__(self) -> None:
        self._layers = 0
        self._files = 0
        self._databases: dict[str, tuple[Database, ...]] = {}
        self._owners: dict[str, str] = {}
        self.vanished: frozenset[str] = frozenset()
        """Catalogs of systems whose databases were all deleted: what they listed may still be there."""
        self._secrets: dict[SecretFinding, int] = {}
        self._shown: dict[str, set[_Told]] = {}
        self._shipped: set[tuple[str, _Told]] = set()
        self._releases: dict[str, Release] = {}
        self._set_id: dict[str, SetIdFile] = {}
        self._links: dict[str, tuple[int, str]] = {}
        self._hints: dict[str, dict[str, None]] = {}
        self._more: set[str] = set()
        self._unread_files: dict[str, Unread] = {}
        self._unread_layers: list[Unread] = []
        self._runs: dict[Identity, int] = {}
        self._listed: Counter[Identity] = Counter()

    def add(self, document: LayerDocument) -> None:
        """Put one layer on top."""
        layer = self._layers
        veil = Veil(document)
        self._add_databases(document, veil, layer)
        self._releases = veil.keep(self._releases) | dict(document.releases)
        self._set_id = veil.keep(self._set_id) | {
            path: self._set_id_file(SetIdFile(path, mode, layer, owner))
            for path, mode, owner in document.set_id
        }
        self._add_secrets(document, veil, layer)
        self._links = veil.keep(self._links) | {path: (layer, to) for path, to in document.links}
        self._add_hints(document, veil)
        self._add_unread(document, veil, layer)
        self._files += document.files
        self._layers += 1

    def packages(self) -> Iterator[Found]:
        """Yield what is installed, with an owner where the distribution speaks for it: in the end, as it was built."""
        speaks = self._installed() - self._from_elsewhere()
        for identity, path in self._present().items():
            catalog, package, _ = identity
            owner = self._owners.get(path, "")
            yield Found(package, catalog, path, self._runs[identity], owner if owner in speaks else "")

    def release(self) -> Release | None:
        """Return what the first of the release files says."""
        return find_release(self._releases, {path: target for path, (_, target) in self._links.items()})

    def set_id_files(self) -> tuple[SetIdFile, ...]:
        """Return the files that run as their owner or group."""
        installed = self._installed()
        files = (
            each if each.owner in installed else replace(each, owner="") for each in self._set_id.values()
        )
        return tuple(sorted(files))

    def secrets(self) -> Iterator[Leak]:
        """Yield the secrets of all layers: what a later one deletes, the image still has."""
        for finding, layer in sorted(self._secrets.items()):
            yield Leak(finding, layer, _told(finding) not in self._shown.get(finding.path, ()))

    def hints(self) -> Iterator[tuple[str, list[str], bool]]:
        """Yield (label, units, whether there are more) of content that was seen and not looked into."""
        for label in sorted(self._hints):
            units = sorted(self._hints[label], key=lambda unit: (unit.count("/"), unit))
            if units:
                yield label, units, label in self._more

    def unread(self) -> Iterator[Unread]:
        """Yield what should have been read and was not."""
        yield from self._unread_layers
        for path in sorted(self._unread_files):
            yield self._unread_files[path]
        for path in self._lost():
            layer, target = self._links[path]
            why = f"it is a symbolic link to {target[:200]!r}, where package databases are not looked for"
            yield Unread(layer, Skipped(path, why))

    @property
    def has_files(self) -> bool:
        """Whether any layer holds anything besides directories."""
        return self._files > 0

    @property
    def has_databases(self) -> bool:
        """Whether a package database of a system was read."""
        return any(_is_system(database) for found in self._databases.values() for database in found)

    @property
    def has_system_packages(self) -> bool:
        """Whether any package database was seen, even one that could not be read."""
        seen = {*self._lost(), *(path for path in self._unread_files if self._is_place(path))}
        return self.has_databases or bool(seen) or any(self._hints.get(label) for label in SYSTEM)

    def _add_databases(self, document: LayerDocument, veil: Veil, layer: int) -> None:
        kept = veil.keep(self._databases)
        if len(kept) == len(self._databases) and not document.databases:
            return
        added: dict[str, tuple[Database, ...]] = {}
        for database in document.databases:
            added[database.path] = (*added.get(database.path, ()), database)
        self._own(added)
        before = {path: found for path, found in self._databases.items() if path not in kept or path in added}
        there = _systems(kept | added)
        self.vanished = (self.vanished | _systems(before)) - there
        self._follow(before, added, layer)
        self._databases = kept | added

    def _follow(self, before: Mapping[str, _Databases], added: Mapping[str, _Databases], layer: int) -> None:
        """Begin the runs of what comes and end those of what goes: the rest costs nothing, however much it is."""
        going = Counter(_identities(before))
        for identity, times in Counter(_identities(added)).items():
            self._listed[identity] += times
            self._runs.setdefault(identity, layer)
        for identity, times in going.items():
            self._listed[identity] -= times
            if not self._listed[identity]:
                del self._listed[identity], self._runs[identity]

    def _installed(self) -> set[str]:
        """Return the names of the system's packages: a list of files may be left by one that is gone, or never was."""
        return {package.name for package in self._system_packages()}

    def _from_elsewhere(self) -> set[str]:
        """Return the names of those that somebody else than the distribution built."""
        return {package.name for package in self._system_packages() if package.vendor}

    def _system_packages(self) -> Iterator[RawPackage]:
        for databases in self._databases.values():
            for database in databases:
                if _is_system(database):
                    yield from database.packages

    def _present(self) -> dict[Identity, str]:
        """Return what the databases list, each with the first of them that does."""
        present: dict[Identity, str] = {}
        for path in sorted(self._databases):
            for identity in _identities({path: self._databases[path]}):
                present.setdefault(identity, path)
        return present

    def _own(self, added: dict[str, tuple[Database, ...]]) -> None:
        """Note who owns what a layer writes. A mere copy, as `chown` makes, still has its owner."""
        for path, databases in added.items():
            owner = databases[0].owner
            before = self._databases.get(path)
            if not owner and before is not None and _listed(before) == _listed(databases):
                continue
            self._owners[path] = owner

    def _set_id_file(self, written: SetIdFile) -> SetIdFile:
        before = self._set_id.get(written.path)
        if written.owner or before is None or before.mode != written.mode:
            return written
        return replace(written, owner=before.owner)

    def _add_secrets(self, document: LayerDocument, veil: Veil, layer: int) -> None:
        """Note what a layer leaks. Of a file written anew only what it says now is still shown."""
        self._shown = veil.keep(self._shown)
        for path in {finding.path for finding in document.secrets}:
            self._shown[path] = set()
        for finding in document.secrets:
            self._shown[finding.path].add(_told(finding))
            if finding.path in document.shipped:
                self._shipped.add((finding.path, _told(finding)))
            elif (finding.path, _told(finding)) not in self._shipped:
                # Else it is a mere copy of what the distribution ships, as `chown` makes.
                self._secrets.setdefault(finding, layer)

    def _add_hints(self, document: LayerDocument, veil: Veil) -> None:
        self._hints = {
            # What was too much to keep cannot be seen to go away.
            label: units if label in self._more else veil.keep(units)
            for label, units in self._hints.items()
        }
        for hint in document.hints:
            self._hints[hint.label] = self._hints.get(hint.label, {}) | dict.fromkeys(hint.units)
            if hint.more:
                self._more.add(hint.label)

    def _add_unread(self, document: LayerDocument, veil: Veil, layer: int) -> None:
        self._unread_files = veil.keep(self._unread_files)
        for skipped in document.skipped:
            if skipped.what:
                self._unread_files[skipped.what] = Unread(layer, skipped)
            else:
                self._unread_layers.append(Unread(layer, skipped))

    def _lost(self) -> list[str]:
        """Return the links that lead a package database away from where it would have been read."""
        links = [
            (path, target) for path, (_, target) in sorted(self._links.items()) if not release_reader(path)
        ]
        return [path for path, target in links if self._leads_away(path, target)]

    def _leads_away(self, path: str, target: str) -> bool:
        real = link_target(path, target)
        below = [root[len(path) :] for root in ROOTS if root.startswith(f"{path}/")] or [""]
        places = [f"{real}{rest}".strip("/") for rest in below]
        if path in WAYS - LINKABLE:
            # Most is other content, as behind /lib where /usr was merged: a database there has to be seen.
            return any(place in units for units in self._hints.values() for place in places)
        # A directory may hold the database in any of several forms, and has it in one.
        return not any(self._is_read(place) for place in places)

    def _is_read(self, place: str) -> bool:
        return any(path == place or path.startswith(f"{place}/") for path in self._databases)

    def _is_place(self, path: str) -> bool:
        return any(path == root or path.startswith(f"{root}/") for root in ROOTS)


def _systems(databases: Mapping[str, _Databases]) -> frozenset[str]:
    return frozenset(each.catalog for found in databases.values() for each in found if _is_system(each))


def _told(finding: SecretFinding) -> _Told:
    return finding.rule, finding.fingerprint


def _identities(databases: Mapping[str, _Databases]) -> Iterator[Identity]:
    for path, found in databases.items():
        for database in found:
            place = "" if _is_system(database) else path
            for package in database.packages:
                yield database.catalog, replace(package, vendor="") if package.vendor else package, place


def _is_system(database: Database) -> bool:
    return CATALOGS[database.catalog].is_system


def _listed(databases: tuple[Database, ...]) -> list[tuple[RawPackage, ...]]:
    return [database.packages for database in databases]
