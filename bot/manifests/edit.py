"""Change one reference, or one build argument, of a file where it is written, and keep every other byte.

An edit counts only when reading the result gives what was wanted there and the same as before everywhere else;
otherwise it is refused with the reason, as in `bot.dockerfile.edit`.
"""

from collections.abc import Iterable, Iterator

from bot.dockerfile.edit import Along
from bot.dockerfile.pieces import Edit, apply_edits, edits_for, ways_to_name
from bot.image.reference import InvalidReference, Reference
from bot.manifests.errors import ManifestError
from bot.manifests.model import BuildArg, Manifest, ManifestKind, ManifestUse
from bot.manifests.parse import decode_manifest, parse_manifest
from bot.manifests.yaml_tree import plain_scalar_at, reads_otherwise

_YAML = (ManifestKind.COMPOSE, ManifestKind.KUBERNETES, ManifestKind.HELM_VALUES, ManifestKind.WORKFLOW)


def replace_use(
    content: bytes, path: str, use: ManifestUse, reference: Reference | str, along: Along | None = None
) -> bytes:
    """Make `use` name another reference; ManifestError says why when that is not possible.

    Other uses stay as they are, but for those that `along` lets change.
    """
    wanted = _parse_reference(reference)
    before = _parse(path, content)
    index = _find(before.uses, use)
    current = before.uses[index]
    if current.reference is None or current.resolved is None:
        raise ManifestError(f"the reference is not known: {current.unresolved}", use.start_line)
    if str(current.reference) == str(wanted):
        return content
    reason = ""
    for edits in _ways(current, current.reference, wanted):
        changed = _apply(content, before.kind, edits)
        after = parse_manifest(path, changed)
        problem = _problem(before, after, index, wanted, along)
        if not problem:
            return changed
        reason = reason or problem
    raise ManifestError(reason or f"no text that is written here can be changed to {wanted}", use.start_line)


def replace_arg(content: bytes, path: str, arg: BuildArg, value: str, *, shared: bool = False) -> bytes:
    """Give a build argument another value; ManifestError says why when that is not possible.

    With `shared`, other arguments and uses that are made from the same text may change with it.
    """
    before = _parse(path, content)
    current = next((each for each in _args(before) if _same(each, arg)), None)
    if current is None:
        raise ManifestError(f"the file has no such value for {arg.name[:100]!r}", arg.line)
    if current.unresolved or current.resolved is None:
        raise ManifestError(f"the value of {arg.name} is not known: {current.unresolved}", arg.line)
    if current.value == value:
        return content
    reason = ""
    span = current.resolved.span or (0, 0)
    for edits in edits_for(current.resolved, value, span, current.resolved, 0):
        changed = _apply(content, before.kind, edits)
        problem = _arg_problem(before, parse_manifest(path, changed), current, value, shared)
        if not problem:
            return changed
        reason = reason or problem
    raise ManifestError(reason or f"the value of {arg.name} is not written here as it is", arg.line)


def _parse_reference(reference: Reference | str) -> Reference:
    try:
        return Reference.parse(str(reference))
    except InvalidReference as exc:
        raise ManifestError(str(exc)) from None


def _parse(path: str, content: bytes) -> Manifest:
    manifest = parse_manifest(path, content)
    if manifest.problem:
        raise ManifestError(manifest.problem, manifest.line)
    return manifest


def _find(uses: tuple[ManifestUse, ...], use: ManifestUse) -> int:
    for index, each in enumerate(uses):
        if (each.name, each.span, each.reference) == (use.name, use.span, use.reference):
            return index
    raise ManifestError(f"the file has no such use of {use.written[:100]!r}", use.start_line)


def _ways(use: ManifestUse, old: Reference, new: Reference) -> Iterator[list[Edit]]:
    """A field for the digest that is still empty is filled before anything is put into another one."""
    empty = next((part for part in use.parts if part.what == "digest" and not part.text), None)
    if use.resolved is None:
        return
    if empty is not None and new.digest and not old.digest:
        bare = Reference(new.registry, new.repository, new.tag)
        rest = ways_to_name(use.resolved, use.span, old, bare) if bare != old else [[]]
        for edits in rest:
            yield [*edits, Edit(*empty.span, new.digest)]
    yield from ways_to_name(use.resolved, use.span, old, new)


def _apply(content: bytes, kind: ManifestKind, edits: Iterable[Edit]) -> bytes:
    edits = list(edits)
    if kind in _YAML:
        edits += _quotes(decode_manifest(content), edits)
    return apply_edits(content, edits)


def _quotes(source: str, edits: list[Edit]) -> Iterator[Edit]:
    """Quote what YAML would take for a number, such as `3.20`, which programs then read as `3.2`."""
    for start, end in {place for edit in edits if (place := plain_scalar_at(source, edit.start))}:
        inside = [edit for edit in edits if start <= edit.start and edit.end <= end]
        moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in inside]
        text = apply_edits(source[start:end], moved)
        if start == end:
            # `digest:` without a value needs a space first.
            yield Edit(start, start, " " if source[start - 1 : start] == ":" else "")
        elif reads_otherwise(text):
            yield from (Edit(start, start, '"'), Edit(end, end, '"'))


def _problem(before: Manifest, after: Manifest, index: int, wanted: Reference, along: Along | None) -> str:
    """Say what is wrong with the changed file, nothing when it does what it should."""
    if problem := _structure_problem(before, after):
        return problem
    for place, (old, new) in enumerate(zip(before.uses, after.uses, strict=True)):
        if place == index:
            if str(new.reference) != str(wanted):
                return f"the parts it is put together from cannot make {wanted}"
        elif (str(old.reference), old.unresolved) != (str(new.reference), new.unresolved):
            if not (along and old.reference and new.reference and along(old.reference, new.reference)):
                return f"the image on line {old.start_line} would change as well"
    if along is None and _values(before) != _values(after):
        return "the value of a build argument would change as well"
    return ""


def _structure_problem(before: Manifest, after: Manifest) -> str:
    if after.problem:
        return f"the result would not be valid: {after.problem}"
    if [use.name for use in before.uses] != [use.name for use in after.uses]:
        return "other images would be added or removed"
    if [_shape(build.args) for build in before.builds] != [_shape(build.args) for build in after.builds]:
        return "other build arguments would be added or removed"
    if [build.dockerfile for build in before.builds] != [build.dockerfile for build in after.builds]:
        return "another Dockerfile would be built"
    return ""


def _shape(args: tuple[BuildArg, ...]) -> list[tuple[str, str]]:
    return [(arg.name, arg.unresolved) for arg in args]


def _args(manifest: Manifest) -> list[BuildArg]:
    return [arg for build in manifest.builds for arg in build.args]


def _values(manifest: Manifest) -> list[str]:
    return [arg.value for arg in _args(manifest)]


def _same(arg: BuildArg, other: BuildArg) -> bool:
    return (arg.name, arg.value, arg.line, arg.span) == (other.name, other.value, other.line, other.span)


def _arg_problem(before: Manifest, after: Manifest, arg: BuildArg, value: str, shared: bool) -> str:
    if problem := _structure_problem(before, after):
        return problem
    for old, new in zip(_args(before), _args(after), strict=True):
        if _same(old, arg):
            if new.value != value:
                return f"the value of {arg.name} is put together from parts that cannot make {value[:100]!r}"
        elif old.value != new.value and not shared:
            return f"the value of {old.name} on line {old.line} would change as well"
    references = [str(use.reference) for use in before.uses], [str(use.reference) for use in after.uses]
    return (
        "" if shared or references[0] == references[1] else "an image that the file uses would change as well"
    )
