"""Turn a layer blob into pieces of its uncompressed tar, in constant memory.

The compression is told by the first bytes, as container runtimes do; see RFC 1952 for gzip and its members.
"""

from collections.abc import Iterator
from typing import BinaryIO, cast

from isal import igzip_lib

from bot.engine.limits import DamagedError, LayerError, LimitError, Limits

#: Small at first, because what follows a gzip member is copied once for each member.
INPUT = 32 * 1024
#: Within a long member: threads wait for each other at every piece.
LONG_INPUT = 256 * 1024
OUTPUT = 256 * 1024

# Its type information says it is an instance.
_IsalError = cast(type[Exception], igzip_lib.IsalError)
_GZIP = b"\x1f\x8b"
_ZSTD, _SKIPPABLE = b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"
_UNSUPPORTED = {
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

    def read(self, size: int = INPUT) -> bytes:
        """Read the next piece; empty at the end."""
        piece = self._stream.read(size)
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
    if is_zstd(head):
        # Taking a while to import, and seldom needed.
        from bot.engine.zstd import unzstd

        yield from unzstd(head, blob, frames=limits.members, read=INPUT, write=OUTPUT)
        return
    _refuse_magic(head)
    while head:
        yield head
        head = blob.read()


def _refuse_media_type(media_type: str) -> None:
    if media_type.endswith("+encrypted"):
        raise UnsupportedError("it is encrypted, so only those with its key can look into it")
    if media_type and ".tar" not in media_type:
        raise UnsupportedError(f"layers of type {media_type[:200]!r} are not read by this version")


def is_foreign(media_type: str) -> bool:
    """Say whether a layer is one that registries do not distribute, as those of Windows once were."""
    return ".foreign." in media_type or ".nondistributable." in media_type


def is_zstd(head: bytes) -> bool:
    """Say whether a stream begins with a zstd frame, or with one to be skipped."""
    return head.startswith(_ZSTD) or (head[1:4] == _SKIPPABLE and head[0] & 0xF0 == 0x50)


def _refuse_magic(head: bytes) -> None:
    for magic, name in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise UnsupportedError(f"layers compressed with {name} are not read by this version")


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
    size = INPUT
    while not member.eof:
        if member.needs_input and not data:
            data = blob.read(size)
            size = min(2 * size, LONG_INPUT)
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
