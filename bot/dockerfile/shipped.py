"""What the target is made of: the stages it is FROM, those it copies whole, and the instructions that run for it.

Follows https://docs.docker.com/build/building/multi-stage/ and https://docs.docker.com/reference/dockerfile/#onbuild.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.model import Instruction, Stage
from bot.dockerfile.resolve import Resolved
from bot.dockerfile.sources import Source

MAX_INSTRUCTIONS = 20_000
"""Instructions that run for the target; triggers run once for each stage that builds on theirs."""


@dataclass(frozen=True, slots=True)
class Shipped:
    """The target, from the bottom up."""

    stages: tuple[Stage, ...]
    instructions: tuple[Instruction, ...]
    """Of these stages in the order they run, triggers where they run."""
    lasting: tuple[Instruction, ...]
    """Those that no later copy of a whole file system covers."""
    triggered: frozenset[int]
    """Stages whose ONBUILD instructions run in another of these stages."""
    overlaid: bool
    """Several file systems lie over each other, so which of them an instruction changes is not known."""

    def has(self, stage: int | None) -> bool:
        """Whether a stage, by number, is part of the target."""
        return any(each.index == stage for each in self.stages)


def what_is_shipped(resolved: Resolved, sources: Iterable[Source], target: Stage | None = None) -> Shipped:
    """Follow a stage, the last unless told otherwise, down to everything its file system is made from."""
    return _Walk(resolved, sources).walk(target or resolved.dockerfile.stages[-1])


class _Walk:
    """One walk from the target down. A layer is a stage by number, or None for an image."""

    def __init__(self, resolved: Resolved, sources: Iterable[Source]) -> None:
        self.stages = resolved.dockerfile.stages
        self.bases = resolved.bases
        self.copies: dict[tuple[int, bool], list[Source]] = defaultdict(list)
        for source in sources:
            if source.whole:
                self.copies[source.stage, source.is_trigger].append(source)
        self.layers: dict[int, list[int | None]] = {}

    def walk(self, target: Stage) -> Shipped:
        waiting: list[int | None] = [target.index]
        while waiting:
            index = waiting.pop()
            if index is not None and index not in self.layers:
                self.layers[index] = self._layers(index)
                waiting += self.layers[index]
        order = list(reversed(self.layers))
        filled = self._filled()
        return Shipped(
            stages=tuple(self.stages[index] for index in order),
            instructions=self._collected([self._run(index) for index in order]),
            lasting=self._collected([self._lasting(index, filled) for index in order]),
            triggered=frozenset(
                parent for index in order if (parent := self.bases[index].parent) is not None
            ),
            overlaid=any(sum(map(filled.__contains__, layers)) > 1 for layers in self.layers.values()),
        )

    def _layers(self, index: int) -> list[int | None]:
        """What a stage lays over each other: what it is FROM, then what it copies whole."""
        base = self.bases[index]
        scratch = base.image.word is not None and base.image.word.text == "scratch"
        below = [] if base.parent is None and scratch else [base.parent]
        return below + [_layer(source) for source in self._copies(index)]

    def _copies(self, index: int) -> list[Source]:
        parent = self.bases[index].parent
        triggers = self.copies[parent, True] if parent is not None else []
        return [*triggers, *self.copies[index, False]]

    def _filled(self) -> set[int | None]:
        """The layers with an image in them: what begins with `scratch` and copies files covers nothing."""
        users: dict[int | None, list[int]] = defaultdict(list)
        for index, layers in self.layers.items():
            for layer in layers:
                users[layer].append(index)
        filled: set[int | None] = {None}
        waiting: list[int | None] = [None]
        while waiting:
            new = set(users[waiting.pop()]) - filled
            filled |= new
            waiting += new
        return filled

    def _run(self, index: int) -> list[Instruction]:
        """Instructions of a stage, behind its FROM the triggers of the stage it is FROM."""
        first, *rest = self.stages[index].instructions
        parent = self.bases[index].parent
        above = self.stages[parent].instructions if parent is not None else ()
        return [first, *(each.nested for each in above if each.nested), *rest]

    def _lasting(self, index: int, filled: set[int | None]) -> list[Instruction]:
        covering = {
            id(source.instruction.nested or source.instruction)
            for source in self._copies(index)
            if _layer(source) in filled
        }
        run = self._run(index)
        covered = max((at for at, each in enumerate(run) if id(each) in covering), default=-1)
        return run[covered + 1 :]

    def _collected(self, parts: Sequence[list[Instruction]]) -> tuple[Instruction, ...]:
        if sum(map(len, parts)) > MAX_INSTRUCTIONS:
            raise BeyondLimits(f"more than {MAX_INSTRUCTIONS:,} instructions run for the image")
        return tuple(instruction for part in parts for instruction in part)


def _layer(source: Source) -> int | None:
    return source.taken.index if source.taken else None
