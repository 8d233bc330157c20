"""Order versions of ConanCenter, https://docs.conan.io/2/tutorial/versioning/version_ranges.html.

Any number of parts between dots, then a pre-release after `-` and a build after `+`. Conan compares a part like `1w`
with a number as texts, which is no order (`2 < 10 < 1w < 2`); here its number decides first, then the letters.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(
    r"(?P<main>[0-9a-z_]+(?:\.[0-9a-z_]+)*)(?:-(?P<pre>[0-9a-z_.-]+))?(?:\+(?P<build>[0-9a-z_.-]+))?"
)
_LEADING = re.compile(r"([0-9]*)(.*)", re.DOTALL)
_PRE, _NONE, _SOME = "\x01\x02\x03"
_END, _NUMERIC, _TEXT = "\x01\x02\x03"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    match = _VERSION.fullmatch(version.lower())
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not a version of ConanCenter")
    pre = _PRE + _parts(match["pre"]) if match["pre"] else _NONE
    build = _SOME + _parts(match["build"]) if match["build"] else _NONE
    return _parts(match["main"]) + pre + build


def _parts(text: str) -> str:
    """Zeros at the end count as nothing: `1.0` is `1`."""
    parts = re.split(r"[.-]", text)
    while parts and parts[-1] and not parts[-1].strip("0"):
        parts.pop()
    return "".join(map(_part, parts)) + _END


def _part(text: str) -> str:
    match = _LEADING.fullmatch(text)
    digits, rest = match.groups() if match else ("", text)
    return (_NUMERIC + number(digits) if digits else _TEXT) + rest + _END
