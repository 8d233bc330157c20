"""Match the patterns of `${name#pattern}` and `${name/pattern/text}`: `*` and `?`, no brackets.

Takes time proportional to text × pattern whatever the pattern, because each `*` only needs the nearest (or
farthest) place of the piece that follows it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_PATTERN = 1_000


@dataclass(frozen=True, slots=True)
class Glob:
    """A pattern cut at its `*`: pieces of fixed length, in which None stands for `?`."""

    pieces: tuple[tuple[str | None, ...], ...]

    @classmethod
    def parse(cls, pattern: str) -> "Glob":
        """Read a pattern; a backslash escapes `*`, `?`, itself, `/` and `}`; ValueError for other escapes."""
        if len(pattern) > MAX_PATTERN:
            raise ValueError(f"a pattern has more than {MAX_PATTERN} characters")
        pieces: list[list[str | None]] = [[]]
        characters = iter(pattern)
        for char in characters:
            if char == "*":
                pieces.append([])
            elif char == "?":
                pieces[-1].append(None)
            else:
                pieces[-1].append(_escaped(next(characters, "")) if char == "\\" else char)
        return cls(tuple(tuple(piece) for piece in pieces))

    def prefix(self, text: str, *, longest: bool) -> int | None:
        """Give the length of the shortest or longest beginning of the text that matches."""
        if not _expression(self.pieces[0]).match(text):
            return None
        return self._end(text, len(self.pieces[0]), longest=longest)

    def suffix(self, text: str, *, longest: bool) -> int | None:
        """Give the length of the shortest or longest end of the text that matches."""
        backwards = Glob(tuple(piece[::-1] for piece in reversed(self.pieces)))
        return backwards.prefix(text[::-1], longest=longest)

    def find_all(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the places that match, each as long as possible, from left to right without overlap."""
        first = _expression(self.pieces[0])
        at, last_end = 0, -1
        while at <= len(text) and (found := first.search(text, at)):
            end = self._end(text, found.end(), longest=True)
            if end is None:
                return
            # An empty match right behind the one before does not count.
            if end > found.start() or end != last_end:
                yield found.start(), end
            last_end = end
            at = end if end > found.start() else end + 1

    def _end(self, text: str, at: int, *, longest: bool) -> int | None:
        """Find where a match ends whose first piece ends at `at`."""
        *middle, last = self.pieces[1:] or ((),)
        if len(self.pieces) == 1:
            return at
        for piece in middle:
            found = _expression(piece).search(text, at)
            if found is None:
                return None
            at = found.end()
        if longest:
            found = _expression(last[::-1]).search(text[at:][::-1])
            return len(text) - found.start() if found else None
        found = _expression(last).search(text, at)
        return found.end() if found else None


def _escaped(char: str) -> str:
    if not char or char not in "*?\\/}":
        raise ValueError(f"a pattern has the invalid escape '\\{char}'")
    return char


def _expression(piece: tuple[str | None, ...]) -> re.Pattern[str]:
    """Compile a piece: literals and single wild cards only, so it cannot backtrack."""
    return re.compile("".join("." if char is None else re.escape(char) for char in piece), re.DOTALL)
