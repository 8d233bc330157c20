"""Java archives: jar, war, ear and the like, with the archives inside them.

Maven leaves `META-INF/maven/GROUP/ARTIFACT/pom.properties`, one for each artifact whose classes were put in (shaded).
Without it the manifest and the name of the file have to do, see the JAR File Specification, "JAR Manifest".
"""

import zipfile
from collections.abc import Iterable
from itertools import chain
from typing import NamedTuple

from bot.engine.catalog import zip_stream, zipped
from bot.engine.catalog.jar_names import (
    Coordinates,
    from_manifest,
    from_properties,
    is_beside,
    is_of_runtime,
    parse_file_name,
)
from bot.engine.catalog.model import Catalog, CatalogError, CatalogGapError, CatalogLimitError, RawPackage

EXTENSIONS = frozenset(("jar", "war", "ear", "par", "sar", "rar", "jpi", "hpi", "lpkg", "nar"))
#: Other kinds of files have the rest of these endings too.
_SURELY = frozenset(("jar", "war", "ear", "jpi", "hpi"))
_DEEPEST = 4
_INFLATED = 256 << 20
"""Bytes of nested archives in one file, together."""
#: Archives in archives hardly shrink: so thousands of small ones, each a bomb, cost no more than what they weigh.
_RATIO, _AT_LEAST = 16, 4 << 20
_INFLATED_STREAM = 1 << 30
"""The same in one that is too large to be in memory."""
_NESTED = 64 << 20
_WAITING = 96 << 20
"""Bytes of nested archives that are in memory at once."""
_TEXT = 1 << 20
_MOST = 20_000
_MANIFEST = "META-INF/MANIFEST.MF"
_NAMED = 5
"""Archives without a name that are named in the message."""


