"""What the rules ask about a Dockerfile: every instruction that acts, where, what it calls, values put in.

Read once from the parsed file, so that a rule is a question and not a second parser.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from bot.dockerfile.calls import Call, find_calls, inner_calls
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.managers import Verb
from bot.dockerfile.model import Dockerfile, Instruction, Stage
from bot.dockerfile.packages import PackageCommand, package_command
from bot.dockerfile.resolve import Resolved, resolve_stages
from bot.dockerfile.scope import Scope, stage_scope
from bot.dockerfile.shipped import Shipped, what_is_shipped
from bot.dockerfile.sources import UseKind, read_sources
from bot.dockerfile.traced import Traced
from bot.dockerfile.uses import ImageUse, find_uses
from bot.image.platform import DEFAULT_PLATFORM

MAX_CALLS = 50_000
"""Calls of one Dockerfile that are looked at, those within substitutions included."""
_EXPANDED = frozenset({"ADD", "COPY", "EXPOSE", "USER", "VOLUME", "WORKDIR"})
_MARKS = ("$", "'", '"')
#: They set what a container runs with, which only what is FROM a stage inherits.
_METADATA = frozenset({"CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "USER", "VOLUME"})


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction that acts: of an ONBUILD, the one it holds."""

    instruction: Instruction
    stage: Stage
    shipped: bool
    """It makes part of what is shipped."""
    final: bool
    """It stands in the stage that is shipped, or in one that it is FROM, and so sets what the container runs with."""
    words: tuple[str | None, ...] = ()
    """Its arguments with variables put in; None for what only the builder, or the base image, knows."""
    calls: tuple[Call, ...] = ()
    """What a RUN calls, in order."""
    inner: tuple[Call, ...] = ()
    """What it calls to make words of other commands: `x $(curl …)`."""
    packages: tuple[tuple[Call, PackageCommand], ...] = ()
    """Those of its calls that are package managers'."""
    trigger: bool = False
    """It stands in an ONBUILD."""

    @property
    def cmd(self) -> str:
        """The instruction's name."""
        return self.instruction.cmd

    @property
    def lines(self) -> tuple[int, int]:
        """Where it stands."""
        return self.instruction.start_line, self.instruction.end_line

    def every_call(self) -> Iterator[Call]:
        """What it calls, and what that calls to make its words."""
        yield from self.calls
        yield from self.inner

    def installs(self) -> Iterator[tuple[Call, PackageCommand]]:
        """Those of its calls that install packages."""
        return (each for each in self.packages if each[1].verb is Verb.INSTALL)


@dataclass(frozen=True, slots=True)
class Facts:
    """A Dockerfile as the rules see it."""

    dockerfile: Dockerfile
    resolved: Resolved
    shipped: Shipped
    steps: tuple[Step, ...]
    final: Stage
    """The stage that is shipped."""
    named: Stage
    """The one that findings call the final stage: of several that are shipped, the first."""
    has_dockerignore: bool | None = None
    """Whether a .dockerignore lies beside the build context; None when nobody looked."""
    ports: Mapping[int, str] = field(default_factory=dict)
    """Ports that should not be exposed, and what listens there."""
    uses: tuple[ImageUse, ...] = ()
    """The images it names."""

    def of(self, *cmds: str) -> Iterator[Step]:
        """The steps of some instructions, in file order."""
        return (step for step in self.steps if step.cmd in cmds)

    def runs(self) -> Iterator[Step]:
        """The RUN instructions."""
        return self.of("RUN")

    def first(self, stage: Stage) -> Step:
        """The FROM of a stage."""
        return next(step for step in self.of("FROM") if step.stage.index == stage.index)

    def images(self) -> Iterator[tuple[Step, ImageUse]]:
        """The images that stages are FROM or copy from, and the instructions that name them."""
        steps = {step.instruction.start_line: step for step in self.steps}
        for use in self.uses:
            if use.kind is not UseKind.SYNTAX and use.start_line in steps:
                yield steps[use.start_line], use


def read_facts(
    dockerfile: Dockerfile,
    build_args: Mapping[str, str],
    has_dockerignore: bool | None,
    ports: Mapping[int, str],
    target: Stage | None = None,
    named: Stage | None = None,
) -> Facts:
    """Walk the Dockerfile once. `target` is the stage that is shipped, the last unless told otherwise; `named` is
    the one that findings call the final stage, where that is another."""
    final = target or dockerfile.stages[-1]
    resolved = resolve_stages(dockerfile, build_args, DEFAULT_PLATFORM, final)
    sources = list(read_sources(dockerfile, resolved))
    shipped = what_is_shipped(resolved, sources, final)
    steps = tuple(_Walk(resolved, shipped, {stage.index for stage in resolved.chain(final)}).steps())
    uses = tuple(find_uses(dockerfile, resolved, sources))
    return Facts(dockerfile, resolved, shipped, steps, final, named or final, has_dockerignore, ports, uses)


class _Walk:
    """One walk over all stages, in file order, with the variables that each instruction sees."""

    def __init__(self, resolved: Resolved, shipped: Shipped, chain: Collection[int]) -> None:
        self.resolved = resolved
        self.shipped = shipped
        self.chain = chain
        self.scopes: dict[int, Scope] = {}
        self.calls = 0

    def steps(self) -> Iterator[Step]:
        for stage in self.resolved.dockerfile.stages:
            parent = self.resolved.bases[stage.index].parent
            above = None if parent is None else self.scopes[parent]
            scope = self.scopes[stage.index] = stage_scope(self.resolved.outer, above)
            for instruction in stage.instructions:
                acting = instruction.nested or instruction
                yield self._step(acting, stage, scope, instruction.nested is not None)
                scope.declare(instruction, self.resolved.outer)

    def _step(self, instruction: Instruction, stage: Stage, scope: Scope, trigger: bool) -> Step:
        calls = tuple(self._counted(find_calls(instruction))) if instruction.cmd == "RUN" else ()
        inner = tuple(self._counted(each for call in calls for each in inner_calls(call)))
        packages = ((call, package_command(call)) for call in calls)
        return Step(
            instruction=instruction,
            stage=stage,
            shipped=stage.index in self.chain
            or (instruction.cmd not in _METADATA and self.shipped.has(stage.index)),
            final=stage.index in self.chain and not trigger,
            words=tuple(_values(instruction, scope)) if instruction.cmd in _EXPANDED else (),
            calls=calls,
            inner=inner,
            packages=tuple((call, found) for call, found in packages if found is not None),
            trigger=trigger,
        )

    def _counted(self, calls: Iterator[Call]) -> Iterator[Call]:
        for call in calls:
            self.calls += 1
            if self.calls > MAX_CALLS:
                raise BeyondLimits(f"more than {MAX_CALLS:,} commands are run", call.line)
            yield call


def _values(instruction: Instruction, scope: Scope) -> Iterator[str | None]:
    """JSON takes away the quotes, and leaves the variables."""
    for word in instruction.args:
        if not any(mark in word for mark in (*_MARKS, scope.escape)):
            yield word
            continue
        value = scope.resolve(Traced.foreign(word)).word
        yield None if value is None else value.text
