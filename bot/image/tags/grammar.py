"""Parse a tag: `3.12.1-slim-bookworm`, `jdk-17.0.9_9`, `RELEASE.2024-01-01T00-00-00Z`, `bookworm-20241202-slim`.

There is no specification: this follows what publishers do, https://github.com/docker-library before others.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise

from bot.image.tags.vocabulary import ALPINE, CODENAMES, DEBIAN, PRERELEASES, UBUNTU
from bot.image.tags.words import Kind, Part, read_word

# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_ISO = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}-[0-9]{2}-[0-9]{2}Z)?(?![0-9])")
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[0-9]{4}|[0-9]{6})?(?:\.|\Z)"
)
_RELEASE_NUMBER = {
    ALPINE: re.compile(r"3\.[0-9]+(?:\.[0-9]+)?"),
    DEBIAN: re.compile(r"[1-9][0-9]|[7-9]"),
    UBUNTU: re.compile(r"[0-9]{2}\.(?:04|10)"),
}
_ANY_RELEASE_NUMBER = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2})?")
_LEADING = re.compile(r"([vV]?)([0-9]{1,3})((?:\.[0-9]{1,9})*)(?![0-9.])")
_BUILD_ALONE = 10_000
"""A whole number from here on counts builds, not versions."""
_TIMESTAMP = 10**8
"""A number from here on is a moment in seconds since 1970: it says when, not how precisely."""
_FINAL = len(PRERELEASES)

Order = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag and what its words mean. What it does not say is empty."""

    text: str
    parts: tuple[Part, ...]
    """Joined with their separators they are the text."""
    prefix: str = ""
    """What stands before the version: `v`, `jdk-`, `RELEASE.`."""
    version: tuple[int, ...] = ()
    version_text: str = ""
    prerelease: str = ""
    build: tuple[int, ...] = ()
    runtime: tuple[str, ...] = ()
    """Runtimes whose version is not the tag's own: `php8.3`, `jdk-21`."""
    flavour: tuple[str, ...] = ()
    distribution: str = ""
    release: tuple[int, ...] = ()
    """The number of the distribution's release, also where its codename is written."""
    release_text: str = ""
    date: tuple[int, ...] = ()
    architecture: str = ""
    commit: str = ""
    alias: str = ""
    shape: tuple[str, ...] = ()
    """Everything that has to stay as it is: tags of one shape differ in version, release, date and build only."""
    order: Order = ((), (), (), ())
    """Version, prerelease, build and date, to be compared among tags of one shape."""

    def __str__(self) -> str:
        return self.text

    @property
    def is_moving(self) -> bool:
        """Whether nothing in it says which content is meant, such as `latest` and `slim`."""
        return not (self.version or self.release or self.date or self.build or self.commit)


def parse_tag(text: str) -> Tag:
    """Parse any text; what is no tag at all becomes a tag that says nothing."""
    if not _TAG.fullmatch(text):
        return Tag(text, (Part(Kind.OTHER, text),))
    parts = list(_words(text))
    _settle(parts)
    return _tag(text, parts)


def likeness(text: str) -> str:
    """Return what tells the shape of a tag without parsing it: tags with the same likeness have the same shape.

    What stands behind a leading version decides that, and how many numbers the version has: thousands of tags have
    a few hundred likenesses.
    """
    leading = _LEADING.match(text)
    if leading is None:
        return text
    prefix, _, numbers = leading.groups()
    return f"{prefix}#{numbers.count('.')}{text[leading.end() :]}"


def is_tag(text: str) -> bool:
    """Whether a registry could hold a tag of this name."""
    return _TAG.fullmatch(text) is not None


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
        for at, part in enumerate(read_word(word)):
            yield part if at else replace(part, separator=separator) if separator else part
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
    alone = len(whole.numbers) == 1 and whole.numbers[0] >= _BUILD_ALONE
    parts[main] = replace(whole, kind=Kind.BUILD if alone else Kind.VERSION)
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


