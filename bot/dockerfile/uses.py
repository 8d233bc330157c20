"""Find the images a Dockerfile uses: FROM, COPY --from, RUN --mount=from, ONBUILD and `# syntax=`.

Follows https://docs.docker.com/reference/dockerfile/. Stage names and numbers and `scratch` are no images.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dockerfile.arguments import split_fields
from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.model import ArgDefinition, Dockerfile, Instruction, Span
from bot.dockerfile.resolve import Resolved, resolve_stages
from bot.dockerfile.scope import Resolution, Scope
from bot.dockerfile.stages import find_stage, is_stage_number
from bot.dockerfile.traced import Traced
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import InvalidReference, Reference

MAX_USES = 5_000


class UseKind(StrEnum):
    """Where an image is named."""

    FROM = "from"
    COPY = "copy"
    MOUNT = "mount"
    SYNTAX = "syntax"
    ONBUILD_COPY = "onbuild-copy"
    ONBUILD_MOUNT = "onbuild-mount"


@dataclass(frozen=True, slots=True)
class ImageUse:
    """One place where a Dockerfile names an external image. Either `reference` or `unresolved` is set."""

    kind: UseKind
    written: str
    start_line: int
    """Of the whole instruction, which an annotation covers."""
    end_line: int
    span: Span
    """The written word's first and last character in the file."""
    reference: Reference | None
    unresolved: str
    """Why there is no reference: ARGs without a value, or what is wrong with the text."""
    args: tuple[ArgDefinition, ...]
    """The ARGs it was resolved through, each before those its default uses; ENVs in a stage likewise."""
    stage: int | None
    platform: str | None = None
    """What `FROM --platform` resolves to; None without it, or when it depends on an unknown value."""
    resolved: Traced | None = field(default=None, repr=False, compare=False)
    """The text of the reference, each character with its place in the file."""


@dataclass(frozen=True, slots=True)
class _Site:
    kind: UseKind
    word: Traced
    instruction: Instruction
    stage: int


def image_uses(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
) -> list[ImageUse]:
    """List the image uses in file order, resolved with build arguments and else with ARG defaults."""
    if isinstance(platform, str):
        platform = Platform.parse(platform)
    resolved = resolve_stages(dockerfile, build_args or {}, platform or DEFAULT_PLATFORM)
    uses = list(_syntax_use(dockerfile))
    for stage in dockerfile.stages:
        for use in _stage_uses(dockerfile, resolved, stage.index):
            if len(uses) == MAX_USES:
                raise DockerfileError(f"more than {MAX_USES} images are used", use.start_line)
            uses.append(use)
    return uses


def _syntax_use(dockerfile: Dockerfile) -> Iterator[ImageUse]:
    for directive in dockerfile.directive_list:
        if directive.name == "syntax":
            # What follows the first space is for the frontend.
            word = directive.word[: len(directive.value.partition(" ")[0])]
            yield _use(UseKind.SYNTAX, word, (directive.line, directive.line), Resolution(word), None)


def _stage_uses(dockerfile: Dockerfile, resolved: Resolved, index: int) -> Iterator[ImageUse]:
    base = resolved.bases[index]
    first = dockerfile.stages[index].instructions[0]
    if base.parent is None and not _is_scratch(base.image):
        word = split_fields(first.body)[0]
        yield _use(UseKind.FROM, word, _lines(first), base.image, index, base.platform)
    scope = resolved.stage_scope(index)
    for instruction in dockerfile.stages[index].instructions[1:]:
        for site in _sites(instruction, index):
            image = _resolve(site.word, scope)
            name = image.word.text if image.word is not None else ""
            if not (_is_scratch(image) or is_stage_number(name) or find_stage(dockerfile, name)):
                yield _use(site.kind, site.word, _lines(instruction), image, index)
        if scope is not None:
            scope.declare(instruction, resolved.outer)


def _sites(instruction: Instruction, stage: int) -> Iterator[_Site]:
    runs = instruction.nested or instruction
    onbuild = instruction.nested is not None
    if runs.cmd == "COPY":
        kind = UseKind.ONBUILD_COPY if onbuild else UseKind.COPY
        for word in runs.flag_values("from"):
            if word.text:
                yield _Site(kind, word, instruction, stage)
    elif runs.cmd == "RUN":
        kind = UseKind.ONBUILD_MOUNT if onbuild else UseKind.MOUNT
        for mount in runs.flag_values("mount"):
            source = mount_source(mount)
            if source is not None and source.text:
                yield _Site(kind, source, instruction, stage)


def mount_source(mount: Traced) -> Traced | None:
    """`type=bind,from=alpine:3` → `alpine:3`; the value is one CSV record, of a repeated key the last."""
    source = None
    for part in _csv_fields(mount):
        key, equals, _ = part.text.partition("=")
        if equals and key.lower() == "from":
            source = part[len(key) + 1 :]
    return source


def _csv_fields(record: Traced) -> Iterator[Traced]:
    kept: list[int] = []
    quoted = False
    for index, char in enumerate(record.text):
        if char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            yield record.pick(kept)
            kept = []
        else:
            kept.append(index)
    yield record.pick(kept)


def _resolve(word: Traced, scope: Scope | None) -> Resolution:
    # BuildKit knows no variables here and says so; buildah does, with the scope of the stage.
    return Resolution(word) if scope is None else scope.resolve(word)


def _use(
    kind: UseKind,
    word: Traced,
    lines: tuple[int, int],
    image: Resolution,
    stage: int | None,
    platform: str | None = None,
) -> ImageUse:
    reference, unresolved = None, image.unresolved
    if image.word is not None:
        try:
            reference = Reference.parse(image.word.text)
        except InvalidReference as exc:
            names = ", ".join(image.undeclared)
            unresolved = f"no ARG in scope declares {names}: {exc}" if names else str(exc)
    return ImageUse(
        kind=kind,
        written=word.text,
        start_line=lines[0],
        end_line=lines[1],
        span=word.span or (0, 0),
        reference=reference,
        unresolved=unresolved,
        args=image.args,
        stage=stage,
        platform=platform,
        resolved=image.word,
    )


def _lines(instruction: Instruction) -> tuple[int, int]:
    return instruction.start_line, instruction.end_line


def _is_scratch(image: Resolution) -> bool:
    return image.word is not None and image.word.text == "scratch"
