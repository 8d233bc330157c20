"""Order Maven versions, https://maven.apache.org/pom.html#version-order-specification.

Tokens between dots, hyphens and the changes from digits to letters; nothing, `ga`, `final` and `release` are the same,
and known words come before it: `1-alpha < 1-beta < 1-milestone < 1-rc < 1-SNAPSHOT < 1 < 1-sp < 1-other < 1-1 < 1.1`.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from bot.package.versions.keys import number
from bot.package.versions.not_comparable import NotComparable, check_length

_TOKEN = re.compile(r"([.-]?)([0-9]+|[^0-9.-]+|(?=[.-]|$))")
_NEAR = {"a": "alpha", "b": "beta", "m": "milestone"}
_EARLY = {"alpha": "1", "beta": "2", "milestone": "3", "rc": "4", "cr": "4", "snapshot": "5"}
_NOTHING = frozenset(("", "final", "ga", "release"))
_BEFORE, _END, _EMPTY, _SERVICE, _WORD, _DASHED, _DOTTED = "\x01\x02\x03\x04\x05\x06\x07"


class _Token(NamedTuple):
    separator: str
    text: str
    """A number without leading zeros (empty for zero), or a word."""
    numeric: bool

    @property
    def is_null(self) -> bool:
        return not self.text if self.numeric else self.text in _NOTHING

    @property
    def opens(self) -> bool:
        """Whether nothing right before it counts: a hyphen, or a word, which is the same after a dot."""
        return self.separator == "-" or not self.numeric


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    text = version.lower()
    if (
        not text
        or not text.isascii()
        or not text.isprintable()
        or " " in text
        or not any(map(str.isalnum, text))
    ):
        raise NotComparable(f"{version[:80]!r} is not a Maven version")
    return "".join(map(_key, _trimmed(_tokens(text)))) + _END


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    matches = _TOKEN.findall(text)
    for index, (separator, part) in enumerate(matches):
        if not separator and not part:
            continue
        if not part or part.isdigit():
            found.append(_Token(separator or ("-" if found else ""), part.lstrip("0"), numeric=True))
            continue
        follows = matches[index + 1] if index + 1 < len(matches) else ("", "")
        counted = follows[0] != "." and follows[1].isdigit()
        found.append(
            _Token(separator or ("-" if found else ""), _NEAR.get(part, part) if counted else part, False)
        )
    return found


def _trimmed(tokens: list[_Token]) -> list[_Token]:
    """Leave out what is as good as nothing, at the end and before each hyphen."""
    kept: list[_Token] = []
    for token in reversed(tokens):
        if token.is_null and (not kept or kept[-1].opens):
            continue
        kept.append(token)
    return kept[::-1]


def _key(token: _Token) -> str:
    if token.numeric:
        return (_DASHED if token.separator == "-" else _DOTTED) + number(token.text)
    if token.text in _EARLY:
        return _BEFORE + _EARLY[token.text]
    if token.text in _NOTHING:
        return _EMPTY
    return _SERVICE if token.text == "sp" else _WORD + token.text + _BEFORE
