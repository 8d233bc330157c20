"""Cut a tag into parts and say of each number whose it is: the version's, a runtime's, a release's, a build's."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bot.image.tags.vocabulary import ALPINE, DEBIAN, UBUNTU
from bot.image.tags.words import Kind, Part, read_word

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_SEPARATORS = re.compile("[._-]")
_MOST_SEPARATORS = 24
"""More are in no tag that says anything: those of official images have up to nine."""
_ISO = re.compile(
    r"(?<![0-9])(?<![0-9]\.)[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}-[0-9]{2}-[0-9]{2}Z)?(?![0-9])"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?(?:\.|\Z)"
)
_RELEASE_NUMBER = {
    ALPINE: re.compile(r"3\.[0-9]+(?:\.[0-9]+)?"),
    DEBIAN: re.compile(r"[1-9][0-9]|[7-9]"),
    UBUNTU: re.compile(r"[0-9]{2}\.(?:04|10)"),
}
_ANY_RELEASE_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")
_BUILD_ALONE = 10_000
"""A whole number from here on counts builds, not versions."""
_NAMING = {
    **dict.fromkeys(("sha", "git", "commit"), Kind.COMMIT),
    **dict.fromkeys(("pr", "mr", "pull"), Kind.FLAVOUR),
}
"""Words that say of the number behind them whose name it is: a higher one is no later one."""
_COUNTED = frozenset({"build", "ci", "run", "job", "pipeline"})


def is_tag(text: str) -> bool:
    """Whether a registry could hold a tag of this name."""
    return _TAG.fullmatch(text) is not None


def parts_of(text: str) -> tuple[Part, ...]:
    """Cut a tag; joined with their separators the parts are the text. What says nothing is one part."""
    if len(_SEPARATORS.findall(text)) > _MOST_SEPARATORS:
        return (Part(Kind.OTHER, text),)
    parts = list(_words(text))
    _settle(parts)
    return tuple(parts)


def _words(text: str) -> Iterator[Part]:
    dated = _ISO.search(text) if text.count("-") > 1 else None
    if dated is None:
        yield from _split(text, "")
        return
    head, tail = text[: dated.start()], text[dated.end() :]
    separator = head[-1:] if head[-1:] in (".", "_", "-") else ""
    yield from _split(head[: len(head) - len(separator)], "") if head else ()
    numbers = tuple(map(int, re.findall("[0-9]+", dated.group())))
    yield Part(Kind.DATE, dated.group(), numbers, separator=separator)
    if tail:
        first = tail[0] if tail[0] in "._-" else ""
        yield from _split(tail[len(first) :], first)


def _split(text: str, separator: str) -> Iterator[Part]:
    for word in text.split("-"):
        yield from read_word(word, separator)
        separator = "-"


def _settle(parts: list[Part]) -> None:
    """Say of each number whose it is: the version's, a runtime's, a release's, a prerelease's, a build's."""
    free = []
    for at, part in enumerate(parts):
        if part.kind is not Kind.NUMBER:
            continue
        before = parts[at - 1] if at else None
        if _DATE.match(part.text):
            parts[at] = replace(part, kind=Kind.DATE)
        elif before and (named := _NAMING.get(before.name)):
            parts[at] = replace(part, kind=named)
        elif before and _is_release(before, part):
            parts[at - 1] = replace(before, numbers=part.numbers)
            parts[at] = replace(part, kind=Kind.DISTRIBUTION, name="")
        else:
            free.append(at)
    if free:
        _settle_free(parts, free)
    else:
        _settle_without_version(parts)


def _settle_free(parts: list[Part], free: list[int]) -> None:
    main = next((at for at in free if not _is_runtime_of(parts, at)), free[0])
    whole = parts[main]
    counts = len(whole.numbers) == 1 and (whole.numbers[0] >= _BUILD_ALONE or _is_counted(parts, main))
    parts[main] = replace(whole, kind=Kind.BUILD if counts else Kind.VERSION)
    if _is_runtime_of(parts, main):
        parts[main - 1] = replace(parts[main - 1], kind=Kind.PREFIX)
    for at in free:
        if at == main:
            continue
        part, before = parts[at], parts[at - 1] if at else parts[main]
        if _is_runtime_of(parts, at):
            kind = Kind.RUNTIME
        elif at < main:
            kind = Kind.FLAVOUR
        elif before.kind is Kind.PRERELEASE and not before.numbers:
            kind = Kind.PRERELEASE
        elif before.kind in (Kind.VERSION, Kind.PRERELEASE, Kind.DISTRIBUTION, Kind.DATE):
            kind = Kind.BUILD
        else:
            kind = Kind.FLAVOUR
        parts[at] = replace(part, kind=kind)


def _is_counted(parts: list[Part], at: int) -> bool:
    """Whether the word before says that a number counts builds: `master-1234`."""
    before = parts[at - 1] if at else None
    return before is not None and (before.kind is Kind.ALIAS or before.name in _COUNTED)


def _settle_without_version(parts: list[Part]) -> None:
    for at, part in enumerate(parts):
        if part.kind is Kind.BUILD and not (at and parts[at - 1].kind is Kind.DATE):
            parts[at] = replace(part, kind=Kind.FLAVOUR)
        elif part.kind is Kind.DATE and part.separator == "." and parts[at - 1].kind is Kind.FLAVOUR:
            parts[at - 1] = replace(parts[at - 1], kind=Kind.PREFIX)


def _is_runtime_of(parts: list[Part], at: int) -> bool:
    before = parts[at - 1] if at else None
    return before is not None and before.kind is Kind.RUNTIME and not before.numbers


def _is_release(before: Part, number: Part) -> bool:
    if before.kind is not Kind.DISTRIBUTION or before.numbers or number.separator != "-":
        return False
    return _RELEASE_NUMBER.get(before.name, _ANY_RELEASE_NUMBER).fullmatch(number.text) is not None
