"""Inflate zstd, one frame after another, in bounded memory. See RFC 8878, section 3.

The library tells no cut stream from one that ended, so the frames are followed here by their headers alone.
"""

from collections.abc import Generator, Iterator
from typing import IO, Protocol, cast

import zstandard

from bot.engine.limits import MIB, DamagedError, LimitError

#: As container runtimes do: what a decoder must keep of what it wrote. `zstd --ultra --long` writes more.
LARGEST_WINDOW = 64 * MIB
MAGIC = b"\x28\xb5\x2f\xfd"
#: The bit, and the length.
_CHECKSUM = 0x04
_SINGLE_SEGMENT = 0x20
_DICTIONARY_ID = (0, 1, 2, 4)
_CONTENT_SIZE = (0, 2, 4, 8)
_RLE = 1

Step = tuple[int, bool]
"""(number of bytes, whether they are wanted)."""


class Input(Protocol):
    """What is left of a blob."""

    def read(self) -> bytes:
        """Read the next piece; empty at the end."""
        ...


def unzstd(head: bytes, rest: Input, *, frames: int, read: int, write: int) -> Iterator[bytes]:
    """Yield the content of at most `frames` frames in pieces of at most `write` bytes."""
    source = _Source(head, rest, frames)
    decoder = zstandard.ZstdDecompressor(max_window_size=LARGEST_WINDOW)
    with decoder.stream_reader(cast(IO[bytes], source), read_size=read, read_across_frames=True) as reader:
        while True:
            try:
                piece = reader.read(write)
            except zstandard.ZstdError as exc:
                raise DamagedError(f"its zstd stream is damaged: {exc}") from exc
            if not piece:
                break
            yield piece
    if not source.between_frames:
        raise DamagedError("its zstd stream is cut short")


class _Source:
    """Hands on what it reads, and follows the frames in it."""

    def __init__(self, head: bytes, rest: Input, frames: int) -> None:
        self._head = head
        self._rest = rest
        self._frames = frames
        self._inside = False
        self._kept = b""
        self._steps = self._walk()
        self._left, self._wanted = next(self._steps)

    @property
    def between_frames(self) -> bool:
        """Whether a stream may end here."""
        return not self._inside and not self._kept

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, of whatever size."""
        piece, self._head = self._head or self._rest.read(), b""
        at = 0
        while at < len(piece):
            step = min(self._left, len(piece) - at)
            if self._wanted:
                self._kept += piece[at : at + step]
            at += step
            self._left -= step
            while not self._left:
                kept, self._kept = self._kept, b""
                self._left, self._wanted = self._steps.send(kept)
        return piece

    def _walk(self) -> Generator[Step, bytes, None]:
        """Ask for the bytes that say how many follow, and pass those."""
        for _ in range(self._frames):
            self._inside = False
            magic = yield 4, True
            self._inside = True
            if magic == MAGIC:
                yield from _frame()
            elif _is_skippable(magic):
                yield int.from_bytes((yield 4, True), "little"), False
            else:
                raise DamagedError("its zstd stream is followed by something else")
        raise LimitError(f"it has more than {self._frames:,} zstd frames")


def _frame() -> Generator[Step, bytes, None]:
    [descriptor] = yield 1, True
    single = bool(descriptor & _SINGLE_SEGMENT)
    window = b"" if single else (yield 1, True)
    yield _DICTIONARY_ID[descriptor & 3], False
    size = yield (_CONTENT_SIZE[descriptor >> 6] or int(single)), True
    _check_window(_window(window[0]) if window else int.from_bytes(size, "little"))
    last = False
    while not last:
        header = int.from_bytes((yield 3, True), "little")
        last, kind, length = bool(header & 1), header >> 1 & 3, header >> 3
        yield 1 if kind == _RLE else length, False
    yield _CHECKSUM if descriptor & _CHECKSUM else 0, False


def _window(descriptor: int) -> int:
    base = 1 << (10 + (descriptor >> 3))
    return base + base // 8 * (descriptor & 7)


def _check_window(size: int) -> None:
    if size > LARGEST_WINDOW:
        raise LimitError(f"its zstd stream takes {size:,} bytes of memory, more than {LARGEST_WINDOW:,}")


def _is_skippable(magic: bytes) -> bool:
    return magic[1:4] == b"\x2a\x4d\x18" and magic[0] & 0xF0 == 0x50
