"""Order versions of Ruby gems, https://guides.rubygems.org/patterns/#semantic-versioning and Gem::Version.

Numbers and words in turn; a word makes a pre-release (`1.0.a < 1.0`), and zeros at an end count as nothing.
"""

import re
from functools import lru_cache
from itertools import groupby

from bot.package.versions.keys import falling, number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(r"[0-9]+(?:\.[0-9A-Za-z]+)*(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?")
_SEGMENT = re.compile(r"[0-9]+|[A-Za-z]+")
# The end of a version is as good as zeros without end. A word is less than zero: zeros before a word lie below the
# end, the fewer the lower, and zeros before a number above it, the fewer the higher.
_BELOW, _END, _ABOVE = "\x01\x02\x03"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    text = version.strip()
    if not _VERSION.fullmatch(text):
        raise NotComparable(f"{version[:80]!r} is not a version of a Ruby gem")
    return "".join(_pieces(_canonical(text.replace("-", ".pre.")))) + _END


def _canonical(text: str) -> list[str]:
    """Leave out zeros before the first word: `1.0.0.rc1` is `1.rc.1`."""
    segments = [segment.lstrip("0") if segment.isdigit() else segment for segment in _SEGMENT.findall(text)]
    first = next((index for index, segment in enumerate(segments) if segment.isalpha()), len(segments))
    kept = first
    while kept and not segments[kept - 1]:
        kept -= 1
    return segments[:kept] + segments[first:]


def _pieces(segments: list[str]) -> list[str]:
    pieces: list[str] = []
    zeros = 0
    for empty, run in groupby(segments, key=lambda segment: not segment):
        found = list(run)
        if empty:
            zeros = len(found)
            continue
        for segment in found:
            pieces.append(_piece(zeros, segment))
            zeros = 0
    return pieces


def _piece(zeros: int, segment: str) -> str:
    if segment.isdigit():
        return _ABOVE + falling(zeros) + number(segment)
    return _BELOW + number(str(zeros)) + segment + _BELOW
