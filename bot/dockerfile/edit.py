"""Change one image reference of a Dockerfile where it is written, and keep every other byte.

The edit is made in the word itself or in the ARG default its text comes from. It counts only when parsing
the result gives the wanted reference for that use and the same as before for all others; otherwise `replace`
refuses. It never writes a literal over a variable: that would silently take the build argument out of use.
"""

from collections.abc import Mapping
from itertools import chain, islice, product
from typing import AnyStr

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.parser import decode, parse
from bot.dockerfile.pieces import Edit, edits_for
from bot.dockerfile.sources import UseKind
from bot.dockerfile.traced import Traced
from bot.dockerfile.uses import ImageUse, image_uses
from bot.image.platform import Platform
from bot.image.reference import InvalidReference, Reference

MAX_TRIES = 12
_Key = tuple[UseKind, tuple[int, int]]


def replace(
    text: AnyStr,
    use: ImageUse,
    reference: Reference | str,
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
) -> AnyStr:
    """Make `use` name another reference; DockerfileError says why when that is not possible.

    `build_args` and `platform` are those the use was resolved with.
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
    for edits in _candidates(current, current.resolved, current.reference, wanted):
        changed = _apply(source, edits)
        problem = _problem(before, index, wanted, changed, build_args, platform)
        if not problem:
            return _apply_to(text, edits)
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


def _candidates(use: ImageUse, text: Traced, old: Reference, new: Reference) -> list[list[Edit]]:
    """Pair up name, tag and digest of both references, and combine the ways to change each that differs."""
    choices, at = [], 0
    for before, after in zip(_parts(old), _parts(new), strict=True):
        part = text[at : at + len(before)]
        if before != after:
            choices.append(edits_for(part, after, use.span, text, at))
        at += len(before)
    return [list(chain.from_iterable(choice)) for choice in islice(product(*choices), MAX_TRIES)]


def _parts(reference: Reference) -> tuple[str, str, str]:
    tag = f":{reference.tag}" if reference.tag else ""
    digest = f"@{reference.digest}" if reference.digest else ""
    whole = str(reference)
    return whole[: len(whole) - len(tag) - len(digest)], tag, digest


def _apply(text: str, edits: list[Edit]) -> str:
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text


def _apply_to(text: AnyStr, edits: list[Edit]) -> AnyStr:
    if isinstance(text, bytes):
        return _apply(text.decode("utf-8", "surrogateescape"), edits).encode("utf-8", "surrogateescape")
    return _apply(text, edits)


def _problem(
    before: list[ImageUse],
    index: int,
    wanted: Reference,
    changed: str,
    build_args: Mapping[str, str] | None,
    platform: Platform | str | None,
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
            return f"the image on line {old.start_line} would change as well"
    return ""
