"""Read a Dockerfile line by line, joining continued lines as BuildKit does.

Follows https://docs.docker.com/reference/dockerfile/#format and #escape.
"""

from dataclasses import dataclass
from typing import NamedTuple

from bot.dockerfile.traced import SPACE, Traced

BOM = "\ufeff"


class Line(NamedTuple):
    """One physical line: its number, where it starts, and where its text, its line break excluded, ends."""

    number: int
    start: int
    end: int
    next: int


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """An instruction with its continuation lines joined; the span reaches to the end of the last of them."""

    traced: Traced
    start_line: int
    end_line: int
    span: tuple[int, int]


class LineReader:
    """A cursor over the lines of a Dockerfile."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.offset = 1 if source.startswith(BOM) else 0
        self.number = 0

    def next_line(self) -> Line | None:
        """Take the next physical line, or None at the end of the file."""
        if self.offset >= len(self.source):
            return None
        newline = self.source.find("\n", self.offset)
        stop = len(self.source) if newline < 0 else newline
        end = stop
        while end > self.offset and self.source[end - 1] == "\r":
            end -= 1
        self.number += 1
        line = Line(self.number, self.offset, end, stop + (newline >= 0))
        self.offset = line.next
        return line

    def next_instruction(self, escape: str) -> LogicalLine | None:
        """Take the next instruction with its continuation lines, passing over comments and blank lines."""
        while (line := self.next_line()) is not None:
            start = self._text_start(line)
            if start < line.end and self.source[start] != "#":
                return self._continued(line, start, escape)
        return None

    def _continued(self, line: Line, start: int, escape: str) -> LogicalLine:
        first, last = line, line
        text, more = _without_continuation(self.source[start : line.end], escape)
        parts = [Traced.read(self.source, start, start + len(text))]
        while more and (following := self.next_line()) is not None:
            last = following
            content = self._text_start(last)
            # Comments and blank lines between continued lines do not end the instruction.
            if content == last.end or self.source[content] == "#":
                continue
            text, more = _without_continuation(self.source[last.start : last.end], escape)
            parts.append(Traced.read(self.source, last.start, last.start + len(text)))
        return LogicalLine(Traced.join(parts), first.number, last.number, (start, last.end))

    def _text_start(self, line: Line) -> int:
        text = self.source[line.start : line.end]
        return line.end - len(text.lstrip(SPACE))


def _without_continuation(text: str, escape: str) -> tuple[str, bool]:
    """`RUN a \\` → (`RUN a `, True). An escaped escape token at the end continues nothing."""
    stripped = text.rstrip(" \t")
    if stripped.endswith(escape) and not stripped.endswith(escape * 2):
        return stripped[:-1], True
    return text, False
