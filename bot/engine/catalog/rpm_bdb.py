"""The packages of `Packages`, a Berkeley DB hash: RPM's database until RHEL 8, Amazon Linux 2 and Photon 4.

Follows Berkeley DB's dbinc/db_page.h: every page says what it is; a value that does not fit is a chain of pages.
"""

import struct
from collections.abc import Iterator

from bot.engine.catalog.model import CatalogError

_HASH = 0x061561
_MAGIC = 12
_HEAD = 26
_UNSORTED, _SORTED, _OVERFLOW = 2, 13, 7
_INLINE, _OFF_PAGE = 1, 3
_ENCRYPTED = 24
#: The record that counts the others, instead of holding a header.
_COUNTER = 0


def is_bdb(data: bytes) -> bool:
    """Say whether a file is such a hash, in either byte order."""
    return _order(data) != ""


def read_bdb(data: bytes) -> Iterator[bytes]:
    """Yield the header of each package; raises CatalogError."""
    yield from _Hash(data).values()


def _order(data: bytes) -> str:
    magic = data[_MAGIC : _MAGIC + 4]
    return next((order for order in "<>" if magic == struct.pack(f"{order}I", _HASH)), "")


class _Hash:
    """The pages of one file. No page may be part of two values, so there is an end to them."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = _order(data)
        if not self._order or len(data) < 512:
            raise CatalogError("it is not a Berkeley DB hash")
        [self._size] = struct.unpack_from(f"{self._order}I", data, 20)
        if self._size not in (1 << bits for bits in range(9, 17)):
            raise CatalogError(f"its pages have the impossible size of {self._size} bytes")
        if data[_ENCRYPTED]:
            raise CatalogError("it is encrypted")
        if len(data) % self._size:
            raise CatalogError("it is cut short")
        self._page = struct.Struct(f"{self._order}IIIHHBB")
        self._left = len(data) // self._size

    def values(self) -> Iterator[bytes]:
        for at in range(self._size, len(self._data), self._size):
            _, _, _, entries, _, _, kind = self._page.unpack_from(self._data, at + 8)
            if kind in (_UNSORTED, _SORTED):
                yield from self._pairs(at, entries)

    def _pairs(self, at: int, entries: int) -> Iterator[bytes]:
        """The values of one page. Its items fill it from the end, each index saying where one begins."""
        if _HEAD + 2 * entries > self._size or entries % 2:
            raise CatalogError("it has a damaged page")
        starts = struct.unpack_from(f"{self._order}{entries}H", self._data, at + _HEAD)
        ends = (self._size, *starts)[:entries]
        if any(start > end for start, end in zip(starts, ends, strict=True)):
            raise CatalogError("it has a damaged page")
        items = [self._data[at + start : at + end] for start, end in zip(starts, ends, strict=True)]
        for key, value in zip(items[::2], items[1::2], strict=True):
            if key[:1] == bytes((_INLINE,)) and int.from_bytes(key[1:], "little") != _COUNTER:
                yield self._value(value)

    def _value(self, item: bytes) -> bytes:
        kind = item[0] if item else 0
        if kind == _INLINE:
            return item[1:]
        if kind != _OFF_PAGE or len(item) != 12:
            raise CatalogError("it has a damaged page")
        page, length = struct.unpack_from(f"{self._order}II", item, 4)
        return b"".join(self._chain(page, length))

    def _chain(self, page: int, length: int) -> Iterator[bytes]:
        while page:
            self._left -= 1
            at = page * self._size
            if self._left < 0 or at + self._size > len(self._data):
                raise CatalogError("it has a package whose pages lead nowhere")
            _, _, page_after, _, used, _, kind = self._page.unpack_from(self._data, at + 8)
            if kind != _OVERFLOW or used > self._size - _HEAD:
                raise CatalogError("it has a package whose pages lead nowhere")
            length -= used
            yield self._data[at + _HEAD : at + _HEAD + used]
            page = page_after
        if length:
            raise CatalogError("it has a package that is cut short")
