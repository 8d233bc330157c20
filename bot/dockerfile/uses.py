"""Find the images a Dockerfile uses: FROM, COPY --from, RUN --mount=from, ONBUILD and `# syntax=`.

Follows https://docs.docker.com/reference/dockerfile/. Stage names and numbers and `scratch` are no images.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from bot.dockerfile.arguments import split_fields
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.model import ArgDefinition, Dockerfile, Instruction, Span, Stage
from bot.dockerfile.resolve import Base, Resolved, resolve_stages
from bot.dockerfile.scope import Resolution
from bot.dockerfile.sources import Source, UseKind, read_sources
from bot.dockerfile.traced import Traced
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import InvalidReference, Reference

MAX_USES = 5_000


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
    unknown_platform: str = ""
    """Why the platform is not known, when it is not."""
    whole: bool = False
    """A COPY of everything the image has."""
    resolved: Traced | None = field(default=None, repr=False, compare=False)
    """The text of the reference, each character with its place in the file."""


def image_uses(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
) -> list[ImageUse]:
    """List the image uses in file order, resolved with build arguments and else with ARG defaults."""
    if isinstance(platform, str):
        platform = Platform.parse(platform)
    resolved = resolve_stages(dockerfile, build_args or {}, platform or DEFAULT_PLATFORM)
    return find_uses(dockerfile, resolved, read_sources(dockerfile, resolved))


def find_uses(dockerfile: Dockerfile, resolved: Resolved, sources: Iterable[Source]) -> list[ImageUse]:
    """List the image uses of a Dockerfile that was resolved before, in file order."""
    images: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        if source.taken is None:
            images[source.stage].append(source)
    uses = list(_syntax_use(dockerfile))
    for stage in dockerfile.stages:
        for use in _stage_uses(stage, resolved.bases[stage.index], images[stage.index]):
            if len(uses) == MAX_USES:
                raise BeyondLimits(f"more than {MAX_USES} images are used", use.start_line)
            uses.append(use)
    return uses


def _syntax_use(dockerfile: Dockerfile) -> Iterator[ImageUse]:
    for directive in dockerfile.directive_list:
        if directive.name == "syntax":
            # What follows the first space is for the frontend.
            word = directive.word[: len(directive.value.partition(" ")[0])]
            yield _use(UseKind.SYNTAX, word, (directive.line, directive.line), Resolution(word), None)


def _stage_uses(stage: Stage, base: Base, sources: Iterable[Source]) -> Iterator[ImageUse]:
    first = stage.instructions[0]
    if base.parent is None and not _is_scratch(base.image):
        word = split_fields(first.body)[0]
        use = _use(UseKind.FROM, word, _lines(first), base.image, stage.index)
        yield use if base.platform is None else _on_platform(use, base.platform)
    for source in sources:
        lines = _lines(source.instruction)
        yield replace(_use(source.kind, source.word, lines, source.image, source.stage), whole=source.whole)


def _on_platform(use: ImageUse, platform: Resolution) -> ImageUse:
    if platform.word is None:
        return replace(use, unknown_platform=platform.unresolved)
    return replace(use, platform=platform.word.text)


def _use(
    kind: UseKind,
    word: Traced,
    lines: tuple[int, int],
    image: Resolution,
    stage: int | None,
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
        resolved=image.word,
    )


def _lines(instruction: Instruction) -> tuple[int, int]:
    return instruction.start_line, instruction.end_line


def _is_scratch(image: Resolution) -> bool:
    return image.word is not None and image.word.text == "scratch"
