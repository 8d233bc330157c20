"""What outlives one look at an image: digests that were resolved, and inventories as last seen."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.image.reference import Reference
from bot.inventory import Inventory
from bot.registry.model import ResolvedImage


@dataclass(frozen=True, slots=True)
class Sighting:
    """An image as it was once read."""

    image: ResolvedImage
    inventory: Inventory


class Memory(Protocol):
    """What outlives one look: resolved digests, and inventories as last seen.

    `platform` says what was asked for, in the reader's words: it may be another than the image turned out to have.
    """

    async def resolved(self, reference: Reference, platform: str) -> ResolvedImage | None:
        """Return what a reference was resolved to for this review."""
        ...

    async def keep_resolved(self, image: ResolvedImage, platform: str) -> None:
        """Note what a reference was resolved to, before anything is looked at."""
        ...

    async def last_seen(self, reference: Reference, platform: str) -> Sighting | None:
        """Return the image as last read for this repository."""
        ...

    async def keep_seen(self, platform: str, seen: Sighting) -> None:
        """Keep an image that was read."""
        ...

    async def first_seen(self, name: str, tag: str, digest: str) -> datetime | None:
        """Return when a tag was first seen to mean a digest, which may be now; None for who keeps no note of it."""
        ...

    async def due_since(self, name: str, tag: str, digest: str) -> datetime | None:
        """Return when a tag was first seen to mean something newer than a digest, if it was."""
        ...


class Forgetful:
    """The memory of one look on a laptop."""

    def __init__(self) -> None:
        self._resolved: dict[tuple[str, str], ResolvedImage] = {}

    async def resolved(self, reference: Reference, platform: str) -> ResolvedImage | None:
        """Return what this look resolved before."""
        return self._resolved.get((str(reference), platform))

    async def keep_resolved(self, image: ResolvedImage, platform: str) -> None:
        """Remember within this look."""
        self._resolved[str(image.reference), platform] = image

    async def last_seen(self, reference: Reference, platform: str) -> Sighting | None:
        """There is no earlier look."""
        return None

    async def keep_seen(self, platform: str, seen: Sighting) -> None:
        """Nothing looks at it again."""

    async def first_seen(self, name: str, tag: str, digest: str) -> datetime | None:
        """What this look sees first says nothing of its age."""
        return None

    async def due_since(self, name: str, tag: str, digest: str) -> datetime | None:
        """There is no earlier look."""
        return None
