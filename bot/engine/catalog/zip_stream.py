"""Read a zip archive front to back as it streams past, for those too large to be in memory.

Members come with their local headers; the directory at the end has to name the same. See the ZIP File Format
Specification (APPNOTE.TXT), 4.3.7 to 4.3.12 and 4.5.3.
"""

import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from bot.engine.catalog.model import CatalogError, CatalogLimitError
from bot.engine.catalog.zipped import MEMBERS

_LOCAL, _CENTRAL, _DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
_END, _END_64, _END_64_PLACE = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
#: What may follow the data of a member.
_NEXT = (_LOCAL, _CENTRAL, b"PK\x06\x08")
_LOCAL_HEAD = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL_HEAD = struct.Struct("<4sHHHHHHIIIHHHHHII")
_ENCRYPTED, _SIZE_FOLLOWS = 1, 8
_STORED, _DEFLATED = 0, 8
_BY_ZIP64 = 0xFFFFFFFF
_ZIP64 = 1
_PIECE = 256 << 10
_MOST_INFLATED = 2 << 30
"""Bytes of all members that have to be inflated to find their end, or that are wanted."""


class Member(NamedTuple):
    """One file of the archive."""

    name: str
    data: bytes
    """Its first bytes, as many as are wanted."""


_Taken = tuple[int, str, int]
"""Where a member was, its name and how it is packed."""


class _Header(NamedTuple):
    name: str
    flags: int
    method: int
    packed: int


def members(pieces: Iterable[bytes], wanted: Callable[[str], int]) -> Iterator[Member]:
    """Yield the members of an archive; `wanted` says how many bytes of one are. Raises CatalogError."""
    reader = _Reader(pieces)
    taken: set[_Taken] = set()
    count = 0
    while (at := reader.position, head := reader.peek(4))[1] == _LOCAL:
        count += 1
        if count > MEMBERS:
            raise CatalogLimitError(f"it holds more than {MEMBERS:,} files")
        header = _local(reader)
        most = wanted(header.name)
        if most:
            taken.add((at, header.name, header.method))
        yield Member(header.name, reader.member(header, most))
    if head != _CENTRAL:
        raise CatalogError("it is a zip archive that is damaged or cut short")
    _compare(reader, wanted, taken)
    _end(reader)


def _local(reader: "_Reader") -> _Header:
    _, _, flags, method, _, _, _, packed, size, name, extra = _LOCAL_HEAD.unpack(
        reader.take(_LOCAL_HEAD.size)
    )
    written, more = reader.take(name), reader.take(extra)
    if packed == _BY_ZIP64:
        packed = _long(more, 1 if size == _BY_ZIP64 else 0)
    return _Header(written.decode("utf-8", "replace"), flags, method, packed)


def _compare(reader: "_Reader", wanted: Callable[[str], int], taken: set[_Taken]) -> None:
    """Go through the directory, by which everybody else reads: what is wanted there has to have been here."""
    while reader.peek(4) == _CENTRAL:
        fields = _CENTRAL_HEAD.unpack(reader.take(_CENTRAL_HEAD.size))
        method, packed, size, name, extra, comment, offset = (fields[at] for at in (4, 8, 9, 10, 11, 12, 16))
        written, more = reader.take(name).decode("utf-8", "replace"), reader.take(extra)
        reader.skip(comment)
        if offset == _BY_ZIP64:
            offset = _long(more, (packed == _BY_ZIP64) + (size == _BY_ZIP64))
        if wanted(written) and (offset, written, method) not in taken:
            raise CatalogError(f"its directory names {written[-200:]} where something else is")


def _end(reader: "_Reader") -> None:
    """Pass the records that end an archive. Others read the last directory there is, so none may follow."""
    if reader.peek(4) == _END_64:
        reader.skip(12 + int.from_bytes(reader.peek(12)[4:], "little"))
        if reader.peek(4) == _END_64_PLACE:
            reader.skip(20)
    if reader.peek(4) != _END:
        raise CatalogError("it is a zip archive whose directory is cut short")
    reader.skip(int.from_bytes(reader.take(22)[20:], "little"))
    if reader.peek(1):
        raise CatalogError("it is a zip archive that goes on behind its directory")


