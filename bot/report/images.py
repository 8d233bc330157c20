"""Base images of a target, before and after, side by side."""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.inspection import Base, DockerfileState, TargetPair
from bot.inventory import SkipKind, Skipped
from bot.sides import bases_by_role


@dataclass(frozen=True, slots=True)
class Weight:
    """What has to be pulled of an image, and how much of it the change brings or takes."""

    size: int
    """Compressed bytes."""
    larger: int
    layers: int
    more_layers: int


@dataclass(frozen=True, slots=True)
class ImagePair:
    """The image a stage starts from, on both sides; None where the stage has none."""

    before: Base | None
    after: Base | None
    kind: str = ""
    """The kind of file that uses it; empty for a Dockerfile."""

    @property
    def shipped(self) -> bool:
        """Whether the final stage is built on it."""
        base = self.after or self.before
        return base is not None and base.shipped

    @property
    def stage(self) -> str:
        """Name or number of the stage, or what uses the image."""
        base = self.after or self.before
        return base.stage if base else ""

    @property
    def changed(self) -> bool:
        """Whether the two sides name, or are, different images."""
        return _identity(self.before) != _identity(self.after)

    @property
    def weight(self) -> Weight | None:
        """How heavy the new image is and how much that changes, where both sides could be read."""
        before, after = (base.seen if base else None for base in (self.before, self.after))
        if before is None or after is None or before.manifest_digest == after.manifest_digest:
            return None
        old, new = before.inventory, after.inventory
        layers = len(new.layers)
        return Weight(new.size, new.size - old.size, layers, layers - len(old.layers))


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Part of an image that was not looked at."""

    image: str
    skipped: Skipped


def image_pairs(pair: TargetPair) -> tuple[ImagePair, ...]:
    """Images of both sides by role: the shipped one first, then the others in file order."""
    before, after = bases_by_role(pair.before), bases_by_role(pair.after)
    roles = dict.fromkeys((*after, *before))
    state = pair.after or pair.before
    kind = state.kind if state else ""
    pairs = [ImagePair(before.get(role), after.get(role), kind) for role in roles]
    return tuple(sorted(pairs, key=lambda images: not images.shipped))


def left_out(state: DockerfileState | None) -> Iterator[LeftOut]:
    """Everything in the images of one side that was not looked at, each thing once."""
    seen: set[LeftOut] = set()
    for base in state.bases if state else ():
        for skipped in _skipped(base):
            entry = LeftOut(base.written, skipped)
            if entry not in seen:
                seen.add(entry)
                yield entry


def _skipped(base: Base) -> Iterator[Skipped]:
    if base.missing is not None:
        yield base.missing
    elif base.seen is None and not base.reference:
        yield Skipped("image", "the reference depends on a value only the builder knows", SkipKind.UNRESOLVED)
    if base.seen is not None:
        yield from base.seen.inventory.skipped
        yield from base.seen.skipped


def _identity(base: Base | None) -> tuple[str, ...] | None:
    if base is None:
        return None
    return base.written, base.reference, base.seen.manifest_digest if base.seen else base.content
