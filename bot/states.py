"""One side of a target: what a Dockerfile says its final stage is made from, before any image is looked at."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.builds import Given, Variant
from bot.change import Contents, FileVersion
from bot.dockerfile import (
    ArgDefinition,
    BeyondLimits,
    Dockerfile,
    DockerfileError,
    ImageUse,
    Instruction,
    PackageCommand,
    UseKind,
    lasting_commands,
    parse,
)
from bot.dockerfile.calls import is_plain_shell
from bot.dockerfile.shipped import Shipped
from bot.dockerfile.sources import Source
from bot.dockerfile.uses import find_uses
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.inspection import ArgValue, Base, DockerfileState, Gap, Location, PackageStep, SyntaxProblem
from bot.inventory import SkipKind, Skipped
from bot.landing.further import content_of_further
from bot.landing.images import Taken, is_looked_at, taken_from_images
from bot.landing.predict import NOT_YET
from bot.landing.ways import Way, ways_of
from bot.manifests.model import BuildArg
from bot.standins import more_ways

NOTHING = Contents()
CHOSEN_ELSEWHERE = "?"
"""Stands for the version that an option may choose."""
MAX_COMMANDS = 2_000
ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.[a-z0-9]{1,4})$", re.IGNORECASE)
OWN_FRONTENDS = ("docker.io/docker/dockerfile", "docker.io/docker/dockerfile-upstream")
COPIES = (UseKind.COPY, UseKind.ONBUILD_COPY)


@dataclass(frozen=True, slots=True)
class Target:
    """One side of a target as its Dockerfile says, before any image and any lockfile is looked at."""

    state: DockerfileState
    ways: tuple[Way, ...] = ()
    """How it is built; none of a file that cannot be read."""
    taken: tuple[Taken, ...] = ()
    """Images of which it takes some files."""


def read_target(
    version: FileVersion,
    build_args: Mapping[str, str],
    platform: Platform = DEFAULT_PLATFORM,
    given: Iterable[Given] = (),
    contents: Contents = NOTHING,
) -> Target:
    """Read one version of a Dockerfile; what is wrong with it becomes part of the state.

    `given` are the values files give to its `ARG`s; `build_args` stand in where they give none. `contents` tell builds
    that are not looked at from others.
    """
    if version.content is None:
        reason = version.problem or "it was not read"
        return Target(_broken(version, DockerfileError(reason)))
    try:
        dockerfile = parse(version.content)
        ways, beyond = ways_of(dockerfile, given, build_args, platform)
        built = [_state(version, dockerfile, way) for way in ways]
        state = _together(built, [way.variant for way in ways])
        if beyond:
            content = content_of_further(version, ways, beyond, platform, contents)
            state = replace(state, bases=(*state.bases, more_ways(version.path, beyond, len(ways), content)))
        taken = [each for way in ways for each in taken_from_images(version.path, way)]
        return Target(state, tuple(ways), tuple(dict.fromkeys(taken)))
    except DockerfileError as exc:
        return Target(_broken(version, exc))


def dockerfile_state(
    version: FileVersion,
    build_args: Mapping[str, str],
    platform: Platform = DEFAULT_PLATFORM,
    given: Iterable[Given] = (),
) -> DockerfileState:
    """Read one version of a Dockerfile as far as it alone tells."""
    return read_target(version, build_args, platform, given).state


def _together(built: Sequence[DockerfileState], ways: Sequence[Variant]) -> DockerfileState:
    """One state of the ways a Dockerfile is built: what they share once, what differs by its builder's name."""
    first = built[0]
    bases = [base for base in first.bases if all(base in state.bases for state in built)]
    shared = frozenset(bases)
    gaps = list(dict.fromkeys(gap for state in built for gap in state.gaps))
    for state, way in zip(built, ways, strict=True):
        label = way.given.label if way.given else ""
        for base in (base for base in state.bases if base not in shared):
            if not base.shipped and any(replace(base, shipped=True) in other.bases for other in built):
                # It is listed as part of the image that another build makes.
                continue
            if base.missing is not None and _is_known_otherwise(base, built):
                gaps.append(Gap(f"{base.written} for {label}", base.missing.why, base.location))
            elif not any(_is_same_image(base, other) for other in bases):
                bases.append(replace(base, part=label))
        gaps += [_unknown_value(first.path, arg, label) for arg in way.unknown]
    return replace(
        first,
        bases=tuple(bases),
        gaps=tuple(gaps),
        # Which instructions run then depends on who builds, so they mend nothing.
        overlaid=any(state.overlaid or state.steps != first.steps for state in built),
    )


def _unknown_value(path: str, arg: BuildArg, label: str) -> Gap:
    """A default stands in for a value that is only known when the build runs."""
    return Gap(f"what {label} gives to {arg.name}", arg.unresolved, Location(path, 1, 1))


def _is_known_otherwise(base: Base, built: Iterable[DockerfileState]) -> bool:
    """Whether another way of building gives an image at the same place."""
    others = (other for state in built for other in state.bases)
    return any(other.location == base.location and other.reference for other in others)


def _is_same_image(base: Base, other: Base) -> bool:
    """Whether two values come to the same image, at the same place."""
    return bool(base.reference) and replace(base, args=(), part="") == replace(other, args=(), part="")


def _broken(version: FileVersion, error: DockerfileError) -> DockerfileState:
    location = Location(version.path, error.line or 1, error.line or 1)
    problem = SyntaxProblem(error.reason, location, isinstance(error, BeyondLimits))
    return DockerfileState(version.path, version.blob, problem=problem)


