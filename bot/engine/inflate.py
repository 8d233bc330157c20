"""Turn a layer blob into pieces of its uncompressed tar, in constant memory.

The compression is told by the first bytes, as container runtimes do; see RFC 1952 for gzip and its members.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast

from isal import igzip_lib

from bot.engine.limits import DamagedError, LayerError, LimitError, Limits

#: Small, because what follows a gzip member is copied once for each member.
INPUT = 32 * 1024
OUTPUT = 256 * 1024

# Its type information says it is an instance.
_IsalError = cast(type[Exception], igzip_lib.IsalError)
_GZIP = b"\x1f\x8b"
_UNSUPPORTED = {
    b"\x28\xb5\x2f\xfd": "zstd",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x04\x22\x4d\x18": "lz4",
}


class UnsupportedError(LayerError):
    """A layer in a form this version does not read."""


class Blob:
    """A compressed stream that counts what was read of it and refuses to read more than the limit."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._stream = stream
        self._limit = limit
        self.size = 0

    def read(self) -> bytes:
        """Read the next piece; empty at the end."""
        piece = self._stream.read(INPUT)
        self.size += len(piece)
        if self.size > self._limit:
            raise LimitError(f"its blob is larger than {self._limit:,} bytes")
        return piece


def inflate(blob: Blob, media_type: str, limits: Limits) -> Iterator[bytes]:
    """Yield the uncompressed tar of a layer in non-empty pieces, raising LayerError where that ends early."""
    _refuse_media_type(media_type)
    head = _head(blob)
    if head.startswith(_GZIP):
        yield from _gunzip(head, blob, limits.members)
        return
    _refuse_magic(head)
    while head:
        yield head
        head = blob.read()


def _refuse_media_type(media_type: str) -> None:
    if media_type and (".tar" not in media_type or media_type.endswith("+encrypted")):
        raise UnsupportedError(f"layers of type {media_type[:200]!r} are not read by this version")


def _refuse_magic(head: bytes) -> None:
    for magic, name in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise UnsupportedError(f"layers compressed with {name} are not read by this version")
    # A zstd stream may begin with a skippable frame (RFC 8878, 3.1.2).
    if head[1:4] == b"\x2a\x4d\x18" and head[0] & 0xF0 == 0x50:
        raise UnsupportedError("layers compressed with zstd are not read by this version")


def _head(blob: Blob) -> bytes:
    """Read enough to tell the compression, even from a stream that gives a byte at a time."""
    head = piece = blob.read()
    while piece and len(head) < 8:
        piece = blob.read()
        head += piece
    return head


def _gunzip(data: bytes, blob: Blob, members: int) -> Iterator[bytes]:
    for _ in range(members):
        member = igzip_lib.IgzipDecompressor(flag=igzip_lib.DECOMP_GZIP)
        yield from _gunzip_member(member, data, blob)
        data = _next_member(member.unused_data, blob)
        if not data:
            return
    raise LimitError(f"it has more than {members:,} gzip members")


def _gunzip_member(member: igzip_lib.IgzipDecompressor, data: bytes, blob: Blob) -> Iterator[bytes]:
    while not member.eof:
        if member.needs_input and not data:
            data = blob.read()
            if not data:
                raise DamagedError("its gzip stream is cut short")
        try:
            piece = member.decompress(data, OUTPUT)
        except _IsalError as exc:
            raise DamagedError(f"its gzip stream is damaged: {exc}") from exc
        data = b""
        if piece:
            yield piece


def _next_member(data: bytes, blob: Blob) -> bytes:
    """Return the start of the next member, past the zeros some writers pad with; empty at the end."""
    data = data.lstrip(b"\0")
    while not data:
        piece = blob.read()
        if not piece:
            return b""
        data = piece.lstrip(b"\0")
    return data
