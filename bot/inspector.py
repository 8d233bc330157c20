"""Look at both sides of a change: Dockerfiles → targets → base images → what is in them.

Each reference is asked for once, so both sides are judged on the same digests; one snapshot serves both.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Protocol

from bot.change import Change, lockfile_kind
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import (
    Base,
    DockerfileState,
    Gap,
    Inspection,
    Location,
    SeenImage,
    SnapshotSeen,
    TargetPair,
)
from bot.inventory import Skipped
from bot.pairing import pair_targets
from bot.states import dockerfile_state
from bot.triggers import trigger_gaps, trigger_steps

MAX_IMAGES = 100
"""Images one review looks at; the rest are named as not looked at."""
AT_ONCE = 4


class ImageReader(Protocol):
    """Reads images; bound to one repository, one access and one set of resolved digests."""

    @property
    def build_args(self) -> Mapping[str, str]:
        """Values the operator supplies for `ARG`s that only the builder knows."""
        ...

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image at the digest this review resolved it to, and match it against the snapshot."""
        ...

    async def recall(self, reference: Reference, platform: Platform | None) -> SeenImage | None:
        """What was stored when the reference could last be read, matched against the same snapshot."""
        ...

    def snapshot(self, images: Iterable[SeenImage]) -> SnapshotSeen | None:
        """The advisory snapshot, with the feeds that are too old among those these images need."""
        ...


async def inspect(change: Change, reader: ImageReader) -> Inspection:
    """Look at every Dockerfile the change touches, before and after."""
    pairs = pair_targets(change, lambda version: dockerfile_state(version, reader.build_args))
    seen = await _see_all(pairs, reader)
    filled = [await _fill_pair(pair, seen, reader) for pair in pairs]
    # How old the advisories for a deleted target are decides nothing.
    images = [base.seen for pair in filled if pair.after for base in pair.bases() if base.seen]
    return Inspection(
        repository=change.repository,
        merge_base=change.merge_base,
        head=change.head,
        pairs=tuple(filled),
        snapshot=reader.snapshot(images),
        gaps=tuple(_lockfile_gaps(change)),
        incomplete=change.incomplete,
    )


Key = tuple[str, str]


def _key(base: Base) -> Key:
    return base.reference, base.platform


def _arguments(key: Key) -> tuple[Reference, Platform | None]:
    reference, platform = key
    return Reference.parse(reference), Platform.parse(platform) if platform else None


async def _see_all(pairs: Iterable[TargetPair], reader: ImageReader) -> dict[Key, SeenImage | Skipped]:
    wanted = dict.fromkeys(_key(base) for pair in pairs for base in pair.bases() if base.reference)
    limit = asyncio.Semaphore(AT_ONCE)

    async def see(key: Key) -> SeenImage | Skipped:
        async with limit:
            return await reader.see(*_arguments(key))

    looked_at = list(wanted)[:MAX_IMAGES]
    answers = await asyncio.gather(*(see(key) for key in looked_at))
    left_out = Skipped("image", f"the change names more than {MAX_IMAGES} images, this one was left out")
    return dict.fromkeys(wanted, left_out) | dict(zip(looked_at, answers, strict=True))


async def _fill_pair(
    pair: TargetPair, seen: Mapping[Key, SeenImage | Skipped], reader: ImageReader
) -> TargetPair:
    # Only the base side may be recalled: what the head ships must be looked at, not remembered.
    before = await _fill(pair.before, seen, reader, recall=True)
    return TargetPair(before, await _fill(pair.after, seen, reader, recall=False))


async def _fill(
    state: DockerfileState | None,
    seen: Mapping[Key, SeenImage | Skipped],
    reader: ImageReader,
    *,
    recall: bool,
) -> DockerfileState | None:
    if state is None:
        return None
    bases = tuple([await _fill_base(base, seen, reader, recall=recall) for base in state.bases])
    triggers = tuple(step for base in bases for step in trigger_steps(base))
    gaps = tuple(gap for base in bases for gap in trigger_gaps(base))
    return replace(state, bases=bases, steps=(*triggers, *state.steps), gaps=(*gaps, *state.gaps))


async def _fill_base(
    base: Base, seen: Mapping[Key, SeenImage | Skipped], reader: ImageReader, *, recall: bool
) -> Base:
    if not base.reference:
        return base
    answer = seen[_key(base)]
    if isinstance(answer, SeenImage):
        return replace(base, seen=answer)
    if recall and (stored := await reader.recall(*_arguments(_key(base)))):
        return replace(base, seen=stored, recalled=True)
    return replace(base, missing=answer)


def _lockfile_gaps(change: Change) -> Iterator[Gap]:
    for file in change.files:
        if (kind := lockfile_kind(file.path)) is not None:
            yield Gap(f"{kind} lockfile {file.path}", "not looked at yet", Location(file.path, 1, 1))
