"""Resolve what each stage is FROM, and which stages a target is made of.

Follows https://docs.docker.com/build/building/multi-stage/.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dockerfile.arguments import split_fields
from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.model import Dockerfile, Stage
from bot.dockerfile.scope import Resolution, Scope, global_scope, stage_scope
from bot.dockerfile.stages import find_stage
from bot.image.platform import DEFAULT_PLATFORM, Platform


@dataclass(frozen=True, slots=True)
class Base:
    """What a stage builds on: an earlier stage, or else an image."""

    image: Resolution
    parent: int | None
    platform: str | None


@dataclass(slots=True)
class Resolved:
    """The bases of all stages, and the scopes inside them as far as they are needed."""

    dockerfile: Dockerfile
    outer: Scope
    bases: list[Base]
    _ends: dict[int, Scope] = field(default_factory=dict)

    def stage_scope(self, index: int) -> Scope | None:
        """Start the scope of a stage for the caller to fill; None when no word of the file depends on it.

        Stages are asked for in order, so that a parent's scope is complete when its child begins.
        """
        if not _uses_variables(self.dockerfile):
            return None
        parent = self.bases[index].parent
        scope = stage_scope(self.outer, None if parent is None else self._ends[parent])
        self._ends[index] = scope
        return scope


def resolve_stages(dockerfile: Dockerfile, build_args: Mapping[str, str], platform: Platform) -> Resolved:
    """Resolve the FROM of every stage; one that names an earlier stage builds on the last of that name."""
    outer = global_scope(dockerfile, build_args, platform)
    earlier: dict[str, int] = {}
    bases = []
    for stage in dockerfile.stages:
        first = stage.instructions[0]
        image = outer.resolve(split_fields(first.body)[0])
        parent = earlier.get(image.word.text.lower()) if image.word is not None else None
        wanted = [outer.resolve(word).word for word in first.flag_values("platform")]
        bases.append(Base(image, parent, wanted[0].text if wanted and wanted[0] else None))
        if stage.name:
            earlier[stage.name] = stage.index
    return Resolved(dockerfile, outer, bases)


def final_chain(
    dockerfile: Dockerfile, target: str | None = None, build_args: Mapping[str, str] | None = None
) -> list[Stage]:
    """List the target (by name or number, else the last stage) and the stages it is FROM, target first."""
    stage = dockerfile.stages[-1] if target is None else find_stage(dockerfile, target)
    if stage is None:
        raise DockerfileError(f"there is no stage {target!r}")
    bases = resolve_stages(dockerfile, build_args or {}, DEFAULT_PLATFORM).bases
    chain = [stage]
    while (parent := bases[chain[-1].index].parent) is not None:
        chain.append(dockerfile.stages[parent])
    return chain


def copied_stages(dockerfile: Dockerfile, stage: Stage) -> list[Stage]:
    """List the earlier stages that a stage copies from, each once, in the order of first use."""
    found = {}
    for instruction in stage.instructions:
        name = instruction.flag("from") if instruction.cmd == "COPY" else None
        source = find_stage(dockerfile, name) if name else None
        if source is not None and source.index < stage.index:
            found[source.index] = source
    return list(found.values())


def _uses_variables(dockerfile: Dockerfile) -> bool:
    """Say whether any `--from` or `--mount` holds something to expand."""
    return any(
        char in flag
        for instruction in dockerfile.instructions
        for flag in (instruction.nested or instruction).flags
        for char in ("$", "'", '"', dockerfile.escape)
    )
