"""What one layer says, whatever lies below it: the unit that is cached by blob digest and engine version.

Written as compact JSON: tens of kilobytes for a distribution's base layer, less than one for most others.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from typing import Any

from bot.engine.catalog import RawPackage
from bot.engine.secrets.model import SecretFinding
from bot.inventory import Release, SkipKind, Skipped
from bot.severity import Severity

#: Part of every cache key. Raise it with anything that changes what a document says about the same bytes.
ENGINE_VERSION = 8


@dataclass(frozen=True, slots=True)
class Database:
    """One package database file and what it lists."""

    path: str
    catalog: str
    packages: tuple[RawPackage, ...]
    owner: str = ""
    """The system's package that brings this file, as far as this layer tells."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Content of one kind that no catalog reads yet."""

    label: str
    units: tuple[str, ...]
    more: bool = False
    """There was more than is kept here, so no deletion above can take the hint back."""


@dataclass(frozen=True, slots=True)
class LayerDocument:
    """Everything a layer adds, takes away and puts in the way."""

    diff_id: str = ""
    """Digest of the uncompressed tar; empty when it was not read to its end."""
    size: int = 0
    """Bytes of the blob that were read."""
    inflated: int = 0
    entries: int = 0
    files: int = 0
    """Entries that are content: neither directories nor whiteouts."""
    databases: tuple[Database, ...] = ()
    releases: tuple[tuple[str, Release], ...] = ()
    """(path, what the file there says)."""
    whiteouts: tuple[str, ...] = ()
    """Paths of lower layers that this one deletes."""
    opaque: tuple[str, ...] = ()
    """Directories whose content in lower layers this one deletes; `` is the root."""
    occupied: tuple[str, ...] = ()
    """Paths this layer writes that hide what lower layers have there or below: executables, symbolic links,
    anything in the place of a database. Only those can replace what we report. Sorted by directory."""
    directories: tuple[str, ...] = ()
    """Directories on the way to a package database. They replace what lower layers have in that very place, such
    as a link, and nothing below it."""
    links: tuple[tuple[str, str], ...] = ()
    """Symbolic links in the place of a package database or on the way to one, and where each leads."""
    set_id: tuple[tuple[str, int, str], ...] = ()
    """(path, mode, the package that brings it) of files that run as their owner or group."""
    secrets: tuple[SecretFinding, ...] = ()
    shipped: tuple[str, ...] = ()
    """Files with such that are a distribution's own. Everybody has them: an example key there is no secret."""
    hints: tuple[Hint, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    """`what` is the path in the layer, or empty for the layer as a whole."""

    @property
    def items(self) -> int:
        """How much it lists, of all kinds together."""
        lists = (
            self.occupied,
            self.whiteouts,
            self.opaque,
            self.set_id,
            self.links,
            self.releases,
            self.secrets,
        )
        packages = sum(len(database.packages) + 1 for database in self.databases)
        return packages + sum(map(len, lists)) + sum(len(hint.units) for hint in self.hints)

    @property
    def text(self) -> int:
        """How long the names are, of all that can be many."""
        lists = (
            self.occupied,
            self.whiteouts,
            self.opaque,
            (path for path, _, _ in self.set_id),
            (path for path, _ in self.releases),
            (finding.path for finding in self.secrets),
            (unit for hint in self.hints for unit in hint.units),
            (database.path for database in self.databases),
            (
                text
                for each in self.databases
                for package in each.packages
                for text in (package.name, package.version)
            ),
        )
        return sum(sum(map(len, names)) for names in lists)

    @property
    def cacheable(self) -> bool:
        """Whether the next reading would say the same: not when a limit cut this one short."""
        return not any(skip.transient for skip in self.skipped)

    def to_json(self) -> str:
        """Write the document with the engine's version."""
        plain = {part.name: getattr(self, part.name) for part in fields(self)}
        plain["databases"] = [_write_database(database) for database in self.databases]
        plain["occupied"] = _by_directory(self.occupied)
        return json.dumps({"engine": ENGINE_VERSION, "layer": plain}, separators=(",", ":"), default=asdict)

    @classmethod
    def from_json(cls, text: str | bytes) -> "LayerDocument":
        """Read a document; ValueError when it is damaged or another version of the engine wrote it."""
        try:
            plain = json.loads(text)
            if plain["engine"] != ENGINE_VERSION:
                raise ValueError(f"engine {plain['engine']!r} wrote it")
            return _read(plain["layer"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
            raise ValueError(f"not a layer document of engine {ENGINE_VERSION}: {exc}") from exc


def _read(plain: dict[str, Any]) -> LayerDocument:
    return LayerDocument(
        **{name: plain[name] for name in ("diff_id", "size", "inflated", "entries", "files")},
        databases=tuple(_read_database(item) for item in plain["databases"]),
        releases=tuple((path, Release(**release)) for path, release in plain["releases"]),
        whiteouts=tuple(plain["whiteouts"]),
        opaque=tuple(plain["opaque"]),
        occupied=tuple(_from_directories(plain["occupied"])),
        directories=tuple(plain["directories"]),
        links=tuple((path, target) for path, target in plain["links"]),
        set_id=tuple((path, mode, owner) for path, mode, owner in plain["set_id"]),
        secrets=tuple(
            SecretFinding(**{**item, "severity": Severity(item["severity"])}) for item in plain["secrets"]
        ),
        shipped=tuple(plain["shipped"]),
        hints=tuple(Hint(item["label"], tuple(item["units"]), item["more"]) for item in plain["hints"]),
        skipped=tuple(Skipped(**{**item, "kind": SkipKind(item["kind"])}) for item in plain["skipped"]),
    )


def _write_database(database: Database) -> list[Any]:
    return [database.path, database.catalog, database.owner, [_write_package(p) for p in database.packages]]


def _write_package(package: RawPackage) -> list[str]:
    """A row without what is empty at its end, and as most packages are: their own source."""
    row = [package.name, package.version]
    rest = [package.source_name, package.source_version, package.arch, package.module, package.type]
    rest.append(package.vendor)
    if row == rest[:2] and not any(rest[2:]):
        return row
    while len(rest) > 2 and not rest[-1]:
        rest.pop()
    return row + rest


def _read_database(item: list[Any]) -> Database:
    path, catalog, owner, rows = item
    return Database(path, catalog, tuple(_read_package(row) for row in rows), owner)


def _read_package(row: list[str]) -> RawPackage:
    return RawPackage(*row, *row) if len(row) == 2 else RawPackage(*row)


def _by_directory(paths: Iterable[str]) -> dict[str, list[str]]:
    """Write each directory once: half the document would be the same few of them."""
    directories: dict[str, list[str]] = {}
    for path in paths:
        directory, _, name = path.rpartition("/")
        directories.setdefault(directory, []).append(name)
    return directories


def _from_directories(directories: dict[str, list[str]]) -> Iterable[str]:
    for directory, names in directories.items():
        for name in names:
            yield f"{directory}/{name}" if directory else name
