"""A forward-only reader over the pieces of an uncompressed tar, which hashes all it passes.

The hash of the whole is the layer's diff_id (OCI image-spec, config.md, "Layer DiffID").
"""

import hashlib
from collections.abc import Iterable, Iterator

from bot.engine.limits import DamagedError, LimitError

_CUT_SHORT = "its tar archive is cut short"


class Reader:
    """Reads, skips and hashes; holds one piece at a time."""

    def __init__(self, pieces: Iterable[bytes], limit: int) -> None:
        self._pieces = iter(pieces)
        self._limit = limit
        self._hash = hashlib.sha256()
        self._piece = b""
        self._at = 0
        self._before = 0

    @property
    def position(self) -> int:
        """Bytes passed so far."""
        return self._before + self._at

    @property
    def diff_id(self) -> str:
        """The digest of everything, once `drain` has returned."""
        return f"sha256:{self._hash.hexdigest()}"

    def read_block(self, size: int) -> bytes:
        """Read `size` bytes, or fewer where the stream ends."""
        end = self._at + size
        if end <= len(self._piece):
            block = self._piece[self._at : end]
            self._at = end
            return block
        return b"".join(self._up_to(size))

    def read(self, size: int) -> bytes:
        """Read exactly `size` bytes."""
        block = self.read_block(size)
        if len(block) != size:
            raise DamagedError(_CUT_SHORT)
        return block

    def pieces(self, size: int) -> Iterator[bytes]:
        """Yield the next `size` bytes in pieces, so that a large file never is in memory as a whole."""
        start = self.position
        yield from self._up_to(size)
        if self.position - start != size:
            raise DamagedError(_CUT_SHORT)

    def skip_to(self, end: int, padding: int) -> None:
        """Pass everything up to the position `end`, then as much padding as there is."""
        at = end - self._before + padding
        if self._at <= at <= len(self._piece):
            self._at = at
        elif self._pass(end - self.position):
            raise DamagedError(_CUT_SHORT)
        else:
            self.skip_padding(padding)

    def skip_padding(self, size: int) -> None:
        """Pass `size` bytes, or fewer: some writers leave out the padding of the last file."""
        self._pass(size)

    def drain(self) -> None:
        """Pass everything that is left, so that `diff_id` covers it."""
        while self._refill():
            pass

    def _pass(self, size: int) -> int:
        while size > 0:
            step = min(size, len(self._piece) - self._at)
            self._at += step
            size -= step
            if size and not self._refill():
                break
        return size

    def _up_to(self, size: int) -> Iterator[bytes]:
        while size > 0:
            piece = self._piece[self._at : self._at + size]
            self._at += len(piece)
            size -= len(piece)
            if piece:
                yield piece
            if size and not self._refill():
                return

    def _refill(self) -> bool:
        piece = next(self._pieces, b"")
        if not piece:
            return False
        self._before += len(self._piece)
        self._piece, self._at = piece, 0
        self._hash.update(piece)
        if self._before + len(piece) > self._limit:
            raise LimitError(f"it inflates to more than {self._limit:,} bytes")
        return True
