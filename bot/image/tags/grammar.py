"""Parse a tag: `3.12.1-slim-bookworm`, `jdk-17.0.9_9`, `RELEASE.2024-01-01T00-00-00Z`, `bookworm-20241202-slim`.

There is no specification: this follows what publishers do, https://github.com/docker-library before others.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from bot.image.tags.parts import is_tag, parts_of
from bot.image.tags.vocabulary import CODENAMES, PRERELEASES
from bot.image.tags.words import Kind, Part, numbers_of

_LEADING = re.compile(r"([vV]?)([0-9]{1,3})((?:\.[0-9]{1,9})+(?![0-9.])|(?![0-9A-Za-z.]))")
_TIMESTAMP = 10**8
"""A number from here on is a moment in seconds since 1970: it says when, not how precisely."""
_FINAL = len(PRERELEASES)
_COUNTING = frozenset({Kind.VERSION, Kind.BUILD, Kind.DATE})

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
    def is_early(self) -> bool:
        """Whether it comes before its version is out; `nightly-20240101` and `3.12-dev` only name a channel."""
        return self.order[1][:1] != (_FINAL,)

    @property
    def is_moving(self) -> bool:
        """Whether nothing in it says which content is meant, such as `latest` and `slim`."""
        return not (self.version or self.release or self.date or self.build or self.commit)


def parse_tag(text: str) -> Tag:
    """Parse any text; what is no tag at all becomes a tag that says nothing."""
    return _parse(text) if is_tag(text) else Tag(text, (Part(Kind.OTHER, text),))


@lru_cache(maxsize=8192)
def _parse(text: str) -> Tag:
    parts = parts_of(text)
    return Tag(text, parts) if parts[0].kind is Kind.OTHER else _tag(text, parts)


def likeness(text: str) -> str:
    """Return what tells the shape of a tag without parsing it: tags with the same likeness have the same shape.

    What stands behind a leading version decides that, and how many numbers the version has: thousands of tags have
    a few hundred likenesses.
    """
    head, hyphen, tail = text.partition("-")
    return f"{_likeness_of_head(head)}{hyphen}{tail}"


def parse_alike(text: str, alike: Tag) -> Tag:
    """Parse a tag of the same likeness as one that is known: they differ in the leading numbers only."""
    leading = _LEADING.match(text)
    at = 1 if alike.prefix else 0
    if (
        leading is None
        or alike.parts[at].text != alike.version_text
        or len(alike.version) > len(alike.parts[at].numbers)
    ):
        return parse_tag(text)
    numbers = leading.group(2) + leading.group(3)
    version = numbers_of(numbers)
    parts = (*alike.parts[:at], Part(Kind.VERSION, numbers, version), *alike.parts[at + 1 :])
    return Tag(
        text,
        parts,
        prefix=alike.prefix,
        version=version,
        version_text=numbers,
        prerelease=alike.prerelease,
        build=alike.build,
        runtime=alike.runtime,
        flavour=alike.flavour,
        distribution=alike.distribution,
        release=alike.release,
        release_text=alike.release_text,
        date=alike.date,
        architecture=alike.architecture,
        commit=alike.commit,
        alias=alike.alias,
        shape=alike.shape,
        order=(version, *alike.order[1:]),
    )


@lru_cache(maxsize=8192)
def _likeness_of_head(head: str) -> str:
    leading = _LEADING.match(head)
    if leading is None:
        return head
    prefix, _, numbers = leading.groups()
    return f"{prefix}#{numbers.count('.')}{head[leading.end() :]}"


def _tag(text: str, parts: tuple[Part, ...]) -> Tag:
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
                if _is_channel(parts, at):
                    shape.append(part.text)
                elif part.name:
                    prerelease = (PRERELEASES[part.name], *part.numbers)
                else:
                    prerelease += part.numbers
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
                shape.append(_shape_of_release(parts, at))
            case Kind.DISTRIBUTION if at - 1 == release_at and not part.name:
                pass
            case _:
                shape.append(part.text)
    distribution = parts[release_at] if release_at is not None else None
    return Tag(
        text,
        parts,
        prefix=_prefix(parts),
        version=version,
        version_text=version_text,
        prerelease=mark.lstrip("._-"),
        build=build,
        runtime=_runtimes(parts),
        flavour=tuple(
            part.text for at, part in enumerate(parts) if part.kind is Kind.FLAVOUR or _is_channel(parts, at)
        ),
        distribution=distribution.name if distribution else "",
        release=distribution.numbers if distribution else (),
        release_text=_release_text(parts, release_at) if release_at is not None else "",
        date=date,
        architecture=_first(parts, Kind.ARCHITECTURE),
        commit=commit,
        alias=_first(parts, Kind.ALIAS),
        shape=tuple(shape),
        order=(version, prerelease, build, date),
    )


def _first(parts: Sequence[Part], kind: Kind) -> str:
    return next((part.text for part in parts if part.kind is kind), "")


def _is_channel(parts: tuple[Part, ...], at: int) -> bool:
    """Whether a mark names a line of images of its own, not a step before the version: `nightly-20240101`, `3.12-dev`.

    A tag without it is no later one: it is of the stable line, or the image without compilers.
    """
    part = parts[at]
    if part.kind is not Kind.PRERELEASE or not part.name:
        return False
    if all(each.kind not in _COUNTING for each in parts[:at]):
        return True
    following = parts[at + 1] if at + 1 < len(parts) else None
    numbered = part.numbers or (following is not None and following.kind is Kind.PRERELEASE)
    return part.name == "dev" and part.separator == "-" and not numbered


def _prefix(parts: tuple[Part, ...]) -> str:
    """Return what is glued to the version or the date from before, with what glues it."""
    return "".join(
        part.text + following.separator for part, following in pairwise(parts) if part.kind is Kind.PREFIX
    )


def _runtimes(parts: tuple[Part, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for part in parts:
        if part.kind is Kind.RUNTIME:
            if part.name:
                found.append(part.text)
            else:
                found[-1] += part.separator + part.text
    return tuple(found)


def _release_at(parts: tuple[Part, ...]) -> int | None:
    """Where the distribution is named: with its release, if there is any such place."""
    places = [at for at, part in enumerate(parts) if part.kind is Kind.DISTRIBUTION and part.name]
    return next((at for at in places if parts[at].numbers), places[0] if places else None)


def _release_text(parts: tuple[Part, ...], at: int) -> str:
    """Its codename or its number as written, as far as the tag says it."""
    part = parts[at]
    if part.text.lower() in CODENAMES:
        return part.text.lower()
    return parts[at + 1].text if _is_apart(parts, at) else part.text[len(part.name) :].lstrip("_")


def _is_apart(parts: tuple[Part, ...], at: int) -> bool:
    """Whether the number of the release stands in a word of its own: `alpine-3.20`."""
    following = parts[at + 1] if at + 1 < len(parts) else None
    return following is not None and following.kind is Kind.DISTRIBUTION and not following.name


def _shape_of_version(parts: tuple[Part, ...], at: int) -> str:
    numbers = parts[at].numbers
    following = parts[at + 1] if at + 1 < len(parts) else None
    if following and following.kind is Kind.BUILD and following.name == "_":
        # Java drops zeros at the end and always says the build: 21_35 is as precise as 21.0.1_12 (JEP 322).
        return "version_"
    # Years are another numbering, not a higher number: 2 and 2023.
    return f"version{len(numbers)}" + "year" * (1990 <= numbers[0] < 2100)


def _shape_of_release(parts: tuple[Part, ...], at: int) -> str:
    part = parts[at]
    if part.text.lower() in CODENAMES:
        return f"{part.name}:codename"
    return f"{part.name}{'-' if _is_apart(parts, at) else ''}:{len(part.numbers)}"
