"""One side of a target: what a Dockerfile says its final stage is made from, before any image is looked at."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from bot.change import FileVersion
from bot.dockerfile import (
    Dockerfile,
    DockerfileError,
    ImageUse,
    Instruction,
    PackageCommand,
    Stage,
    UseKind,
    Verb,
    final_chain,
    image_uses,
    package_commands,
    parse,
)
from bot.dockerfile.resolve import resolve_stages
from bot.dockerfile.stages import find_stage
from bot.image.platform import DEFAULT_PLATFORM
from bot.inspection import ArgValue, Base, DockerfileState, Gap, Location, PackageStep, SyntaxProblem
from bot.inventory import SkipKind, Skipped

NOT_YET = "not looked at yet"
MAX_COMMANDS = 2_000
ARCHIVE = re.compile(r"\.(tar|tgz|tbz2?|txz|tar\.[a-z0-9]{1,4})$", re.IGNORECASE)
IMAGE_COPIES = (UseKind.COPY, UseKind.ONBUILD_COPY)


def dockerfile_state(version: FileVersion, build_args: Mapping[str, str]) -> DockerfileState:
    """Read one version of a Dockerfile; what is wrong with it becomes part of the state."""
    if version.content is None:
        reason = version.problem or "it was not read"
        return _broken(version, reason, None)
    try:
        dockerfile = parse(version.content)
        return _state(version, dockerfile, build_args)
    except DockerfileError as exc:
        return _broken(version, exc.reason, exc.line)


def _broken(version: FileVersion, reason: str, line: int | None) -> DockerfileState:
    location = Location(version.path, line or 1, line or 1)
    return DockerfileState(version.path, version.blob, problem=SyntaxProblem(reason, location))


def _state(version: FileVersion, dockerfile: Dockerfile, build_args: Mapping[str, str]) -> DockerfileState:
    chain = final_chain(dockerfile, build_args=build_args)
    copied = _copied_whole(dockerfile, chain, build_args)
    # A chain is listed from the target down; its instructions run from the bottom up.
    instructions = [instruction for stage in reversed(chain) for instruction in stage.instructions]
    before = [instruction for stage in reversed(copied) for instruction in stage.instructions]
    uses = image_uses(dockerfile, build_args)
    shipped = {stage.index for stage in (*chain, *copied)}
    bases = tuple(_bases(version.path, dockerfile, uses, shipped))
    # Of several images laid over each other it is not known which of them an upgrade mends.
    several = sum(base.shipped for base in bases) > 1
    steps = tuple(_steps(version.path, [*before, *instructions]))
    return DockerfileState(
        path=version.path,
        blob=version.blob,
        bases=bases,
        steps=() if several else steps,
        gaps=tuple(_gaps(version.path, dockerfile, uses, shipped, instructions)),
    )


def _copied_whole(
    dockerfile: Dockerfile, chain: Sequence[Stage], build_args: Mapping[str, str]
) -> list[Stage]:
    """Stages whose whole file system the final stage takes over: what they are made from is shipped as well."""
    parents = [base.parent for base in resolve_stages(dockerfile, build_args, DEFAULT_PLATFORM).bases]
    found: dict[int, Stage] = {}
    waiting = list(chain)
    while waiting:
        for instruction in waiting.pop().instructions:
            name = instruction.flag("from") if instruction.cmd == "COPY" else None
            stage = find_stage(dockerfile, name) if name and _copies_root(instruction) else None
            while stage is not None and stage.index not in found:
                found[stage.index] = stage
                waiting.append(stage)
                parent = parents[stage.index]
                stage = None if parent is None else dockerfile.stages[parent]
    return list(found.values())


def _whole_copies(dockerfile: Dockerfile, shipped: set[int]) -> Iterator[int]:
    """Lines of what is shipped that copy everything from somewhere, which is as good as a FROM."""
    for index in shipped:
        for instruction in dockerfile.stages[index].instructions:
            if instruction.cmd == "COPY" and _copies_root(instruction):
                yield instruction.start_line


def _copies_root(instruction: Instruction) -> bool:
    return any(map(_is_root, instruction.args[:-1]))


def _is_root(source: str) -> bool:
    """`/`, `.`, `/*`: everything there is."""
    return posixpath.normpath("/" + source.strip("\"'").lstrip("/")) in ("/", "/*", "/**")


def _bases(path: str, dockerfile: Dockerfile, uses: Sequence[ImageUse], shipped: set[int]) -> Iterator[Base]:
    whole = set(_whole_copies(dockerfile, shipped))
    for use in uses:
        taken = use.kind is UseKind.FROM or (use.kind is UseKind.COPY and use.start_line in whole)
        if not taken or use.stage is None:
            continue
        yield Base(
            written=use.written,
            reference=str(use.reference.normalized()) if use.reference else "",
            location=Location(path, use.start_line, use.end_line),
            args=tuple(ArgValue(arg.name, arg.default or "", arg.line) for arg in use.args),
            stage=dockerfile.stages[use.stage].name or str(use.stage),
            shipped=use.stage in shipped,
            platform=use.platform or "",
            missing=None if use.reference else _why_not(use),
        )


def _why_not(use: ImageUse) -> Skipped:
    """What only the builder knows may be excused; what is no reference at all may not."""
    kind = SkipKind.UNRESOLVED if use.resolved is None else SkipKind.UNREADABLE
    return Skipped(use.written, use.unresolved, kind)


def _steps(path: str, instructions: Sequence[Instruction]) -> Iterator[PackageStep]:
    count = 0
    for instruction in instructions:
        for command in package_commands(instruction):
            count += 1
            if count > MAX_COMMANDS:
                raise DockerfileError(f"more than {MAX_COMMANDS} package manager commands", command.line)
            if command.verb is not Verb.UPDATE_INDEX:
                yield step_of(command, path)


def step_of(command: PackageCommand, path: str) -> PackageStep:
    """A package manager command as the judge sees it; a word with a variable stays as written and names nothing."""
    packages = tuple((word.name, word.version) for word in command.packages)
    where = Location(path, command.line, command.line)
    return PackageStep(command.manager, command.verb.value, packages, where, command.certain)


def _gaps(
    path: str,
    dockerfile: Dockerfile,
    uses: Sequence[ImageUse],
    shipped: set[int],
    instructions: Sequence[Instruction],
) -> Iterator[Gap]:
    for instruction in instructions:
        for what, line in installs(instruction):
            yield Gap(what, NOT_YET, Location(path, line, line))
    for instruction in instructions:
        if instruction.cmd == "ADD" and (sources := _unpacked(instruction)):
            yield Gap(f"what ADD brings: {sources}", NOT_YET, _lines(path, instruction))
    for instruction in instructions:
        if (stage := _copied_from(dockerfile, instruction)) is not None:
            yield Gap(f"files copied from stage {stage}", NOT_YET, _lines(path, instruction))
    for use in uses:
        if use.kind in IMAGE_COPIES and use.stage in shipped:
            location = Location(path, use.start_line, use.end_line)
            yield Gap(f"files copied from image {use.written}", NOT_YET, location)


def _unpacked(instruction: Instruction) -> str:
    """The sources of an ADD that are fetched or unpacked, in words: they may hold a whole file system."""
    sources = [word for word in instruction.args[:-1] if "://" in word or ARCHIVE.search(word)]
    return ", ".join(sources[:3])


def _copied_from(dockerfile: Dockerfile, instruction: Instruction) -> str | None:
    """The stage a COPY takes its files from, by name or number."""
    name = instruction.flag("from") if instruction.cmd == "COPY" else None
    stage = find_stage(dockerfile, name) if name else None
    return (stage.name or str(stage.index)) if stage else None


def _lines(path: str, instruction: Instruction) -> Location:
    return Location(path, instruction.start_line, instruction.end_line)


def installs(instruction: Instruction) -> Iterator[tuple[str, int]]:
    """What a RUN installs, in words, and the line that does."""
    for command in package_commands(instruction):
        if command.verb is Verb.INSTALL:
            yield _installed(command), command.line


def _installed(command: PackageCommand) -> str:
    names = [word.name for word in command.packages] + list(command.files)
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    return f"{command.manager} install of {shown}" if shown else f"{command.manager} install"
