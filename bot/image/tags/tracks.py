"""Choose where a tag could move to: at most one tag on each track of versions, a few on other releases, no other."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import chain, pairwise

from bot.image.tags.grammar import Order, Tag, likeness, parse_alike, parse_tag
from bot.image.tags.likeness import unlike
from bot.image.tags.model import Candidates, Proposal, Rejection, Track
from bot.image.tags.parts import is_tag
from bot.image.tags.support import Support
from bot.image.tags.words import Kind

_STEPS = (Track.PATCH, Track.MINOR, Track.MAJOR)
_COUNTS_BUILDS = 100
"""A number from here on that begins what stands behind a version counts builds: Red Hat's 1194.1712345678."""
_SIZE_OF_MAJOR = 1 + _STEPS.index(Track.MAJOR)

Reasons = dict[str, str]
"""Tag → why it is not proposed, in the order of the list; empty as long as nothing speaks against it."""


def choose(current: Tag, listed: Iterable[str], support: Support) -> Candidates:
    """Choose among tags, each listed once."""
    reasons: Reasons = {}
    alike = _alike(current, listed, reasons)
    for tag in alike:
        reasons[tag.text] = _against(current, tag, support)
    eligible = [tag for tag in alike if not reasons[tag.text]]
    moves = _moves(current, eligible, support, reasons)
    variants = _variants(current, eligible, support, reasons)
    digest = [(current, Track.DIGEST)] if is_tag(current.text) else []
    return Candidates(
        tuple(
            Proposal(tag.text, track, _note(current, tag, support))
            for tag, track in chain(digest, moves, ((tag, Track.VARIANT) for tag in variants))
        ),
        tuple(Rejection(tag, reason) for tag, reason in reasons.items() if reason),
    )


def _alike(current: Tag, listed: Iterable[str], reasons: Reasons) -> list[Tag]:
    """Return the tags of the current one's shape; thousands of others are told apart without being parsed."""
    known: dict[str, tuple[Tag, str]] = {}
    alike = []
    for text in listed:
        if text == current.text:
            continue
        key = likeness(text)
        found = known.get(key)
        if found is None:
            tag = parse_tag(text)
            found = known[key] = tag, unlike(current, tag)
        first, reason = found
        reasons[text] = reason
        if not reason:
            alike.append(first if text == first.text else parse_alike(text, first))
    return alike


def _against(current: Tag, other: Tag, support: Support) -> str:
    if other.release < current.release:
        return f"an older release of the distribution ({other.release_text})"
    if other.order < current.order:
        return "older than the current tag"
    if (other.order, other.release) == (current.order, current.release):
        return "the same version, written in another way"
    if other.is_early and other.version != current.version:
        return "a prerelease"
    return support.objection(current, other)


def _moves(current: Tag, eligible: list[Tag], support: Support, reasons: Reasons) -> list[tuple[Tag, Track]]:
    """Choose the newest on each track of versions, on the same release of the distribution."""
    by_step = defaultdict(list)
    for tag in eligible:
        if tag.release == current.release:
            by_step[_step(current, tag)].append(tag)
    found = []
    for step in _STEPS:
        long_term = _prefer(by_step[step], lambda tag: support.is_long_term(tag, of_release=False), reasons)
        if long_term:
            found.append((_newest(long_term, reasons), step))
    return found


def _variants(current: Tag, eligible: list[Tag], support: Support, reasons: Reasons) -> list[Tag]:
    """Choose what moves the version least, on the newest release that allows it; then newer releases for more."""
    others = [tag for tag in eligible if tag.release != current.release]
    others = _prefer(others, lambda tag: support.is_long_term(tag, of_release=True), reasons)
    if not others:
        return []
    found: list[Tag] = []
    for size in range(_SIZE_OF_MAJOR):
        near = [tag for tag in others if _size(current, tag) == size]
        best = max(near, key=_by_release, default=None)
        if best and (not found or best.release > found[-1].release):
            found.append(best)
    found = found or [max(others, key=_by_release)]
    for tag in others:
        if tag not in found:
            larger = _size(current, tag) > _size(current, found[0])
            reasons[tag.text] = f"{'a larger move than' if larger else 'superseded by'} {found[0].text}"
    return found


def _prefer(tags: list[Tag], wanted: Callable[[Tag], bool], reasons: Reasons) -> list[Tag]:
    """Keep long-term lines where there are any: then nobody who is on none should move to another such."""
    preferred = [tag for tag in tags if wanted(tag)]
    if not preferred:
        return tags
    for tag in tags:
        if not wanted(tag):
            reasons[tag.text] = "not a long-term line"
    return preferred


def _newest(tags: list[Tag], reasons: Reasons) -> Tag:
    newest = max(tags, key=lambda tag: (tag.order, tag.text))
    for tag in tags:
        if tag is not newest:
            reasons[tag.text] = f"superseded by {newest.text}"
    return newest


def _by_release(tag: Tag) -> tuple[tuple[int, ...], Order, str]:
    return tag.release, tag.order, tag.text


def _size(current: Tag, other: Tag) -> int:
    step = _step(current, other)
    same = other.version == current.version and other.prerelease == current.prerelease
    return 0 if same and step is Track.PATCH else 1 + _STEPS.index(step)


def _step(current: Tag, other: Tag) -> Track:
    """Return how far a move goes: as far as that of the two versions goes that moves farther."""
    steps = (
        _step_of(current.version, other.version),
        _step_of(_second_version(current), _second_version(other)),
    )
    return max(steps, key=_STEPS.index)


def _step_of(current: tuple[int, ...], other: tuple[int, ...]) -> Track:
    # Java leaves out zeros at the end: 17 means 17.0 where it is a whole version.
    here, there = (*current, 0, 0)[:2], (*other, 0, 0)[:2]
    if here == there:
        return Track.PATCH
    return Track.MINOR if here[0] == there[0] else Track.MAJOR


def _second_version(tag: Tag) -> tuple[int, ...]:
    """Return a version right behind the version: Python's in `1.1.3-3.11`; of what counts builds there is none."""
    for before, part in pairwise(tag.parts):
        if part.kind is Kind.BUILD and before.kind is Kind.VERSION and part.separator == "-":
            return part.numbers if len(part.numbers) > 1 and part.numbers[0] < _COUNTS_BUILDS else ()
    return ()


def _note(current: Tag, other: Tag, support: Support) -> str:
    notes = [support.note(current, other)]
    if other.release != current.release and other.version != current.version:
        notes.append(f"it also moves {_version_of(current)} to {_version_of(other)}")
    return "; ".join(filter(None, notes))


def _version_of(tag: Tag) -> str:
    return "".join(part.text for part in tag.parts if part.kind in (Kind.VERSION, Kind.UPDATE))
