"""Say in a person's words why one tag is of another kind than the current one, so that no order is between them."""

from bot.image.tags.grammar import Tag
from bot.image.tags.parts import is_tag
from bot.image.tags.vocabulary import DEFAULTS, FLAVOURS, GLIBC, MUSL


def libc(tag: Tag) -> str:
    """Return the C library a tag's words tell of: `musl`, `glibc` or nothing."""
    words = {tag.distribution, *map(str.lower, tag.flavour)}
    return "musl" if words & MUSL else "glibc" if words & GLIBC else ""


def unlike(current: Tag, other: Tag) -> str:
    """Return why `other` is of another kind, or nothing when it may be compared with the current tag."""
    if not is_tag(other.text):
        return "not a tag"
    if other.is_moving:
        return _moving(other)
    if other.prerelease and not current.prerelease:
        return "a prerelease"
    if other.commit and not (other.version or other.date or other.build):
        return "a commit, not a version"
    if current.shape == other.shape:
        return ""
    if current.is_moving:
        return "the current tag is a moving one"
    return _other_variant(current, other) or _other_precision(current, other) or "written in another way"


def _moving(other: Tag) -> str:
    if other.prerelease:
        return "a prerelease"
    known = other.alias or other.distribution or other.runtime or other.architecture
    return "a moving tag" if known or FLAVOURS.intersection(other.flavour) else "not a version"


def _other_variant(current: Tag, other: Tag) -> str:
    if current.architecture != other.architecture:
        return f"another architecture ({other.architecture or 'not ' + current.architecture})"
    here, there = libc(current), libc(other)
    if here and there and here != there:
        return f"another C library ({there})"
    if current.distribution and other.distribution and current.distribution != other.distribution:
        return f"another distribution ({other.distribution})"
    same = {current.distribution} & {other.distribution}
    more, less = _words(other) - _words(current) - same, _words(current) - _words(other) - same
    if more:
        return f"another flavour ({', '.join(word for word in _in_order(other) if word in more)})"
    if less:
        return f"another flavour (not {', '.join(word for word in _in_order(current) if word in less)})"
    return ""


def _other_precision(current: Tag, other: Tag) -> str:
    if bool(current.version) != bool(other.version) and (current.date or other.date):
        return "numbered in another way"
    if current.version and other.version and _is_year(current) != _is_year(other):
        return "numbered in another way"
    here, there = _precision(current), _precision(other)
    if here == there:
        return ""
    if all(ours <= theirs for ours, theirs in zip(here, there, strict=True)):
        return "more precise"
    if all(ours >= theirs for ours, theirs in zip(here, there, strict=True)):
        return "less precise"
    return "written in another way"


def _precision(tag: Tag) -> tuple[int, ...]:
    return len(tag.version), len(tag.release), len(tag.date), min(len(tag.build), 1), min(len(tag.commit), 1)


def _is_year(tag: Tag) -> bool:
    return 1990 <= tag.version[0] < 2100


def _words(tag: Tag) -> set[str]:
    return set(_in_order(tag))


def _in_order(tag: Tag) -> list[str]:
    told = tag.distribution and (tag.distribution not in DEFAULTS or not tag.release)
    named = [tag.distribution] if told else []
    return [*named, *tag.runtime, *tag.flavour, *([tag.alias] if tag.alias else [])]
