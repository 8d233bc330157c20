"""Read images for a review: resolve once, scan, match against one snapshot. What `inspector.ImageReader` asks for."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.advisory import Matches
from bot.ages import Ages, describe, with_database
from bot.clock import Clock
from bot.feeds import (
    AdvisoryIndex,
    find_known,
    find_matches,
    find_matches_in,
    find_safe_versions,
    with_exploitation,
)
from bot.feeds.snapshots import Snapshots
from bot.image.lifecycle import Lifecycle
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import Reference
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import Inventory, Skipped
from bot.package import Package
from bot.registry.model import Access, ImageDetails, ResolvedImage, TagList
from bot.scanners.port import Database, ReportedFlaws, Scanner, Source
from bot.sightings import Memory, Sighting
from bot.support import support_in

if TYPE_CHECKING:
    from bot.examiner import Examiner
    from bot.gathering import Building


class ImageSource(Source, Protocol):
    """A source that can also tell what a reference means, and what else there is to choose from."""

    async def resolve(
        self, reference: Reference, platform: Platform | None, access: Access
    ) -> ResolvedImage | Skipped:
        """Find out which manifest a reference means now."""
        ...

    async def tags(self, reference: Reference, access: Access) -> TagList | Skipped:
        """Return the tags of the repository an image is in."""
        ...

    async def details(self, image: ResolvedImage, access: Access) -> ImageDetails:
        """Return what is told of an image besides its content."""
        ...


def _only_rules() -> "Examiner":
    # It brings all rules for Dockerfiles, which a scan of an image need not wait for.
    from bot.examiner import Examiner

    return Examiner()


@dataclass(frozen=True, slots=True)
class Images:
    """Everything it takes to read images."""

    source: ImageSource
    scanner: Scanner
    snapshots: Snapshots
    clock: Clock
    platform: Platform
    ages: Ages = field(default_factory=Ages)
    build_args: Mapping[str, str] = field(default_factory=dict)
    has_credentials: bool = False
    """Whether there is anything an untrusted author must be kept from."""
    lifecycle: Callable[[], Lifecycle] = Lifecycle.default
    """Gives the support dates in use."""
    examiner: Callable[[], "Examiner"] = _only_rules
    """Gives what says something of Dockerfiles themselves, made when a change has any."""

    @property
    def building(self) -> "Building":
        """What the operator says of how Dockerfiles are built."""
        # Lockfiles and manifests come with it, which a scan of an image need not wait for.
        from bot.gathering import Building

        return Building(self.build_args, self.platform)

    @contextmanager
    def reader(self, access: Access, memory: Memory, snapshot: str = "") -> Iterator["Reader"]:
        """Read on one access, one memory and one snapshot, the wanted one while it is still kept."""
        index = self.snapshots.open(snapshot)
        try:
            yield Reader(self, access, memory, index)
        finally:
            if index is not None:
                index.close()


class Reader:
    """Reads the images of one review; the advisory index stays open for it, whatever replaces the file."""

    def __init__(self, images: Images, access: Access, memory: Memory, index: AdvisoryIndex | None) -> None:
        self._images = images
        self._access = access
        self._memory = memory
        self._index = index
        self._judged: dict[str, Database] = {}
        """Manifests whose flaws the scanner itself reported, and by which advisories."""

    @property
    def build_args(self) -> Mapping[str, str]:
        """Values the operator supplies for `ARG`s."""
        return self._images.build_args

    @property
    def platform(self) -> Platform:
        """The platform the operator judges images for."""
        return self._images.platform

    @property
    def examiner(self) -> "Examiner":
        """What says something of Dockerfiles themselves."""
        return self._images.examiner()

    @property
    def snapshot_id(self) -> str:
        """The snapshot both sides are judged on; empty when there are no advisories."""
        return self._index.snapshot.id if self._index else ""

    @property
    def lifecycle(self) -> Lifecycle:
        """Support dates of distributions and runtimes."""
        return self._images.lifecycle()

    @property
    def now(self) -> datetime:
        """The present moment, in UTC."""
        return self._images.clock.now()

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        """Read an image at the digest this review resolved it to, and match it."""
        asked = self._asked(platform)
        image = await self._resolve(reference, platform, asked)
        if isinstance(image, Skipped):
            return image
        looked = await self._images.scanner.look(self._images.source, image, self._access)
        if isinstance(looked, Skipped):
            return looked
        sighting = Sighting(image, looked.inventory)
        if not any(skipped.transient for skipped in looked.inventory.skipped):
            await self._memory.keep_seen(self._kept(asked), sighting)
        if looked.reported is None:
            return await self._assess(sighting)
        return await self._reported(sighting, looked.reported)

    async def tags(self, reference: Reference) -> TagList | Skipped:
        """Return the tags of the repository an image is in."""
        return await self._images.source.tags(reference, self._access)

    async def details(self, reference: Reference, platform: Platform | None) -> ImageDetails:
        """Return what is told of an image besides its content, at the digest this review resolved it to."""
        image = await self._resolve(reference, platform, self._asked(platform))
        if isinstance(image, Skipped):
            return ImageDetails()
        return await self._images.source.details(image, self._access)

    async def first_seen(self, reference: Reference, digest: str) -> datetime | None:
        """Return when the tag was first seen to mean a digest; None for a reference without a tag."""
        named = reference.normalized()
        if named.tag is None:
            return None
        return await self._memory.first_seen(named.name, named.tag, digest)

    async def due_since(self, reference: Reference) -> datetime | None:
        """Return since when something newer than a pinned image has been there, however often it changed since."""
        named = reference.normalized()
        if named.tag is None or named.digest is None:
            return None
        return await self._memory.due_since(named.name, named.tag, named.digest)

    async def recall(self, reference: Reference, platform: Platform | None) -> SeenImage | None:
        """Return what the reference was last seen with, matched against the snapshot of this review.

        Nothing when it is known to mean another image now.
        """
        if not self._access.trusted and reference.name not in self._access.named_on_target:
            # What was seen may have been seen with a credential that does not serve this author.
            return None
        if self._images.scanner.reports:
            # Our advisories would judge this image, and the scanner's the others.
            return None
        asked = self._asked(platform)
        sighting = await self._memory.last_seen(reference, self._kept(asked))
        if sighting is None:
            return None
        now = await self._memory.resolved(reference, asked)
        if now is not None and now.manifest_digest != sighting.image.manifest_digest:
            # It means another image now, and that one could not be read.
            return None
        confirmed = now is not None or reference.digest is not None
        return replace(await self._assess(sighting), confirmed=confirmed)

    async def match(self, packages: Sequence[Package]) -> Matches:
        """Match packages that are in no image yet against the snapshot of this review."""
        if self._index is None:
            return Matches()
        return await asyncio.to_thread(find_matches, self._index, packages)

    async def spoken_of(self, packages: Sequence[Package]) -> frozenset[Package]:
        """Those of whose name any record of the snapshot speaks; all of them where none could."""
        if self._index is None:
            return frozenset(packages)
        return frozenset(await asyncio.to_thread(find_known, self._index, packages))

    async def safe_versions(self, packages: Sequence[Package]) -> dict[Package, str]:
        """The smallest version above each package's that no record of the snapshot affects; empty for none."""
        if self._index is None:
            return {}
        return await asyncio.to_thread(find_safe_versions, self._index, packages)

    def snapshot(self, images: Iterable[SeenImage], packages: Iterable[Package] = ()) -> SnapshotSeen | None:
        """Describe the snapshot and the age of the feeds these images and packages need."""
        images, packages = list(images), list(packages)
        theirs = {
            self._judged[each.manifest_digest] for each in images if each.manifest_digest in self._judged
        }
        ours = [each for each in images if each.manifest_digest not in self._judged]
        seen = self._described(ours, packages, exploitation=bool(theirs))
        if seen is None and theirs and (ours or packages):
            return None
        for database in sorted(theirs, key=lambda each: each.id):
            level = self._images.ages.level(database.built, self.now)
            seen = with_database(seen, database.owner, database.id, database.built, level)
        return seen

    def _described(
        self, images: Sequence[SeenImage], packages: Sequence[Package], *, exploitation: bool
    ) -> SnapshotSeen | None:
        if self._index is None:
            return None
        entries = (entry.package for image in images for entry in image.inventory.packages)
        used = {package.ecosystem for package in (*entries, *packages)} - {""}
        return describe(self._index, sorted(used), self._images.ages, self.now, exploitation=exploitation)

    def _asked(self, platform: Platform | None) -> str:
        """Name the question, not its answer: without a platform an index may answer with the only one it has."""
        return str(platform) if platform else f"default {self._images.platform}"

    def _kept(self, asked: str) -> str:
        """Keep what each engine saw apart: they list packages differently, which would look like a change."""
        engine = self._images.scanner.name
        return asked if engine == "embedded" else f"{asked} by {engine}"

    async def _resolve(
        self, reference: Reference, platform: Platform | None, asked: str
    ) -> ResolvedImage | Skipped:
        known = await self._memory.resolved(reference, asked)
        if known is not None:
            return known
        # No platform lets the source fall back to the only one an index has.
        default = None if self._images.platform == DEFAULT_PLATFORM else self._images.platform
        image = await self._images.source.resolve(reference, platform or default, self._access)
        if isinstance(image, ResolvedImage):
            await self._memory.keep_resolved(image, asked)
        return image

    async def assess(self, inventory: Inventory, digest: str, platform: Platform | None) -> SeenImage:
        """Match an inventory that comes from elsewhere, such as an SBOM; `digest` is that of what it was read from."""
        image = ResolvedImage(Reference("local", "sbom"), digest, digest, platform or self.platform)
        return await self._assess(Sighting(image, inventory))

    async def _assess(self, sighting: Sighting) -> SeenImage:
        found = Matches()
        if self._index is not None:
            found = await asyncio.to_thread(find_matches_in, self._index, sighting.inventory.packages)
        return self._seen(sighting, found)

    async def _reported(self, sighting: Sighting, reported: ReportedFlaws) -> SeenImage | Skipped:
        """Take the scanner's word; it has to judge all images of a review by the same advisories."""
        if any(database != reported.database for database in self._judged.values()):
            why = f"the database of {reported.database.owner} was replaced during this review"
            return Skipped(f"image {sighting.image.reference}", why, transient=True)
        self._judged[sighting.image.manifest_digest] = reported.database
        matches = reported.matches
        if self._index is not None:
            matches = await asyncio.to_thread(with_exploitation, self._index, matches)
        return self._seen(sighting, Matches(matches))

    def _seen(self, sighting: Sighting, found: Matches) -> SeenImage:
        return SeenImage(
            sighting.image.index_digest,
            sighting.image.manifest_digest,
            str(sighting.image.platform),
            sighting.inventory,
            found.matches,
            found.skipped,
            support=support_in(sighting.image.reference, sighting.inventory, self.lifecycle, self.now.date()),
        )
