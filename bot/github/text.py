"""Cut texts to GitHub's limits: the last line of defence behind the report's own counting.

GitHub counts characters in some places and bytes in others; what fits in bytes fits in characters.
"""

import re

from bot.report.fit import LONGEST_TEXT

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})([^\r\n]*)", re.MULTILINE)
_ENDING = "\n\n…\n"


def cut(text: str, limit: int = LONGEST_TEXT) -> str:
    """Return Markdown of at most `limit` bytes, cut at a line's end with its code fence closed."""
    data = _encoded(text)
    if len(data) <= limit:
        return data.decode()
    room = limit - len(_ENDING.encode()) - _longest_fence(data.decode()) - 1
    kept = _whole_lines(data[: max(room, 0)])
    fence = open_fence(kept)
    return cut_line(f"{kept}\n{fence}{_ENDING}" if fence else kept + _ENDING, limit)


def cut_line(text: str, limit: int) -> str:
    """Return plain text of at most `limit` bytes, never half a character."""
    data = _encoded(text)
    return data.decode() if len(data) <= limit else data[:limit].decode(errors="ignore")


def marked(body: str, marker: str) -> str:
    """Fit the body to the limit with its marker first, where no cut can reach it."""
    words = body.replace(marker, "").lstrip("\r\n")
    return f"{marker}\n{cut(words, LONGEST_TEXT - len(marker.encode()) - 1)}"


def normal(body: str) -> str:
    """Forgive what GitHub may change in storing: line ends and space around."""
    return body.replace("\r\n", "\n").strip()


def open_fence(markdown: str) -> str:
    """Return the code fence still open at the end, or nothing (CommonMark, 4.5)."""
    fence = ""
    for match in _FENCE.finditer(markdown):
        marks, rest = match.groups()
        if not fence:
            fence = "" if marks[0] == "`" and "`" in rest else marks
        elif marks.startswith(fence) and not rest.strip():
            fence = ""
    return fence


def _longest_fence(markdown: str) -> int:
    return max((len(match[1]) for match in _FENCE.finditer(markdown)), default=0)


def _whole_lines(data: bytes) -> str:
    end = data.rfind(b"\n")
    return data[: end if end > 0 else len(data)].decode(errors="ignore")


def _encoded(text: str) -> bytes:
    """Encode for JSON, where half a surrogate pair (from a file that was not UTF-8) cannot go."""
    return text.encode(errors="replace")
