"""One side of a target: what a Dockerfile says its final stage is made from, before any image is looked at."""

from collections.abc import Iterator, Mapping, Sequence

from bot.change import FileVersion
from bot.dockerfile import (
    Dockerfile,
    DockerfileError,
    ImageUse,
    Instruction,
    PackageCommand,
    UseKind,
    Verb,
    final_chain,
    image_uses,
    package_commands,
    parse,
)
from bot.dockerfile.stages import find_stage
from bot.inspection import ArgValue, Base, DockerfileState, Gap, Location, PackageStep, SyntaxProblem
from bot.inventory import SkipKind, Skipped

NOT_YET = "not looked at yet"
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
    # A chain is listed from the target down; its instructions run from the bottom up.
    instructions = [instruction for stage in reversed(chain) for instruction in stage.instructions]
    uses = image_uses(dockerfile, build_args)
    shipped = {stage.index for stage in chain}
    return DockerfileState(
        path=version.path,
        blob=version.blob,
        bases=tuple(_bases(version.path, dockerfile, uses, shipped)),
        steps=tuple(_steps(version.path, instructions)),
        gaps=tuple(_gaps(version.path, dockerfile, uses, shipped, instructions)),
    )


def _bases(path: str, dockerfile: Dockerfile, uses: Sequence[ImageUse], shipped: set[int]) -> Iterator[Base]:
    for use in uses:
        if use.kind is not UseKind.FROM or use.stage is None:
            continue
        yield Base(
            written=use.written,
            reference=str(use.reference.normalized()) if use.reference else "",
            location=Location(path, use.start_line, use.end_line),
            args=tuple(ArgValue(arg.name, arg.default or "", arg.line) for arg in use.args),
            stage=dockerfile.stages[use.stage].name or str(use.stage),
            shipped=use.stage in shipped,
            platform=use.platform or "",
            missing=None if use.reference else Skipped(use.written, use.unresolved, SkipKind.UNRESOLVED),
        )


def _steps(path: str, instructions: Sequence[Instruction]) -> Iterator[PackageStep]:
    for instruction in instructions:
        for command in package_commands(instruction):
            if command.verb is not Verb.UPDATE_INDEX:
                yield step_of(command, path)


def step_of(command: PackageCommand, path: str) -> PackageStep:
    """A package manager command as the judge sees it; a word with a variable stays as written and names nothing."""
    packages = tuple((word.name, word.version) for word in command.packages)
    return PackageStep(
        command.manager, command.verb.value, packages, Location(path, command.line, command.line)
    )


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
        if (stage := _copied_from(dockerfile, instruction)) is not None:
            yield Gap(f"files copied from stage {stage}", NOT_YET, _lines(path, instruction))
    for use in uses:
        if use.kind in IMAGE_COPIES and use.stage in shipped:
            location = Location(path, use.start_line, use.end_line)
            yield Gap(f"files copied from image {use.written}", NOT_YET, location)


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
