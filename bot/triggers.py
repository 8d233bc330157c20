"""ONBUILD triggers of a base image: instructions it makes every Dockerfile that builds on it run first."""

from collections.abc import Iterator

from bot.dockerfile import DockerfileError, package_commands, parse
from bot.inspection import Base, PackageStep
from bot.states import step_of

MOST_TRIGGERS = 100


def trigger_steps(base: Base) -> Iterator[PackageStep]:
    """Package manager commands in the triggers, standing at the FROM that pulls them in."""
    if base.seen is None or not base.shipped:
        return
    for trigger in base.seen.inventory.config.on_build[:MOST_TRIGGERS]:
        try:
            instructions = parse(f"FROM scratch\n{trigger}\n").instructions[1:]
        except DockerfileError:
            continue
        for instruction in instructions:
            for command in package_commands(instruction):
                step = step_of(command, base.location.path)
                yield PackageStep(step.manager, step.verb, step.packages, base.location, from_trigger=True)