def claims(path: str) -> bool:
    """Any file with such an ending: most are archives."""
    return True


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return what the archive and those inside it hold."""
    if not _is_zip(path, data):
        return []
    reading = _Reading(min(_INFLATED, _AT_LEAST + _RATIO * len(data)))
    reading.read(path, data)
    return reading.packages()


def parse_stream(path: str, pieces: Iterable[bytes]) -> list[RawPackage]:
    """Return what a large archive and those inside it hold, of which one is in memory at a time."""
    rest = iter(pieces)
    head = b""
    while len(head) < 2 and (piece := next(rest, b"")):
        head += piece
    if not _is_zip(path, head):
        return []
    reading = _Reading(_INFLATED_STREAM)
    reading.read_stream(path, chain((head,), rest))
    return reading.packages()


def _is_zip(path: str, head: bytes) -> bool:
    """Say whether it is an archive; what should be one and is not is raised."""
    if head.startswith(b"PK"):
        return True
    if head and path.rpartition(".")[2].lower() in _SURELY:
        raise CatalogGapError("it is no zip archive")
    return False


class _Archive(NamedTuple):
    path: str
    data: bytes
    depth: int


class _Reading:
    """One file and the archives inside it, with what is left of the limits."""

    def __init__(self, inflated: int) -> None:
        """`inflated` is how many bytes of what is inside may be read."""
        self.found: list[RawPackage] = []
        self.problems: list[str] = []
        self._most = inflated
        self._waiting: list[_Archive] = []
        self._members = 0
        self._inflated = 0

    def packages(self) -> list[RawPackage]:
        """Return what was found; with problems it is raised."""
        packages = list(dict.fromkeys(self.found))
        if self.problems:
            listed = "; ".join(self.problems[:_NAMED])
            more = len(self.problems) - _NAMED
            raise CatalogGapError(f"{listed}{f' and {more:,} more' if more > 0 else ''}", packages)
        return packages

    def read_stream(self, path: str, pieces: Iterable[bytes]) -> None:
        """Read an archive front to back; what was found before it broke off counts."""
        shaded: list[Coordinates] = []
        manifest, has_code = b"", False
        try:
            for name, data in zip_stream.members(pieces, _wanted):
                has_code = has_code or _is_code(name)
                self._count(len(data))
                if _is_shaded(name):
                    shaded.extend(_coordinates(data))
                elif _is_manifest(name):
                    manifest = manifest or data
                elif data:
                    self._check_nested(name, len(data))
                    self.read(f"{path}/{name}", data, 1)
        except CatalogError as exc:
            self.problems.append(str(exc))
        self._name(_Archive(path, b"", 0), shaded, manifest, has_code=has_code)

    def read(self, path: str, data: bytes, depth: int = 0) -> None:
        """Read an archive, then those found inside: a list, as no archive decides how deep we call ourselves."""
        self._waiting.append(_Archive(path, data, depth))
        while self._waiting:
            archive = self._waiting.pop()
            try:
                self._read(archive)
            except CatalogLimitError:
                raise
            except CatalogError as exc:
                if archive.depth == 0:
                    raise
                self.problems.append(f"{archive.path.rpartition('/')[2]} inside it: {exc}")
            if len(self.found) > _MOST:
                raise CatalogLimitError(f"it holds more than {_MOST:,} packages")

    def _read(self, archive: _Archive) -> None:
        with zipped.opened(archive.data) as opened:
            self._read_members(archive, opened)

    def _read_members(self, archive: _Archive, opened: zipfile.ZipFile) -> None:
        members = opened.infolist()
        self._members += len(members)
        if self._members > zipped.MEMBERS:
            raise CatalogLimitError(f"it holds more than {zipped.MEMBERS:,} files")
        shaded: list[Coordinates] = []
        manifest = b""
        for member in members:
            name = member.filename
            if _is_shaded(name):
                shaded.extend(_coordinates(self._inflate(opened, member, _TEXT)))
            elif _is_manifest(name) and not manifest:
                manifest = self._inflate(opened, member, _TEXT)
            elif _is_archive(name):
                self._take_nested(archive, opened, member)
        self._name(archive, shaded, manifest, has_code=any(_is_code(each.filename) for each in members))

    def _name(self, archive: _Archive, shaded: list[Coordinates], manifest: bytes, *, has_code: bool) -> None:
        file = parse_file_name(archive.path)
        self.found.extend(coordinates.package() for coordinates in shaded)
        # One alone is the archive's own, whatever the file was renamed to, unless the archive says otherwise.
        beside = len(shaded) == 1 and is_beside(manifest, shaded[0])
        if any(file.is_of(coordinates) for coordinates in shaded) or (len(shaded) == 1 and not beside):
            return
        own = from_manifest(manifest, file)
        if own is not None and own.group:
            self.found.append(own.package())
        elif own is not None and is_of_runtime(manifest):
            # Flaws are told of the runtime as a whole, which its own files tell.
            self.found.append(own.package())
        elif has_code and (beside or not shaded):
            self._take_nameless(archive, own)

    def _take_nameless(self, archive: _Archive, own: Coordinates | None) -> None:
        """An archive with classes that does not say whose: listed as far as it is known, and said."""
        inside = " inside it" if archive.depth else ""
        name = archive.path.rpartition("/")[2]
        if own is None:
            self.problems.append(f"{name}{inside} names no Maven coordinates")
        else:
            self.found.append(own.package())
            self.problems.append(f"{name}{inside} does not say which Maven group it is of")

    def _take_nested(self, archive: _Archive, opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        if archive.depth >= _DEEPEST:
            self.problems.append(f"{member.filename[-200:]} lies more than {_DEEPEST} archives deep")
            return
        self._check_nested(member.filename, member.file_size)
        data = self._inflate(opened, member, _NESTED)
        if sum(len(each.data) for each in self._waiting) + len(data) > _WAITING:
            raise CatalogLimitError(f"the archives in it are larger than {_WAITING:,} bytes")
        self._waiting.append(_Archive(f"{archive.path}/{member.filename}", data, archive.depth + 1))

    def _inflate(self, opened: zipfile.ZipFile, member: zipfile.ZipInfo, most: int) -> bytes:
        """Return a member, or its first bytes: of a long manifest those that speak of the archive as a whole."""
        data = zipped.inflate(opened, member, most)
        self._count(len(data))
        return data

    def _check_nested(self, name: str, size: int) -> None:
        if size > _NESTED:
            raise CatalogLimitError(f"{name[-200:]} in it is larger than {_NESTED:,} bytes")

    def _count(self, inflated: int) -> None:
        self._inflated += inflated
        if self._inflated > self._most:
            raise CatalogLimitError(f"the archives in it are larger than {self._most:,} bytes")


def _is_shaded(name: str) -> bool:
    return name.startswith("META-INF/maven/") and name.endswith("/pom.properties")


def _is_manifest(name: str) -> bool:
    return name.upper() == _MANIFEST


def _is_archive(name: str) -> bool:
    return name.rpartition(".")[2].lower() in EXTENSIONS


def _is_code(name: str) -> bool:
    return name.endswith((".class", ".kotlin_module"))


def _wanted(name: str) -> int:
    """How much of a member matters; of an archive a byte more than may be read, to see that it is larger."""
    if _is_shaded(name) or _is_manifest(name):
        return _TEXT
    return _NESTED + 1 if _is_archive(name) else 0


def _coordinates(properties: bytes) -> list[Coordinates]:
    found = from_properties(properties)
    return [] if found is None else [found]


CATALOG = Catalog(
    name="java",
    type="maven",
    extensions=EXTENSIONS,
    claims=claims,
    parse=parse,
    parse_stream=parse_stream,
)