def _tag(text: str, parts: list[Part]) -> Tag:
    release_at = _release_at(parts)
    version: tuple[int, ...] = ()
    prerelease: tuple[int, ...] = (_FINAL,)
    build: tuple[int, ...] = ()
    date: tuple[int, ...] = ()
    version_text = mark = commit = ""
    shape: list[str] = []
    for at, part in enumerate(parts):
        match part.kind:
            case Kind.VERSION:
                version, version_text = part.numbers, part.text
                shape.append(_shape_of_version(parts, at))
            case Kind.UPDATE:
                version = (*version, 0, *part.numbers)
                shape.append("update")
            case Kind.PRERELEASE:
                mark += part.separator * bool(mark) + part.text
                prerelease = (
                    (PRERELEASES[part.name], *part.numbers) if part.name else (*prerelease, *part.numbers)
                )
            case Kind.BUILD:
                build += part.numbers
                # How often it was built since is no precision: 1214 and 1214.1726694543 are builds of one kind.
                shape.append(f"build{part.name}{sum(number < _TIMESTAMP for number in part.numbers[1:])}")
            case Kind.DATE:
                date += part.numbers
                shape.append(f"date{len(part.text.partition('.')[0])}")
            case Kind.COMMIT:
                commit = part.text
                shape.append("commit")
            case Kind.DISTRIBUTION if at == release_at:
                shape.append(_shape_of_release(part, parts[at + 1 : at + 2]))
            case Kind.DISTRIBUTION if at - 1 == release_at and not part.name:
                pass
            case _:
                shape.append(part.text)
    distribution = parts[release_at] if release_at is not None else None
    return Tag(
        text,
        tuple(parts),
        prefix=_prefix(parts),
        version=version,
        version_text=version_text,
        prerelease=mark.lstrip("._-"),
        build=build,
        runtime=_runtimes(parts),
        flavour=tuple(part.text for part in parts if part.kind is Kind.FLAVOUR),
        distribution=distribution.name if distribution else "",
        release=distribution.numbers if distribution else (),
        release_text=_release_text(distribution) if distribution else "",
        date=date,
        architecture=_first(parts, Kind.ARCHITECTURE),
        commit=commit,
        alias=_first(parts, Kind.ALIAS),
        shape=tuple(shape),
        order=(version, prerelease, build, date),
    )


def _first(parts: Iterable[Part], kind: Kind) -> str:
    return next((part.text for part in parts if part.kind is kind), "")


def _prefix(parts: list[Part]) -> str:
    """Return what is glued to the version or the date from before, with what glues it."""
    return "".join(
        part.text + following.separator for part, following in pairwise(parts) if part.kind is Kind.PREFIX
    )


def _runtimes(parts: list[Part]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if part.kind is Kind.RUNTIME:
            if part.name:
                found.append(part.text)
            else:
                found[-1] += part.separator + part.text
    return tuple(found)


def _release_at(parts: list[Part]) -> int | None:
    """Where the distribution is named: with its release, if there is any such place."""
    places = [at for at, part in enumerate(parts) if part.kind is Kind.DISTRIBUTION and part.name]
    return next((at for at in places if parts[at].numbers), places[0] if places else None)


def _release_text(part: Part) -> str:
    """Its codename or its number, as far as the tag says it."""
    if part.text.lower() in CODENAMES:
        return part.text.lower()
    return ".".join(map(str, part.numbers))


def _shape_of_version(parts: list[Part], at: int) -> str:
    numbers = parts[at].numbers
    following = parts[at + 1] if at + 1 < len(parts) else None
    if following and following.kind is Kind.BUILD and following.name == "_":
        # Java drops zeros at the end and always says the build: 21_35 is as precise as 21.0.1_12 (JEP 322).
        return "version_"
    # Years are another numbering, not a higher number: 2 and 2023.
    return f"version{len(numbers)}" + "year" * (1990 <= numbers[0] < 2100)


def _shape_of_release(part: Part, following: list[Part]) -> str:
    if part.text.lower() in CODENAMES:
        return f"{part.name}:codename"
    apart = following and following[0].kind is Kind.DISTRIBUTION and not following[0].name
    return f"{part.name}{'-' if apart else ''}:{len(part.numbers)}"
