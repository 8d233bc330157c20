"""Order RPM versions, `epoch:version-release`, of every distribution that ships RPM packages.

Follows rpm-version(7), https://rpm.org/docs/latest/man/rpm-version.7: runs of digits by value, runs of letters before
them, `~` before the end of a part and `^` right after it; all other characters only separate.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(r"(?:(?P<epoch>[0-9]+):)?(?P<rest>[A-Za-z0-9._+~^%{}-]+)")
_SEGMENT = re.compile(r"([0-9]+)|([A-Za-z]+)|([~^])")
_TILDE, _END, _CARET, _LETTERS, _DIGITS = "\x01\x02\x03\x04\x05"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None or not any(char.isalnum() for char in match["rest"]):
        raise NotComparable(f"{version[:80]!r} is not an RPM version")
    upstream, dash, release = match["rest"].rpartition("-")
    if not dash:
        upstream, release = release, ""
    return number(match["epoch"] or "") + _part(upstream) + _part(release)


def _part(text: str) -> str:
    return "".join(_segment(*groups) for groups in _SEGMENT.findall(text)) + _END


def _segment(digits: str, letters: str, mark: str) -> str:
    if digits:
        return _DIGITS + number(digits)
    if letters:
        return _LETTERS + letters + _TILDE
    return _TILDE if mark == "~" else _CARET
