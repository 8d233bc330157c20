"""The edit of a few lines that does what an advice recommends, as a suggestion can carry it. Pure.

Every other line stays, byte for byte; where that cannot be had, there is no suggestion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from bot.bump.model import Advice
from bot.dockerfile import image_uses, parse
from bot.dockerfile import replace as replace_image
from bot.errors import UserError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.image.tags.model import Track
from bot.inspection import Base, DockerfileState, Inspection, Location
from bot.manifests import parse_manifest, replace_use

LONGEST_LINE = 1_000
MOST_LINES = 10


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Lines of a file at the head, 1-based and inclusive, and what is to stand there, without line ends."""

    path: str
    start_line: int
    end_line: int
    lines: tuple[str, ...]


def advised_use(inspection: Inspection, advice: Advice) -> tuple[DockerfileState, Base] | None:
    """Find the file of the head, and the image in it, that an advice is about."""
    place = (advice.location.path, advice.location.start_line)
    for pair in inspection.pairs:
        for base in pair.after.bases if pair.after else ():
            same = (base.reference, base.platform) == advice.use
            if pair.after and same and place in _places(base):
                return pair.after, base
    return None


def stood_before(inspection: Inspection, advice: Advice) -> bool:
    """Whether the image was in use before the change, so that a bump of the target branch would replace it."""
    bases = (base for pair in inspection.pairs if pair.before for base in pair.before.bases)
    return any((base.reference, base.platform) == advice.use for base in bases if base.shipped)


def placed(advice: Advice, edit: LineEdit | None) -> Advice:
    """Say where the edit is made, which may be an `ARG` before the FROM."""
    return replace(advice, location=Location(edit.path, edit.start_line, edit.end_line)) if edit else advice


def _places(base: Base) -> Iterator[tuple[str, int]]:
    for line in range(base.location.start_line, base.location.end_line + 1):
        yield base.location.path, line
    for arg in base.args:
        yield arg.path or base.location.path, arg.line


def line_edit(
    content: bytes,
    state: DockerfileState,
    base: Base,
    advice: Advice,
    build_args: Mapping[str, str],
    platform: Platform,
) -> LineEdit | None:
    """Work out the lines that take the recommended image; None where that is not a matter of a few lines here."""
    if advice.best is None or any(arg.path for arg in base.args):
        # Another file gives the value, and has to be changed together with whatever else depends on it.
        return None
    try:
        changed = _rewritten(content, state, base, advice, build_args, platform)
        return _lines(state.path, content.decode(), changed.decode())
    except (UserError, UnicodeDecodeError):
        return None


def _rewritten(
    content: bytes,
    state: DockerfileState,
    base: Base,
    advice: Advice,
    build_args: Mapping[str, str],
    platform: Platform,
) -> bytes:
    line = base.location.start_line
    if state.kind:
        for use in parse_manifest(state.path, content).uses:
            if (use.start_line, use.name) == (line, base.stage) and _is(use.reference, base):
                return replace_use(content, state.path, use, str(_moved(use.reference, advice)))
        return content
    for found in image_uses(parse(content), build_args, platform):
        if found.start_line == line and _is(found.reference, base):
            return replace_image(content, found, _moved(found.reference, advice), build_args, platform)
    return content


def _is(reference: Reference | None, base: Base) -> bool:
    return reference is not None and str(reference.normalized()) == base.reference


def _moved(reference: Reference | None, advice: Advice) -> Reference:
    """The reference as it is spelled, at the recommended tag. A pinned one stays pinned."""
    best = advice.best
    if reference is None or best is None:
        raise UserError("nothing is recommended")
    pinned = reference.digest is not None or best.track is Track.DIGEST
    return reference.with_tag(best.tag).with_digest(best.facts.index_digest if pinned else None)


def _lines(path: str, before: str, after: str) -> LineEdit | None:
    """The one block of lines that differs; none where lines come or go, or are not plain."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    differing = [at for at, (one, other) in enumerate(zip(old, new, strict=True)) if one != other]
    if not differing or len(differing) != differing[-1] - differing[0] + 1 or len(differing) > MOST_LINES:
        return None
    block = new[differing[0] : differing[-1] + 1]
    # GitHub decides on the line ends of what it applies, and a carriage return may be lost.
    if any(
        "\r" in line or len(line) > LONGEST_LINE for line in (*block, *old[differing[0] : differing[-1] + 1])
    ):
        return None
    return LineEdit(path, differing[0] + 1, differing[-1] + 1, tuple(block))