def _long(extra: bytes, index: int) -> int:
    """Read one of the numbers of eight bytes that have no room in a header."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        start = at + 4 + 8 * index
        if kind == _ZIP64 and 8 * index + 8 <= size and start + 8 <= len(extra):
            return int.from_bytes(extra[start : start + 8], "little")
        at += 4 + size
    raise CatalogError("it is a zip archive with a header that is damaged")


class _Reader:
    """The archive from where it was read to, holding about one piece."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._data = b""
        self._at = 0
        self._inflated = 0
        self.position = 0

    def peek(self, size: int) -> bytes:
        """Return the next bytes without passing them; fewer at the end."""
        while len(self._data) - self._at < size and (piece := next(self._pieces, b"")):
            self._data, self._at = self._data[self._at :] + piece, 0
        return self._data[self._at : self._at + size]

    def take(self, size: int) -> bytes:
        """Read exactly so many bytes, which are few."""
        data = self.peek(size)
        if len(data) < size:
            raise CatalogError("it is a zip archive that is cut short")
        self._pass(size)
        return data

    def skip(self, size: int) -> None:
        """Pass exactly so many bytes, however many."""
        for _ in self._up_to(size):
            pass

    def member(self, header: _Header, most: int) -> bytes:
        """Pass the data of a member; return the first bytes of it."""
        open_ended = bool(header.flags & _SIZE_FOLLOWS) and not header.packed
        if most and (header.flags & _ENCRYPTED or header.method not in (_STORED, _DEFLATED)):
            raise CatalogError(f"{header.name[-200:]} in it is packed in a way that is not read")
        if open_ended and header.method == _DEFLATED:
            data = self._inflate(self._rest(), most)
        elif open_ended and self.peek(4) != _DESCRIPTOR:
            raise CatalogError(f"{header.name[-200:]} in it does not say where it ends")
        else:
            data = self._known(header, most)
        if header.flags & _SIZE_FOLLOWS:
            self._skip_descriptor()
        return data

    def _known(self, header: _Header, most: int) -> bytes:
        end = self.position + header.packed
        pieces = self._up_to(header.packed)
        data = b""
        if most and header.method == _DEFLATED:
            data = self._inflate(pieces, most)
        elif most:
            data = self._first(pieces, most)
        self.skip(end - self.position)
        return data

    def _first(self, pieces: Iterator[bytes], most: int) -> bytes:
        kept, left = [], most
        for piece in pieces:
            kept.append(piece[:left])
            left -= len(kept[-1])
            if not left:
                break
        return b"".join(kept)

    def _inflate(self, pieces: Iterator[bytes], most: int) -> bytes:
        """Inflate to the end of the data, which a member may be the only one to know."""
        inflate, kept, left = zlib.decompressobj(-zlib.MAX_WBITS), [], most
        try:
            for piece in pieces:
                packed = piece
                while packed and not inflate.eof:
                    data = inflate.decompress(packed, _PIECE)
                    packed = inflate.unconsumed_tail
                    self._count(len(data))
                    if left:
                        kept.append(data[:left])
                        left -= len(kept[-1])
                if inflate.eof:
                    # What was read too much is still there.
                    self._pass(-len(inflate.unused_data))
                    return b"".join(kept)
        except zlib.error as exc:
            raise CatalogError("it is a zip archive with damaged content") from exc
        raise CatalogError("it is a zip archive with content that is cut short")

    def _count(self, inflated: int) -> None:
        self._inflated += inflated
        if self._inflated > _MOST_INFLATED:
            raise CatalogLimitError(f"what is in it is larger than {_MOST_INFLATED:,} bytes")

    def _skip_descriptor(self) -> None:
        """Pass what says how large the member was: with or without a mark, in four bytes or eight each."""
        following = self.peek(28)
        mark = 4 if following.startswith(_DESCRIPTOR) else 0
        for size in (mark + 12, mark + 20):
            if following[size : size + 4] in _NEXT:
                self._pass(size)
                return
        raise CatalogError("it is a zip archive with a member of unknown size")

    def _up_to(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self.peek(1) and self._data[self._at : self._at + size]
            if not piece:
                raise CatalogError("it is a zip archive that is cut short")
            size -= len(piece)
            self._pass(len(piece))
            yield piece

    def _rest(self) -> Iterator[bytes]:
        while self.peek(1):
            piece = self._data[self._at :]
            self._pass(len(piece))
            yield piece

    def _pass(self, size: int) -> None:
        self._at += size
        self.position += size
