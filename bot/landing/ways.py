"""The ways a Dockerfile is built, each followed to what it ships."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.builds import Given, Variant, deciding_arg_names, variants
from bot.dockerfile import Dockerfile
from bot.dockerfile.model import Stage
from bot.dockerfile.resolve import Resolved, resolve_stages
from bot.dockerfile.shipped import Shipped, what_is_shipped
from bot.dockerfile.sources import Source, read_sources
from bot.dockerfile.stages import find_target
from bot.image.platform import Platform
from bot.inventory import SkipKind, Skipped
from bot.landing.land import Build

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A Dockerfile as one build of it is told to make it."""

    variant: Variant
    resolved: Resolved
    sources: tuple[Source, ...]
    shipped: Shipped
    target: Stage
    """The stage that is built."""
    unknown: Skipped | None = None
    """Why nobody knows which stage that is; the last stands in then, and it has to be said."""

    def build(self, path: str) -> Build:
        """What landing needs to know of it."""
        stages = frozenset(stage.index for stage in self.shipped.stages)
        return Build(path, self.resolved, stages, self.variant.context)


def ways_of(
    dockerfile: Dockerfile, given: Iterable[Given], build_args: Mapping[str, str], platform: Platform
) -> tuple[list[Way], tuple[Variant, ...]]:
    """The different ways to build a Dockerfile, and those beyond the limit."""
    chosen, beyond = variants(deciding_arg_names(dockerfile), given, build_args)
    return [read_way(dockerfile, each, platform) for each in chosen], beyond


def read_way(dockerfile: Dockerfile, variant: Variant, platform: Platform) -> Way:
    """Read a Dockerfile as one build of it is told to make it."""
    named = find_target(dockerfile, variant.target)
    target = named or dockerfile.stages[-1]
    resolved = resolve_stages(dockerfile, variant.build_args, platform, target)
    sources = tuple(read_sources(dockerfile, resolved))
    shipped = what_is_shipped(resolved, sources, target)
    return Way(variant, resolved, sources, shipped, target, None if named else _no_stage(variant.target))


def _no_stage(target: str) -> Skipped:
    """Why a target is no stage: only the builder knows what a variable holds."""
    if "$" in target or "{{" in target:
        why = "which stage is built depends on a value that the file does not tell"
        return Skipped(f"stage {target[:_SHOWN]}", why, SkipKind.UNRESOLVED)
    return Skipped(
        f"stage {target[:_SHOWN]}", "the Dockerfile has no stage of this name", SkipKind.UNREADABLE
    )
