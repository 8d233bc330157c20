"""Group instructions into stages, and tell which stages a target is made of.

Follows https://docs.docker.com/build/building/multi-stage/; names are compared without regard to case.
"""

import re

from bot.dockerfile.arguments import split_words
from bot.dockerfile.checks import stage_name
from bot.dockerfile.errors import BeyondLimits, DockerfileError
from bot.dockerfile.model import ArgDefinition, Dockerfile, Instruction, Stage

MAX_STAGES = 1_000
_NUMBER = re.compile(r"[+-]?[0-9]+")


def group_stages(instructions: tuple[Instruction, ...], escape: str) -> tuple[Stage, ...]:
    """Cut the instructions at each FROM; only ARG may come before the first."""
    starts = [index for index, instruction in enumerate(instructions) if instruction.cmd == "FROM"]
    head = instructions[: starts[0]] if starts else instructions
    for instruction in head:
        if instruction.cmd != "ARG":
            raise DockerfileError(f"{instruction.cmd} before the first FROM", instruction.start_line)
    if not starts:
        raise DockerfileError("there is no FROM, so nothing to build")
    if len(starts) > MAX_STAGES:
        raise BeyondLimits(f"more than {MAX_STAGES} stages", instructions[starts[MAX_STAGES]].start_line)
    args = tuple(definition for each in head for definition in arg_definitions(each, escape))
    ends = [*starts[1:], len(instructions)]
    return tuple(
        _stage(index, instructions[start:end], args)
        for index, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def _stage(index: int, instructions: tuple[Instruction, ...], args: tuple[ArgDefinition, ...]) -> Stage:
    first = instructions[0]
    return Stage(
        index=index,
        name=stage_name(first),
        base=first.args[0],
        platform=first.flag("platform") or "",
        instructions=instructions,
        start_line=first.start_line,
        end_line=instructions[-1].end_line,
        global_args=args,
    )


def arg_definitions(instruction: Instruction, escape: str) -> list[ArgDefinition]:
    """Read the names and defaults of an ARG instruction."""
    found = []
    for word in split_words(instruction.body, escape):
        name, equals, default = word.text.partition("=")
        span = word[len(name) + 1 :].span
        found.append(ArgDefinition(name, instruction.start_line, default if equals else None, span))
    return found


def is_stage_number(name: str) -> bool:
    """Say whether `COPY --from=` takes the name for the number of a stage."""
    return _NUMBER.fullmatch(name) is not None


def find_target(dockerfile: Dockerfile, name: str) -> Stage | None:
    """Find the stage that a build ends with: the last without a name. BuildKit takes no number for one here."""
    if not name:
        return dockerfile.stages[-1]
    return None if is_stage_number(name) else find_stage(dockerfile, name)


def find_stage(dockerfile: Dockerfile, name: str) -> Stage | None:
    """Find a stage by number or name; of stages with the same name the last one counts."""
    if is_stage_number(name):
        # More digits than a stage can have are no stage, and a hostile number is not even converted.
        number = int(name) if len(name) < 10 else -1
        return dockerfile.stages[number] if 0 <= number < len(dockerfile.stages) else None
    wanted = name.lower()
    return next((stage for stage in reversed(dockerfile.stages) if wanted and stage.name == wanted), None)
