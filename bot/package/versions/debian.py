"""Order Debian and Ubuntu package versions.

Follows deb-version(7), https://manpages.debian.org/deb-version.7: `~` sorts before the end of a part, letters
before all other characters, and runs of digits by value.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(r"(?:(?P<epoch>[0-9]+):)?(?P<rest>[A-Za-z0-9.+~:-]+)")
_RUN = re.compile(r"([^0-9]*)([0-9]*)")
#: The largest epoch dpkg takes.
_MAX_EPOCH = 2**31 - 1
_TILDE, _END, _OTHER = "\x01", "\x02", 0x100
_WEIGHT = str.maketrans({"~": _TILDE} | {char: chr(_OTHER + ord(char)) for char in ".+:-"})


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    epoch, upstream, revision = _split(version)
    return number(epoch) + _part(upstream) + _part(revision)


def _split(version: str) -> tuple[str, str, str]:
    match = _VERSION.fullmatch(version)
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not a Debian version")
    epoch = (match["epoch"] or "").lstrip("0")
    if len(epoch) > len(str(_MAX_EPOCH)) or int(epoch or "0") > _MAX_EPOCH:
        raise NotComparable(f"the epoch of {version[:80]!r} is too large")
    if match["epoch"] is None and ":" in match["rest"]:
        raise NotComparable(f"the epoch of {version[:80]!r} is not a number")
    upstream, dash, revision = match["rest"].rpartition("-")
    if not dash:
        return epoch, revision, "0"
    if not upstream or not revision:
        raise NotComparable(f"{version[:80]!r} has an empty upstream version or revision")
    return epoch, upstream, revision


def _part(text: str) -> str:
    """Alternate runs of non-digits and digits; the last, empty pair ends the part."""
    return "".join(word.translate(_WEIGHT) + _END + number(digits) for word, digits in _RUN.findall(text))