def _state(version: FileVersion, dockerfile: Dockerfile, way: Way) -> DockerfileState:
    shipped = way.shipped
    uses = find_uses(dockerfile, way.resolved, way.sources)
    return DockerfileState(
        path=version.path,
        blob=version.blob,
        bases=(
            *_bases(version.path, dockerfile, uses, shipped, way.variant.given),
            *_unknown_stage(version.path, way),
        ),
        steps=tuple(package_steps(version.path, shipped.lasting)),
        gaps=tuple(_gaps(version.path, shipped, uses, way.sources)),
        overlaid=shipped.overlaid,
    )


def _bases(
    path: str, dockerfile: Dockerfile, uses: Iterable[ImageUse], shipped: Shipped, given: Given | None
) -> Iterator[Base]:
    for use in uses:
        copied = use.kind is not UseKind.FROM
        if use.stage is None or (copied and not (use.whole and _acts(use.kind, use.stage, shipped))):
            continue
        missing = _why_not(use)
        yield Base(
            written=use.written,
            reference=str(use.reference.normalized()) if use.reference and not missing else "",
            location=Location(path, use.start_line, use.end_line),
            args=tuple(_arg_value(arg, given) for arg in use.args),
            stage=dockerfile.stages[use.stage].name or str(use.stage),
            shipped=shipped.has(use.stage),
            copied=copied,
            platform=use.platform or "",
            missing=missing,
        )


def _unknown_stage(path: str, way: Way) -> Iterator[Base]:
    """What stands for a stage nobody knows: like an image that cannot be resolved, nothing is known of it."""
    if way.unknown is not None:
        given = way.variant.given
        yield Base(
            written=way.unknown.what,
            reference="",
            location=Location(given.path, given.line, given.line) if given else Location(path, 1, 1),
            args=(),
            stage=way.target.name or str(way.target.index),
            shipped=True,
            # No other stage begins with it.
            copied=True,
            missing=way.unknown,
        )


def _arg_value(arg: ArgDefinition, given: Given | None) -> ArgValue:
    chosen = given.arg(arg.name) if given and arg.overridden else None
    if given is None or chosen is None:
        return ArgValue(arg.name, arg.default or "", arg.line)
    return ArgValue(arg.name, chosen.value, chosen.line, given.path)


def _acts(kind: UseKind, stage: int, shipped: Shipped) -> bool:
    """Whether an instruction of a stage runs for the target: a trigger does where its stage is built on."""
    return stage in shipped.triggered if kind is UseKind.ONBUILD_COPY else shipped.has(stage)


def _why_not(use: ImageUse) -> Skipped | None:
    """What only the builder knows may be excused; what is no reference at all may not."""
    if use.reference is None:
        kind = SkipKind.UNRESOLVED if use.resolved is None else SkipKind.UNREADABLE
        return Skipped(use.written, use.unresolved, kind)
    if use.unknown_platform:
        return Skipped(use.written, f"its platform: {use.unknown_platform}", SkipKind.UNRESOLVED)
    return None


def package_steps(path: str, instructions: Iterable[Instruction]) -> Iterator[PackageStep]:
    """Package manager commands as the judge sees them; a SHELL that is none leaves doubt about what follows."""
    count, plain = 0, True
    for instruction in instructions:
        if instruction.cmd == "SHELL":
            plain = is_plain_shell(instruction.args)
        for command in lasting_commands(instruction):
            count += 1
            if count > MAX_COMMANDS:
                raise BeyondLimits(f"more than {MAX_COMMANDS} package manager commands", command.line)
            yield _step(command, path, command.certain and (plain or instruction.json))


def _step(command: PackageCommand, path: str, certain: bool) -> PackageStep:
    """A word with a variable stays as written and names nothing."""
    unversioned = CHOSEN_ELSEWHERE if command.aimed else ""
    packages = tuple((word.name, word.version or unversioned) for word in command.packages)
    where = Location(path, command.line, command.line)
    return PackageStep(command.manager, command.verb.value, packages, where, certain)


def _gaps(path: str, shipped: Shipped, uses: Iterable[ImageUse], sources: Iterable[Source]) -> Iterator[Gap]:
    for instruction in shipped.instructions:
        if instruction.cmd == "ADD" and (added := _unpacked(instruction)):
            yield Gap(f"what ADD brings: {added}", NOT_YET, _lines(path, instruction))
    for source in sources:
        # What stages hold is followed; of an image that is copied by path, that path is looked at.
        if source.taken is None and shipped.has(source.stage) and not is_looked_at(source):
            yield Gap(_taken(source), NOT_YET, _lines(path, source.instruction))
    for use in uses:
        if use.kind is UseKind.SYNTAX and not (use.reference and use.reference.name in OWN_FRONTENDS):
            what = f"what the frontend {use.written} makes of this file"
            yield Gap(what, NOT_YET, Location(path, use.start_line, use.end_line))


def _taken(source: Source) -> str:
    done = "copied" if source.kind in COPIES else "mounted"
    return f"files {done} from image {source.word.text}"


def _unpacked(instruction: Instruction) -> str:
    """The sources of an ADD that are fetched or unpacked, in words: they may hold a whole file system."""
    sources = [word for word in instruction.args[:-1] if "://" in word or ARCHIVE.search(word)]
    return ", ".join(sources[:3])


def _lines(path: str, instruction: Instruction) -> Location:
    return Location(path, instruction.start_line, instruction.end_line)
