"""Change one image reference of a Dockerfile where it is written, and keep every other byte.

The edit is made in the word itself or in the ARG default its text comes from. It counts only when parsing
the result gives the wanted reference for that use and the same as before for all others; otherwise `replace`
refuses. It never writes a literal over a variable: that would silently take the build argument out of use.
"""

from collections.abc import Callable, Mapping
from typing import AnyStr

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.parser import decode, parse
from bot.dockerfile.pieces import apply_edits, ways_to_name
from bot.dockerfile.uses import ImageUse, image_uses
from bot.image.platform import Platform
from bot.image.reference import InvalidReference, Reference

Along = Callable[[Reference, Reference], bool]
"""Says whether another use may change with the one that is meant, from the first reference to the second."""


def replace(
    text: AnyStr,
    use: ImageUse,
    reference: Reference | str,
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
    along: Along | None = None,
) -> AnyStr:
    """Make `use` name another reference; DockerfileError says why when that is not possible.

    `build_args` and `platform` are those the use was resolved with. Other uses stay as they are, but for those
    that `along` lets change.
    """
    wanted = _parse_reference(reference)
    source = decode(text)
    before = image_uses(parse(source), build_args, platform)
    index = _find(before, use)
    current = before[index]
    if current.reference is None or current.resolved is None:
        raise DockerfileError(f"the reference is not known: {current.unresolved}", use.start_line)
    if str(current.reference) == str(wanted):
        return text
    reason = ""
    for edits in ways_to_name(current.resolved, current.span, current.reference, wanted):
        changed = apply_edits(source, edits)
        problem = _problem(before, index, wanted, changed, build_args, platform, along)
        if not problem:
            return apply_edits(text, edits)
        reason = reason or problem
    raise DockerfileError(
        reason or f"no text that is written here can be changed to {wanted}", use.start_line
    )


def _parse_reference(reference: Reference | str) -> Reference:
    try:
        return Reference.parse(str(reference))
    except InvalidReference as exc:
        raise DockerfileError(str(exc)) from None


def _find(uses: list[ImageUse], use: ImageUse) -> int:
    for index, each in enumerate(uses):
        if (each.kind, each.span, each.reference) == (use.kind, use.span, use.reference):
            return index
    raise DockerfileError(f"the text has no such use of {use.written[:100]!r}", use.start_line)


def _problem(
    before: list[ImageUse],
    index: int,
    wanted: Reference,
    changed: str,
    build_args: Mapping[str, str] | None,
    platform: Platform | str | None,
    along: Along | None,
) -> str:
    """Say what is wrong with the changed text, nothing when it does what it should."""
    try:
        after = image_uses(parse(changed), build_args, platform)
    except DockerfileError as exc:
        return f"the result would not be valid: {exc}"
    if len(after) != len(before):
        return "other images would be added or removed"
    for place, (old, new) in enumerate(zip(before, after, strict=True)):
        if place == index:
            if str(new.reference) != str(wanted):
                return f"the parts it is put together from cannot make {wanted}"
        elif (str(old.reference), old.unresolved) != (str(new.reference), new.unresolved):
            if not (along and old.reference and new.reference and along(old.reference, new.reference)):
                return f"the image on line {old.start_line} would change as well"
    return ""
