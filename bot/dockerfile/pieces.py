"""Tell which characters of a file to change so that one part of a reference reads differently.

A part (name, tag, digest) consists of regions: stretches that stand together in the file, in the word itself
or in the default of an ARG. The new text may be spread over them in several ways; the likeliest comes first.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain, islice, pairwise, product
from typing import AnyStr

from bot.dockerfile.model import Span
from bot.dockerfile.traced import NOWHERE, Traced
from bot.image.reference import Reference

MAX_TRIES = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """Put `text` where the file has `start` to `end`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Region:
    text: str
    start: int
    literal: bool
    """It stands in the word itself, not in the default of an ARG."""

    def become(self, text: str) -> list[Edit]:
        return [Edit(self.start, self.start + len(self.text), text)] if text != self.text else []


def ways_to_name(text: Traced, word: Span, old: Reference, new: Reference) -> list[list[Edit]]:
    """Pair up name, tag and digest of both references, and combine the ways to change each that differs."""
    choices, at = [], 0
    for before, after in zip(_parts(old), _parts(new), strict=True):
        part = text[at : at + len(before)]
        if before != after:
            choices.append(edits_for(part, after, word, text, at))
        at += len(before)
    return [list(chain.from_iterable(choice)) for choice in islice(product(*choices), MAX_TRIES)]


def _parts(reference: Reference) -> tuple[str, str, str]:
    tag = f":{reference.tag}" if reference.tag else ""
    digest = f"@{reference.digest}" if reference.digest else ""
    whole = str(reference)
    return whole[: len(whole) - len(tag) - len(digest)], tag, digest


def apply_edits(text: AnyStr, edits: Iterable[Edit]) -> AnyStr:
    """Make the edits; bytes that are no text are kept, and count as one character each."""
    if isinstance(text, bytes):
        decoded = text.decode("utf-8", "surrogateescape")
        return apply_edits(decoded, edits).encode("utf-8", "surrogateescape")
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def edits_for(part: Traced, new: str, word: Span, whole: Traced, at: int) -> list[list[Edit]]:
    """List the ways to make `part`, found at `at` of the whole reference, read `new`."""
    regions = _regions(part, word)
    if not regions:
        return [[Edit(place, place, new)] for place in _insertions(word, whole, at)]
    ways = [*_one_changes(regions, new), _anchored(regions, new, literal=False)]
    ways += [_anchored(regions, new, literal=True), _cut_at_marks(regions, new)]
    return [edits for way in ways if way is not None and (edits := _edits(regions, way)) is not None]


def _regions(part: Traced, word: Span) -> list[_Region]:
    regions: list[_Region] = []
    start = 0
    for index in range(1, len(part) + 1):
        together = index < len(part) and _follows(part.at[index - 1], part.at[index])
        if not together:
            place = part.at[start]
            regions.append(_Region(part.text[start:index], place, word[0] <= place < word[1]))
            start = index
    return regions


def _follows(place: int, after: int) -> bool:
    return after == (NOWHERE if place == NOWHERE else place + 1)


def _insertions(word: Span, whole: Traced, at: int) -> list[int]:
    """Where to put a tag or digest that was not there: behind the part before it, or behind the word."""
    place = whole.at[at - 1]
    in_word = word[0] <= place < word[1]
    from_variable = not any(word[0] <= each < word[1] for each in whole.at)
    behind = [place + 1] if place != NOWHERE else []
    ends = [*behind, word[1]] if in_word or from_variable else [word[1], *behind]
    return list(dict.fromkeys(ends))


def _edits(regions: list[_Region], texts: list[str]) -> list[Edit] | None:
    """Turn a distribution into edits, None when it would change a region that is not in the file."""
    edits = []
    for region, text in zip(regions, texts, strict=True):
        if text != region.text and region.start == NOWHERE:
            return None
        edits += region.become(text)
    return edits


def _one_changes(regions: list[_Region], new: str) -> list[list[str]]:
    """Change a single region: `3.1` + `-slim` → `3.12` + `-slim`, rather than `3.1` + `2-slim`."""
    texts = [region.text for region in regions]
    ways = []
    for index, region in enumerate(regions):
        before, after = "".join(texts[:index]), "".join(texts[index + 1 :])
        if len(new) >= len(before) + len(after) and new.startswith(before) and new.endswith(after):
            text = new[len(before) : len(new) - len(after)]
            likeness = _kind_changes(region.text, text), region.literal
            ways.append((likeness, [*texts[:index], text, *texts[index + 1 :]]))
    return [way for _, way in sorted(ways, key=lambda way: way[0])]


def _kind_changes(old: str, new: str) -> int:
    """Count the ends of a text that turn from digit to letter to mark."""
    if not new:
        return 2
    return (_kind(old[0]) != _kind(new[0])) + (_kind(old[-1]) != _kind(new[-1]))


def _kind(char: str) -> str:
    return "0" if char.isdigit() else "a" if char.isalpha() else char


def _anchored(regions: list[_Region], new: str, *, literal: bool) -> list[str] | None:
    """Change only the regions that are (not) literal, the others keep their text: `3.12-slim` by two ARGs."""
    texts: list[str] = []
    at = 0
    for index, region in enumerate(regions):
        if region.literal is literal:
            following = regions[index + 1] if index + 1 < len(regions) else None
            if following is not None and following.literal is literal:
                return None
            end = new.find(following.text, at) if following else len(new)
        else:
            end = at + len(region.text) if new.startswith(region.text, at) else -1
        if end < 0:
            return None
        texts.append(new[at:end])
        at = end
    return texts if at == len(new) else None


def _cut_at_marks(regions: list[_Region], new: str) -> list[str] | None:
    """Change every region, cutting at the marks that separate them: `3.12` + `-slim` → `3.13` + `-alpine`."""
    texts: list[str] = []
    at = 0
    for left, right in pairwise(regions):
        mark = right.text[0]
        offset = 0
        if mark.isalnum():
            mark, offset = left.text[-1], 1
        found = new.find(mark, at)
        if mark.isalnum() or found < 0:
            return None
        texts.append(new[at : found + offset])
        at = found + offset
    return [*texts, new[at:]]
