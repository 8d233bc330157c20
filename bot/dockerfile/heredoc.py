"""Heredocs of RUN, COPY and ADD, recognised as BuildKit recognises them.

Follows https://docs.docker.com/reference/dockerfile/#here-documents.
"""

import re
from dataclasses import dataclass

from bot.dockerfile.errors import BeyondLimits, DockerfileError
from bot.dockerfile.lines import LineReader
from bot.dockerfile.traced import SPACE

MAX_HEREDOCS = 100
_OPENING = re.compile(r"([0-9]*+)<<(-?)\s*+([^<]+)", re.DOTALL)
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Heredoc:
    """A document inside an instruction; `content` is as in the file, `text` as the command gets it."""

    name: str
    content: str
    expand: bool
    """False when the delimiter was quoted: variables in the content stay as they are."""
    strip_tabs: bool
    span: tuple[int, int]
    """Offsets of the content in the file, the line with the delimiter excluded."""
    start_line: int
    """The line the content begins on."""
    file_descriptor: int = 0

    @property
    def text(self) -> str:
        """The content as the command gets to see it."""
        return _LEADING_TABS.sub("", self.content) if self.strip_tabs else self.content


@dataclass(frozen=True, slots=True)
class _Opening:
    name: str
    expand: bool
    strip_tabs: bool
    file_descriptor: int


def is_heredoc(word: str) -> bool:
    """Say whether a word opens a heredoc."""
    return _opening(word) is not None


def read_heredocs(line: str, reader: LineReader, start_line: int) -> tuple[Heredoc, ...]:
    """Read the documents that an instruction's line opens, in order, from the lines below it."""
    if "<<" not in line:
        return ()
    openings = [opening for word in shell_words(line) if (opening := _opening(word))]
    if len(openings) > MAX_HEREDOCS:
        raise BeyondLimits(f"more than {MAX_HEREDOCS} heredocs in one instruction", start_line)
    return tuple(_read(opening, reader, start_line) for opening in openings)


def _read(opening: _Opening, reader: LineReader, start_line: int) -> Heredoc:
    start, first = reader.offset, reader.number + 1
    while (line := reader.next_line()) is not None:
        text = reader.source[line.start : line.end]
        if opening.name == (text.lstrip("\t") if opening.strip_tabs else text):
            span = (start, line.start)
            content = reader.source[start : line.start]
            return Heredoc(
                opening.name,
                content,
                opening.expand,
                opening.strip_tabs,
                span,
                first,
                opening.file_descriptor,
            )
    raise DockerfileError(f"the heredoc {opening.name[:100]!r} has no end", start_line)


def shell_words(line: str) -> list[str]:
    """Split at white space outside quotes, quotes and escapes kept; nothing when a quote is left open."""
    words: list[str] = []
    start: int | None = None
    quote, at = "", 0
    while at < len(line):
        char = line[at]
        if not quote and char in SPACE:
            if start is not None:
                words.append(line[start:at])
            start, at = None, at + 1
            continue
        start = at if start is None else start
        if quote or char in "'\"":
            quote = "" if char == quote else quote or char
        at = _next_place(line, at, quote)
    if start is not None and not quote:
        words.append(line[start:])
    return [] if quote else words


def _next_place(line: str, at: int, quote: str) -> int:
    """Step over one character, an escaped pair, or `<<` with the white space that may follow it."""
    if line[at] == "\\" and quote != "'":
        return at + 2
    if quote or not line.startswith("<<", at):
        return at + 1
    at += 2
    if line.startswith("<", at):
        return at + 1
    while at < len(line) and line[at] in SPACE:
        at += 1
    return at


def _opening(word: str) -> _Opening | None:
    match = _OPENING.fullmatch(word)
    if match is None:
        return None
    descriptor, dash, delimiter = match.groups()
    name, quoted = _unquote(delimiter)
    if not name:
        return None
    # A descriptor has at most a few digits; more are no descriptor but still open the heredoc.
    return _Opening(name, not quoted, dash == "-", int(descriptor[:9] or "0"))


def _unquote(text: str) -> tuple[str, bool]:
    """`eo'f'` → (`eof`, True); an escaped quote is an ordinary character."""
    kept: list[str] = []
    quote, quoted, at = "", False, 0
    while at < len(text):
        char = text[at]
        if char == "\\" and quote != "'" and at + 1 < len(text):
            follows = text[at + 1]
            kept.append(follows if not quote or follows in '"$\\' else char + follows)
            at += 2
            continue
        if char == quote or (not quote and char in "'\""):
            quote, quoted = "" if quote else char, True
        else:
            kept.append(char)
        at += 1
    return "".join(kept), quoted
