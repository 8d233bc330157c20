"""Order Alpine package versions.

Follows apk's own comparison, https://gitlab.alpinelinux.org/alpine/apk-tools/-/blob/master/src/version.c.
It differs from semver in suffixes (`_rc1 < none < _p1`), and orders a part with a leading zero as text.
"""

import re
from functools import lru_cache

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(
    r"(?P<first>[0-9]+)(?P<parts>(?:\.[0-9]+)*)(?P<letter>[a-z]?)"
    r"(?P<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)[0-9]*)*)"
    r"(?P<hash>(?:~[0-9a-f]+)?)(?P<revision>(?:-r[0-9]+)?)"
)
_SUFFIX = re.compile(r"_([a-z]+)([0-9]*)")
# What follows decides between versions that were equal so far: a pre-release sorts before the end, anything
# else after it; of two different continuations the one that apk's grammar allows earlier is the later
# version.
_PRE, _END, _REVISION, _HASH, _SUFFIX_NUMBER, _POST, _LETTER, _PART = "12345678"
_PRE_SUFFIXES = {"alpha": "1", "beta": "2", "pre": "3", "rc": "4"}
_POST_SUFFIXES = {"cvs": "1", "svn": "2", "git": "3", "hg": "4", "p": "5"}


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    match = _VERSION.fullmatch(version)
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not an Alpine version")
    key = [number(match["first"])]
    key += [_PART + _component(part) for part in match["parts"].split(".")[1:]]
    key += [_LETTER + letter for letter in match["letter"]]
    key += [_suffix(word, digits) for word, digits in _SUFFIX.findall(match["suffixes"])]
    if match["hash"]:
        key.append(_HASH + match["hash"] + "\x01")
    if match["revision"]:
        key.append(_REVISION + number(match["revision"][2:]))
    return "".join(key) + _END


def _suffix(word: str, digits: str) -> str:
    rank = _PRE + _PRE_SUFFIXES[word] if word in _PRE_SUFFIXES else _POST + _POST_SUFFIXES[word]
    return rank + (_SUFFIX_NUMBER + number(digits) if digits else "")


def _component(digits: str) -> str:
    """A leading zero makes it a text, which sorts before every number: `1.0 < 1.001 < 1.01 < 1.1`."""
    return digits + "\x01" if digits.startswith("0") else number(digits)
