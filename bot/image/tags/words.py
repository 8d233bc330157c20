"""Read one word of a tag, which is what stands between two hyphens: `3.13.0rc1`, `alpine3.20`, `php8.3`, `slim`."""

import re
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import lru_cache

from bot.image.tags.vocabulary import (
    ALIASES,
    ARCHITECTURES,
    CODENAMES,
    PRERELEASES,
    PRODUCTS,
    RUNTIMES,
)

# A number longer than this is none that anybody counts by; it also keeps `int` from its own limit.
_DIGITS = r"[0-9]{1,20}"
_NUMBER = rf"{_DIGITS}(?:\.{_DIGITS})*"
_NUMBERED = re.compile(rf"([vV]?)({_NUMBER})(?![0-9])(.*)", re.DOTALL)
_MARK = "|".join(sorted(PRERELEASES, key=len, reverse=True))
_PRERELEASE = re.compile(rf"[._]?({_MARK})(?:[._]?({_NUMBER}))?", re.IGNORECASE)
_NAMED = re.compile(rf"([A-Za-z][A-Za-z_]*?)_?({_NUMBER})?")
_BUILD = re.compile(r"[bpru]([0-9]{1,20})")
# With `g` before it as `git describe` has it.
_COMMIT = re.compile(r"(?:g|(?=[0-9]*[a-f]))[0-9a-f]{7,40}")
_SHORT_MARKS = frozenset({"a", "b", "m", "tp", "cr"})
"""Marks that mean nothing without a number."""


class Kind(Enum):
    """What a part of a tag is."""

    PREFIX = auto()
    NUMBER = auto()
    """A number nobody has said the meaning of yet."""
    VERSION = auto()
    PRERELEASE = auto()
    BUILD = auto()
    UPDATE = auto()
    """`u302` of Java 8."""
    DATE = auto()
    RUNTIME = auto()
    DISTRIBUTION = auto()
    FLAVOUR = auto()
    ARCHITECTURE = auto()
    COMMIT = auto()
    ALIAS = auto()
    OTHER = auto()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a tag as written, with the separator before it; all of them joined are the tag."""

    kind: Kind
    text: str
    numbers: tuple[int, ...] = ()
    name: str = ""
    """In lower case, without its number: `alpine`, `php`, `rc`."""
    separator: str = ""


def numbers_of(text: str) -> tuple[int, ...]:
    """Read `22.04` as (22, 4)."""
    return tuple(map(int, text.split(".")))


@lru_cache(maxsize=8192)
def read_word(word: str, separator: str = "") -> tuple[Part, ...]:
    """Read a word without hyphens, and give its first part the separator that stands before it."""
    first, *others = _read(word)
    return (replace(first, separator=separator) if separator else first, *others)


def _read(word: str) -> tuple[Part, ...]:
    lowered = word.lower()
    if (found := _read_known(word, lowered)) is not None:
        return (found,)
    if numbered := _NUMBERED.fullmatch(word):
        prefix, number, rest = numbered.groups()
        first = Part(Kind.NUMBER, number, numbers_of(number))
        parts = _read_rest(rest)
        if parts is None and "." not in number and rest[0] not in "._":
            return (Part(Kind.FLAVOUR, word, name=lowered),)
        parts = parts or ((Part(Kind.FLAVOUR, rest, name=rest.lower()),) if rest else ())
        return (Part(Kind.PREFIX, prefix), first, *parts) if prefix else (first, *parts)
    for separator in "_.":
        head, found_separator, tail = word.partition(separator)
        if found_separator and head:
            return (*_read(head), *read_word(tail, separator))
    return (Part(Kind.FLAVOUR, word, name=lowered),)


def _read_known(word: str, lowered: str) -> Part | None:
    if lowered in ARCHITECTURES:
        return Part(Kind.ARCHITECTURE, word, name=lowered)
    if lowered in ALIASES:
        return Part(Kind.ALIAS, word, name=lowered)
    if codename := CODENAMES.get(lowered):
        return Part(Kind.DISTRIBUTION, word, codename[1], codename[0])
    if _COMMIT.fullmatch(word):
        return Part(Kind.COMMIT, word, name=word)
    if named := _NAMED.fullmatch(word):
        name, number = named.group(1).lower().rstrip("_"), named.group(2)
        numbers = numbers_of(number) if number else ()
        if name in PRODUCTS:
            return Part(Kind.DISTRIBUTION, word, numbers, name)
        if name in RUNTIMES:
            return Part(Kind.RUNTIME, word, numbers, name)
    if build := _BUILD.fullmatch(word):
        return Part(Kind.BUILD, word, numbers_of(build.group(1)), word[0])
    return _read_prerelease(word)


def _read_rest(rest: str) -> tuple[Part, ...] | None:
    """What is glued to a version: a build, an update of Java 8, a prerelease, or nothing."""
    if not rest:
        return ()
    if rest[0] == "_" and re.fullmatch(_DIGITS, rest[1:]):
        return (Part(Kind.BUILD, rest[1:], numbers_of(rest[1:]), "_", "_"),)
    if re.fullmatch(rf"u{_DIGITS}", rest):
        return (Part(Kind.UPDATE, rest, numbers_of(rest[1:]), "u"),)
    if re.fullmatch(rf"p{_DIGITS}", rest):
        return (Part(Kind.BUILD, rest, numbers_of(rest[1:]), "p"),)
    if prerelease := _read_prerelease(rest):
        return (prerelease,)
    if rest[0] in "._" and rest[1:]:
        return read_word(rest[1:], rest[0])
    return None


def _read_prerelease(text: str) -> Part | None:
    found = _PRERELEASE.fullmatch(text)
    if found is None:
        return None
    name, number = found.group(1).lower(), found.group(2)
    if not number and name in _SHORT_MARKS:
        return None
    return Part(Kind.PRERELEASE, text, numbers_of(number) if number else (), name)
