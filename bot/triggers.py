"""ONBUILD triggers of a base image: instructions it makes every Dockerfile that builds on it run first."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.dockerfile import Dockerfile, DockerfileError, Instruction, parse
from bot.dockerfile.copies import Trigger
from bot.inspection import Base, Gap, Location, PackageStep
from bot.landing.predict import NOT_YET
from bot.states import package_steps

MOST_TRIGGERS = 100


def trigger_steps(base: Base) -> Iterator[PackageStep]:
    """Package manager commands in the triggers, standing at the FROM that pulls them in."""
    for step in package_steps(base.location.path, _instructions(base)[0]):
        yield replace(step, location=base.location, from_trigger=True)


def trigger_gaps(base: Base) -> Iterator[Gap]:
    """What the triggers bring that is not looked at, at the same place."""
    instructions, unread = _instructions(base)
    for instruction in instructions:
        if instruction.cmd == "COPY" and (source := instruction.flag("from")):
            yield Gap(f"files copied from {source} by a trigger of {base.written}", NOT_YET, base.location)
    if unread:
        yield Gap(f"{unread} ONBUILD triggers of {base.written}", NOT_YET, base.location)


def triggers_of(
    bases: Iterable[Base], dockerfile: Dockerfile
) -> tuple[dict[int, list[Trigger]], dict[str, Location]]:
    """The triggers by the stage that is FROM their image, and the lines they stand at."""
    stages: dict[int, list[Trigger]] = {}
    places: dict[str, Location] = {}
    at = {stage.start_line: stage.index for stage in dockerfile.stages}
    for base in bases:
        stage = at.get(base.location.start_line)
        instructions = _instructions(base)[0]
        if stage is not None and instructions and stage not in stages:
            stages[stage] = [Trigger(base.written, each) for each in instructions]
            places.setdefault(base.written, base.location)
    return stages, places


def _instructions(base: Base) -> tuple[list[Instruction], int]:
    """Return the triggers that apply to what is shipped, and how many could not be read."""
    if base.seen is None or base.copied or not base.shipped:
        return [], 0
    triggers = base.seen.inventory.config.on_build
    read: list[Instruction] = []
    unread = len(triggers[MOST_TRIGGERS:])
    for trigger in triggers[:MOST_TRIGGERS]:
        try:
            read += parse(f"FROM scratch\n{trigger}\n").instructions[1:]
        except DockerfileError:
            unread += 1
    return read, unread
