"""Resolve what each stage is FROM, and which stages a target is made of.

Follows https://docs.docker.com/build/building/multi-stage/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dockerfile.arguments import split_fields
from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.model import Dockerfile, Instruction, Stage
from bot.dockerfile.scope import Resolution, Scope, global_scope, stage_scope
from bot.dockerfile.stages import find_stage
from bot.image.platform import DEFAULT_PLATFORM, Platform


@dataclass(frozen=True, slots=True)
class Base:
    """What a stage builds on: an earlier stage, or else an image."""

    image: Resolution
    parent: int | None
    platform: Resolution | None
    """What `--platform` says; None without it."""


@dataclass(slots=True)
class Resolved:
    """The bases of all stages, and the scopes inside them as far as they are needed."""

    dockerfile: Dockerfile
    outer: Scope
    bases: list[Base]
    has_variables: bool
    """Whether a word inside a stage, of those that matter here, holds something to expand."""
    _ends: dict[int, Scope] = field(default_factory=dict)

    def stage_scope(self, index: int) -> Scope | None:
        """Start the scope of a stage for the caller to fill; None when no word of the file depends on it.

        Stages are asked for in order, so that a parent's scope is complete when its child begins.
        """
        if not self.has_variables:
            return None
        parent = self.bases[index].parent
        scope = stage_scope(self.outer, None if parent is None else self._ends[parent])
        self._ends[index] = scope
        return scope

    def chain(self, stage: Stage) -> list[Stage]:
        """List a stage and the stages it is FROM, the stage first."""
        chain = [stage]
        while (parent := self.bases[chain[-1].index].parent) is not None:
            chain.append(self.dockerfile.stages[parent])
        return chain


def resolve_stages(
    dockerfile: Dockerfile, build_args: Mapping[str, str], platform: Platform, target: Stage | None = None
) -> Resolved:
    """Resolve the FROM of every stage; one that names an earlier stage builds on the last of that name.

    `target` is the stage that is built, the last unless told otherwise.
    """
    outer = global_scope(dockerfile, build_args, platform, (target or dockerfile.stages[-1]).name)
    earlier: dict[str, int] = {}
    bases = []
    for stage in dockerfile.stages:
        first = stage.instructions[0]
        image = outer.resolve(split_fields(first.body)[0])
        parent = earlier.get(image.word.text.lower()) if image.word is not None else None
        platforms = [outer.resolve(word) for word in first.flag_values("platform")]
        bases.append(Base(image, parent, platforms[0] if platforms else None))
        if stage.name:
            earlier[stage.name] = stage.index
    return Resolved(dockerfile, outer, bases, _uses_variables(dockerfile))


def final_chain(
    dockerfile: Dockerfile, target: str | None = None, build_args: Mapping[str, str] | None = None
) -> list[Stage]:
    """List the target (by name or number, else the last stage) and the stages it is FROM, target first."""
    stage = dockerfile.stages[-1] if target is None else find_stage(dockerfile, target)
    if stage is None:
        raise DockerfileError(f"there is no stage {target!r}")
    return resolve_stages(dockerfile, build_args or {}, DEFAULT_PLATFORM).chain(stage)


def _uses_variables(dockerfile: Dockerfile) -> bool:
    """Say whether any `--from`, `--mount` or source of a COPY holds something to expand."""
    return any(
        char in word
        for instruction in dockerfile.instructions
        for word in _expandable(instruction.nested or instruction)
        for char in ("$", "'", '"', dockerfile.escape)
    )


def _expandable(instruction: Instruction) -> tuple[str, ...]:
    sources = instruction.args if instruction.cmd == "COPY" and instruction.flag("from") else ()
    return (*instruction.flags, *sources)
