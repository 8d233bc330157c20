"""What is asked about a base image: the image in use, what is wanted, and who reads images."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.bump.hurdles import Side
from bot.bump.model import Wanted
from bot.bump.weigh import Burden
from bot.image.lifecycle import Lifecycle
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import Skipped
from bot.policy.gate import Policy
from bot.registry.model import ImageDetails, TagList


class Snapshots(Protocol):
    """Knows which advisories are in use."""

    def snapshot(self, images: Iterable[SeenImage]) -> SnapshotSeen | None:
        """The advisory snapshot, with the feeds that are too old among those these images need."""
        ...


class CandidateReader(Snapshots, Protocol):
    """Reads images and what registries tell of them; bound to one snapshot and one set of resolved digests."""

    @property
    def lifecycle(self) -> Lifecycle:
        """Support dates."""
        ...

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image and match it against the snapshot."""
        ...

    async def tags(self, reference: Reference) -> TagList | Skipped:
        """List the tags of an image's repository."""
        ...

    async def details(self, reference: Reference, platform: Platform | None) -> ImageDetails:
        """Ask what the registry tells of an image besides its content."""
        ...

    async def first_seen(self, reference: Reference, digest: str) -> datetime | None:
        """Look up when a reference was first seen to mean a digest."""
        ...

    async def due_since(self, reference: Reference) -> datetime | None:
        """Look up since when there has been something newer than a pinned image, as far as anybody remembers."""
        ...


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, and the image in use."""

    reference: Reference
    platform: Platform | None
    current: Side
    burden: Burden
    reader: CandidateReader
    policy: Policy
    now: datetime
    wanted: Wanted | None
    due_since: datetime | None


def distrust(seen: SeenImage, reader: Snapshots) -> str:
    """Why the advisories say nothing about an image, if they do not."""
    snapshot = reader.snapshot([seen])
    if snapshot is None:
        return "no advisories are imported"
    feeds = ", ".join(snapshot.too_old)
    return f"the {feeds} advisories are too old to conclude anything" if feeds else ""
