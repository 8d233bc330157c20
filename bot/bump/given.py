"""Move a `FROM` whose text comes from build arguments of other files: where each character of it is written. Pure.

The values are put in with characters that stand for nothing else, so that the resolved reference tells which of
its characters came from which value, whatever substitutions lie between.
"""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bot.dockerfile import DockerfileError, ImageUse, image_uses, parse
from bot.dockerfile.pieces import Edit, apply_edits, ways_to_name
from bot.dockerfile.traced import Traced
from bot.image.platform import Platform
from bot.image.reference import Reference

_FIRST = 0xF0000
"""Of plane 15, which is for private use."""
_MOST = 0xFFF0
_GAP = 2


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of a Dockerfile and of the values it is built with."""

    content: bytes
    values: Mapping[str, str]
    """Only those that change."""


def ways_to_move(
    content: bytes,
    index: int,
    wanted: Reference,
    args: Mapping[str, str],
    platform: Platform | str | None,
) -> Iterator[Change]:
    """Try the ways to make one use, resolved with `args`, name another image; those that do come out."""
    uses = image_uses(parse(content), args, platform)
    use = uses[index]
    text, places = _trace(content, index, use, args, platform)
    if use.reference is None:
        return
    for edits in ways_to_name(text, use.span, use.reference, wanted):
        change = _change(content, edits, args, places)
        try:
            after = image_uses(parse(change.content), {**args, **change.values}, platform)
        except DockerfileError:
            continue
        if len(after) == len(uses) and str(after[index].reference) == str(wanted):
            yield change


def _trace(
    content: bytes, index: int, use: ImageUse, args: Mapping[str, str], platform: Platform | str | None
) -> tuple[Traced, dict[str, int]]:
    """The reference with the place of each character; values lie behind the file, each at a place of its own."""
    names = [name for name in dict.fromkeys(arg.name for arg in use.args if arg.overridden) if name in args]
    codes: dict[str, tuple[str, int]] = {}
    marked: dict[str, str] = {}
    places: dict[str, int] = {}
    at = len(content) + _GAP
    for name in names:
        places[name] = at
        signs = [chr(_FIRST + len(codes) + number) for number in range(len(args[name]))]
        if len(codes) + len(signs) > _MOST:
            raise DockerfileError("its build arguments are too long", use.start_line)
        codes.update((sign, (args[name][number], at + number)) for number, sign in enumerate(signs))
        marked[name] = "".join(signs)
        at += len(signs) + _GAP
    found = image_uses(parse(content), {**args, **marked}, platform)
    resolved = found[index].resolved if index < len(found) else None
    if resolved is None:
        raise DockerfileError("its build arguments are not used as they are", use.start_line)
    pairs = [codes.get(char, (char, place)) for char, place in zip(resolved.text, resolved.at, strict=True)]
    text = Traced("".join(char for char, _ in pairs), array("i", [place for _, place in pairs]))
    if text.text != str(use.reference):
        raise DockerfileError("its build arguments are not used as they are", use.start_line)
    return text, places


def _change(content: bytes, edits: list[Edit], args: Mapping[str, str], places: Mapping[str, int]) -> Change:
    values: dict[str, str] = {}
    for name, place in places.items():
        end = place + len(args[name])
        own = [edit for edit in edits if place <= edit.start <= end]
        if own:
            moved = [Edit(edit.start - place, edit.end - place, edit.text) for edit in own]
            values[name] = apply_edits(args[name], moved)
    here = [edit for edit in edits if edit.start < len(content) + _GAP]
    return Change(apply_edits(content, here), values)
