"""Search a file that streams past in pieces, holding no more of it than one piece and what a finding asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

#: What is kept of the piece before, so that nothing is missed at a seam.
OVERLAP = 512


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the file that can be looked at now."""

    data: bytes
    offset: int
    """Where in the file it begins."""
    fresh: int
    """Where in it begins what no window before had."""


def windows(head: bytes, rest: Iterable[bytes]) -> Iterator[Window]:
    """Yield each piece with the end of what came before it."""
    tail, position = b"", 0
    for piece in chain((head,), rest):
        data = tail + piece if tail else piece
        yield Window(data, position - len(tail), len(tail))
        position += len(piece)
        tail = data[-OVERLAP:]


def occurrences(window: Window, mark: bytes) -> Iterator[int]:
    """Yield where in a window a mark begins."""
    at = window.data.find(mark)
    while at >= 0:
        yield at
        at = window.data.find(mark, at + 1)


class Capture:
    """A stretch of the file that was asked for, filled as the windows pass."""

    def __init__(self, start: int, length: int) -> None:
        self.start = start
        self._length = length
        self._parts: list[bytes] = []
        self._have = 0
        self._missed = False

    @property
    def data(self) -> bytes:
        """What was captured so far."""
        return b"".join(self._parts)

    @property
    def done(self) -> bool:
        """Whether it is full, or began before what could still be seen."""
        return self._missed or self._have >= self._length

    def take(self, window: Window) -> None:
        """Take what this window adds."""
        if self.done:
            return
        begin = self.start + self._have - window.offset
        if begin < 0:
            self._missed = True
        elif begin < len(window.data):
            part = window.data[begin : begin + self._length - self._have]
            self._parts.append(part)
            self._have += len(part)
