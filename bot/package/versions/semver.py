"""Order semantic versions, https://semver.org/#spec-item-11, as Cargo and Hex write them; npm and others build on it.

Taken more widely than the specification where publishers do and no doubt remains: `v1.2.3`, and `1.2` for `1.2.0`.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,2})"
    r"(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
    r"(?:\+(?P<build>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?"
)
_END, _NUMERIC, _TEXT = "\x01\x02\x03"
_PRE, _RELEASE = "\x01\x02"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs; build metadata says nothing."""
    return key_and_build(version)[0]


def key_and_build(version: str) -> tuple[str, str]:
    """Return the sort key of a semantic version, and its build metadata."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not a semantic version")
    return numbers(match["numbers"], 3) + prerelease(match["pre"] or ""), match["build"] or ""


def numbers(text: str, count: int) -> str:
    """Order `count` numbers; those that are not written are zero."""
    parts = text.split(".")
    return "".join(number(part) for part in (*parts, *["0"] * (count - len(parts))))


def prerelease(text: str) -> str:
    """Order what follows the hyphen: anything comes before nothing."""
    return _PRE + identifiers(text) if text else _RELEASE


def identifiers(text: str) -> str:
    """Order identifiers between dots: numbers before words, a beginning before what continues it."""
    return "".join(map(_identifier, text.split("."))) + _END


def _identifier(text: str) -> str:
    return _NUMERIC + number(text) if text.isdigit() else _TEXT + text + _END
