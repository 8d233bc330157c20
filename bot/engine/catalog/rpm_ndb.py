"""The packages of `Packages.db`, RPM's own database that SUSE uses.

Follows rpm's lib/backend/ndb/rpmpkg.c: pages of slots, each naming a run of 16-byte blocks with one header in it.
"""

import struct
from collections.abc import Iterator
from zlib import adler32

from bot.engine.catalog.model import CatalogError

MAGIC = b"RpmP"
_PAGE, _BLOCK = 4096, 16
_HEADER = struct.Struct("<4sIIII")
_SLOT = struct.Struct("<4sIII")
_BLOB = struct.Struct("<4sIII")
_TAIL = struct.Struct("<II4s")
#: The header of the file takes the place of the first two slots.
_FIRST = 32


def read_ndb(data: bytes) -> Iterator[bytes]:
    """Yield the header of each package; raises CatalogError."""
    if len(data) < _FIRST:
        raise CatalogError("it is cut short")
    _, version, _, pages, _ = _HEADER.unpack_from(data)
    if version:
        raise CatalogError(f"its format has the version {version}, which is not known")
    end = pages * _PAGE
    if not _FIRST < end <= len(data):
        raise CatalogError("it is cut short")
    budget = len(data)
    for magic, number, block, blocks in _SLOT.iter_unpack(data[_FIRST:end]):
        if magic != b"Slot":
            raise CatalogError("it has a damaged slot")
        if number:
            budget -= blocks * _BLOCK
            if budget < 0:
                raise CatalogError("its packages lie upon each other")
            yield _blob(data[block * _BLOCK : (block + blocks) * _BLOCK], number)


def _blob(run: bytes, number: int) -> bytes:
    if len(run) < _BLOB.size + _TAIL.size:
        raise CatalogError("it has a package that is cut short")
    magic, owner, _, length = _BLOB.unpack_from(run)
    checksum, again, end = _TAIL.unpack_from(run, len(run) - _TAIL.size)
    if (magic, owner, end, again) != (b"BlbS", number, b"BlbE", length):
        raise CatalogError("it has a damaged package")
    if length > len(run) - _BLOB.size - _TAIL.size or adler32(run[: -_TAIL.size]) != checksum:
        raise CatalogError("it has a damaged package")
    return run[_BLOB.size : _BLOB.size + length]
