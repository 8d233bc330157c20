"""Read the header of one installed RPM package, as every kind of RPM's database stores it.

See https://rpm-software-management.github.io/rpm/manual/format_header.html: a count of entries and of bytes, the
entries (tag, type, offset, count), the bytes they point into; here without the magic number of package files.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from bot.engine.catalog.model import MOST_OWNED, CatalogError, Claim, RawPackage, field
from bot.engine.catalog.vendors import rpm_vendor

_NAME, _VERSION, _RELEASE, _EPOCH = 1000, 1001, 1002, 1003
_VENDOR, _ARCH, _SOURCE, _MODULE = 1011, 1022, 1044, 5096
_FOLDER_OF, _FILES, _FOLDERS = 1116, 1117, 1118
_WANTED = frozenset((_NAME, _VERSION, _RELEASE, _EPOCH, _VENDOR, _ARCH, _SOURCE, _MODULE))
_PATHS = frozenset((_NAME, _FOLDER_OF, _FILES, _FOLDERS))
_TEXT = frozenset((6, 9))
_INT32, _TEXTS = 4, 8
_HEAD = struct.Struct(">II")
_ENTRY = struct.Struct(">IIII")
#: Far more than any real package has, so that a header cannot keep us busy.
_ENTRIES = 4096
_MOST_FILES = 300_000
#: The key of a signer, which RPM keeps among the packages.
_KEY = "gpg-pubkey"

Value = tuple[int, int, int]
"""(type, where it begins, count)."""


def read_header(header: bytes) -> RawPackage | None:
    """Return the package, None for a key; raises CatalogError."""
    values = _values(header, _WANTED)
    name, version = _text(header, values, _NAME), _text(header, values, _VERSION)
    if not name or not version:
        raise CatalogError("it has a package without a name or a version")
    if name == _KEY:
        return None
    release = _text(header, values, _RELEASE)
    numbers = _numbers(header, values, _EPOCH)
    package = named(
        name=name,
        version=f"{version}-{release}" if release else version,
        epoch=numbers[0] if numbers else 0,
        arch=_text(header, values, _ARCH),
        source=_text(header, values, _SOURCE),
        module=_text(header, values, _MODULE),
    )
    return replace(package, vendor=rpm_vendor(_text(header, values, _VENDOR), release))


def named(name: str, version: str, epoch: int, arch: str, source: str, module: str = "") -> RawPackage:
    """Name a package and its source: `openssl-3.0.7-18.el9.src.rpm`, whose epoch is not in the file's name."""
    prefix = f"{epoch}:" if epoch else ""
    parts = source.removesuffix(".rpm").rpartition(".")[0].rsplit("-", 2)
    written = f"{parts[1]}-{parts[2]}" if len(parts) == 3 and parts[0] else version
    return RawPackage(
        name=name,
        version=prefix + version,
        source_name=parts[0] if len(parts) == 3 and parts[0] else name,
        source_version=prefix + written,
        arch="" if arch == "(none)" else arch,
        # Behind name and stream stand the build and the platform it was made for.
        module=":".join(module.split(":", 2)[:2]),
    )


def read_files(header: bytes) -> Claim:
    """Return what a package owns; nothing of a list that cannot be understood."""
    try:
        values = _values(header, _PATHS)
        name = _text(header, values, _NAME)
        folders = _texts(header, values, _FOLDERS)
        files = _texts(header, values, _FILES)
        places = list(zip(_numbers(header, values, _FOLDER_OF), files, strict=True))
        # Each file may name the longest folder again.
        if sum(len(folders[at]) + len(file) for at, file in places) > MOST_OWNED:
            return Claim("", b"")
        paths = [folders[at] + file for at, file in places]
    except (CatalogError, IndexError, ValueError):
        return Claim("", b"")
    return Claim(name, b"\n".join(paths))


def _values(header: bytes, wanted: frozenset[int]) -> Mapping[int, Value]:
    if len(header) < _HEAD.size:
        raise CatalogError("it has a package that is cut short")
    entries, size = _HEAD.unpack_from(header)
    start = _HEAD.size + entries * _ENTRY.size
    if entries > _ENTRIES or start + size > len(header):
        raise CatalogError("it has a package that is cut short")
    found: dict[int, Value] = {}
    for tag, kind, offset, count in _ENTRY.iter_unpack(header[_HEAD.size : start]):
        if tag in wanted:
            found.setdefault(tag, (kind, start + offset, count))
    return found


def _text(header: bytes, values: Mapping[int, Value], tag: int) -> str:
    kind, at, _ = values.get(tag, (0, 0, 0))
    return field(next(_strings(header, at), b"")) if kind in _TEXT else ""


def _texts(header: bytes, values: Mapping[int, Value], tag: int) -> list[bytes]:
    kind, at, count = values.get(tag, (0, 0, 0))
    return list(islice(_strings(header, at), count)) if kind == _TEXTS and count <= _MOST_FILES else []


def _strings(header: bytes, at: int) -> Iterator[bytes]:
    while (end := header.find(b"\0", at)) >= 0:
        yield header[at:end]
        at = end + 1


def _numbers(header: bytes, values: Mapping[int, Value], tag: int) -> tuple[int, ...]:
    kind, at, count = values.get(tag, (0, 0, 0))
    if kind != _INT32 or count > _MOST_FILES or at + 4 * count > len(header):
        return ()
    return struct.unpack_from(f">{count}I", header, at)
