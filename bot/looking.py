"""Look at the images that the sides of a change ask for: each reference once, those that decide something first."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.advisory import Matches
from bot.errors import ConfigError
from bot.examiner import Examiner
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import Base, SeenImage, SnapshotSeen, TargetPair
from bot.inventory import Skipped
from bot.package import Package

MAX_IMAGES = 100
"""Images one review looks at; the rest are named as not looked at."""
AT_ONCE = 4


class ImageReader(Protocol):
    """Reads images; bound to one repository, one access and one set of resolved digests."""

    @property
    def build_args(self) -> Mapping[str, str]:
        """Values the operator supplies for `ARG`s that only the builder knows."""
        ...

    @property
    def platform(self) -> Platform:
        """The platform images are built for, where a Dockerfile does not name one."""
        ...

    @property
    def examiner(self) -> Examiner:
        """What says something of Dockerfiles themselves."""
        ...

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image at the digest this review resolved it to, and match it against the snapshot."""
        ...

    async def recall(self, reference: Reference, platform: Platform | None) -> SeenImage | None:
        """What was stored when the reference could last be read, matched against the same snapshot."""
        ...

    async def match(self, packages: Sequence[Package]) -> Matches:
        """Match packages that are in no image yet against the same snapshot."""
        ...

    async def spoken_of(self, packages: Sequence[Package]) -> frozenset[Package]:
        """Those of whose name any advisory of the snapshot speaks, in whatever version."""
        ...

    async def safe_versions(self, packages: Sequence[Package]) -> dict[Package, str]:
        """The smallest version above each package's that has none of the flaws known in the snapshot."""
        ...

    def snapshot(self, images: Iterable[SeenImage], packages: Iterable[Package] = ()) -> SnapshotSeen | None:
        """The advisory snapshot, with the feeds that are too old among those these images and packages need."""
        ...


Key = tuple[str, str]


def _key(base: Base) -> Key:
    return base.reference, base.platform


def _arguments(key: Key) -> tuple[Reference, Platform | None] | Skipped:
    reference, platform = key
    try:
        return Reference.parse(reference), Platform.parse(platform) if platform else None
    except ConfigError as exc:
        return Skipped(reference, str(exc))


def _wanted(pairs: Iterable[TargetPair]) -> dict[Key, bool]:
    """Every image, those that decide something first, and whether it does."""
    ordered = sorted(pairs, key=lambda pair: pair.after is None)
    wanted = {_key(base): True for pair in ordered for base in _deciding(pair) if base.reference}
    for pair in ordered:
        for base in pair.bases():
            if base.reference:
                wanted.setdefault(_key(base), False)
    return wanted


def _deciding(pair: TargetPair) -> Iterator[Base]:
    """The bases that a verdict hangs on: none of a deleted target, and of uses side by side those that changed."""
    if pair.after is None:
        return
    uses = [{(base.part, _key(base)) for base in side.bases} for side in (pair.before, pair.after) if side]
    same = set.intersection(*uses) if pair.after.kind and len(uses) == 2 else set()
    yield from (base for base in pair.bases() if (base.part, _key(base)) not in same)


def too_many_images(pairs: Iterable[TargetPair]) -> str:
    """Why nothing may be concluded: with images left out on either side, new flaws could pass for old ones."""
    count = sum(_wanted(pairs).values())
    if count <= MAX_IMAGES:
        return ""
    return f"the change names {count} images, and only the first {MAX_IMAGES} were looked at"


async def see_all(
    pairs: Iterable[TargetPair], taken: Iterable[str], reader: ImageReader
) -> dict[Key, SeenImage | Skipped]:
    """Read every image that is asked for, and those that files are taken from, as far as the limit goes."""
    wanted = _wanted(pairs)
    for reference in taken:
        wanted.setdefault((reference, ""), False)
    limit = asyncio.Semaphore(AT_ONCE)

    async def see(key: Key) -> SeenImage | Skipped:
        arguments = _arguments(key)
        if isinstance(arguments, Skipped):
            return arguments
        async with limit:
            return await reader.see(*arguments)

    looked_at = list(wanted)[:MAX_IMAGES]
    answers = await asyncio.gather(*(see(key) for key in looked_at))
    left_out = Skipped("image", f"the change names more than {MAX_IMAGES} images, this one was left out")
    return dict.fromkeys(wanted, left_out) | dict(zip(looked_at, answers, strict=True))


async def fill_base(
    base: Base, seen: Mapping[Key, SeenImage | Skipped], reader: ImageReader, *, recall: bool
) -> Base:
    """Put what was seen of its image into a base, or what was once, or why nothing was."""
    if not base.reference:
        return base
    answer = seen[_key(base)]
    if isinstance(answer, SeenImage):
        return replace(base, seen=answer)
    arguments = _arguments(_key(base))
    if recall and not isinstance(arguments, Skipped) and (stored := await reader.recall(*arguments)):
        return replace(base, seen=stored, recalled=True)
    return replace(base, missing=answer)
