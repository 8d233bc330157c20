"""Read images for a review: resolve once, scan, match against one snapshot. What `inspector.ImageReader` asks for."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from bot.advisory import Matches
from bot.clock import Clock
from bot.feeds import (
    AdvisoryIndex,
    FreshnessLevel,
    age_of,
    find_matches,
    find_matches_in,
    find_safe_versions,
    freshness,
    with_exploitation,
)
from bot.feeds.snapshot import covering
from bot.feeds.snapshots import Snapshots
from bot.image.lifecycle import Lifecycle
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import Reference
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import Inventory, Skipped
from bot.package import Package
from bot.registry.model import Access, ImageDetails, ResolvedImage, TagList
from bot.scanners.port import Database, ReportedFlaws, Scanner, Source
from bot.support import support_in

if TYPE_CHECKING:
    from bot.examiner import Examiner
    from bot.gathering import Building


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


@dataclass(frozen=True, slots=True)
class Ages:
    """Days after which an advisory feed warns, and after which nothing may be concluded from it."""

    warn: float = 7
    error: float = 30


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
    ages: Ages = Ages()
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
        seen = self._of_ours(ours, packages, exploitation=bool(theirs))
        for database in sorted(theirs, key=lambda each: each.id):
            if seen is None and (ours or packages):
                return None
            level = self._level(database.built)
            seen = with_database(seen, database.owner, database.id, database.built, level)
        return seen

    def _of_ours(
        self, images: Sequence[SeenImage], packages: Sequence[Package], *, exploitation: bool
    ) -> SnapshotSeen | None:
        """Describe our own snapshot; `exploitation` says that its catalogues serve for the flaws of others too."""
        if self._index is None:
            return None
        state = self._index.snapshot
        used = sorted(_ecosystems(images) | {package.ecosystem for package in packages} - {""})
        ages = {ecosystem: self._age(ecosystem) for ecosystem in used}
        catalogues = state.catalogues if used or exploitation else ()
        ages |= {each.kind: _at_most_a_warning(self._level(each.checked)) for each in catalogues}
        feeds = [
            feed for feed in state.feeds if any(feed in covering(state, ecosystem) for ecosystem in used)
        ]
        return SnapshotSeen(
            id=state.id,
            checked=(
                *((feed.name, feed.checked.date().isoformat()) for feed in feeds),
                *((each.kind, each.checked.date().isoformat()) for each in catalogues),
            ),
            old=_feeds(ages, FreshnessLevel.WARN),
            too_old=_feeds(ages, FreshnessLevel.ERROR),
            # A feed that covers nothing may hold what was to rate these flaws, or could not be sorted.
            broken=tuple(
                (feed.name, feed.broken)
                for feed in state.feeds
                if feed.broken and (feed in feeds or not feed.releases)
            ),
        )

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

    def _age(self, ecosystem: str) -> FreshnessLevel:
        """How old the advisories for a release are; one that none covers is said elsewhere."""
        if self._index is None or not self._index.covers(ecosystem).covered:
            return FreshnessLevel.FRESH
        ages = self._images.ages
        return freshness(
            self._index.snapshot, ecosystem, self._images.clock.now(), ages.warn, ages.error
        ).level

    def _level(self, checked: datetime) -> FreshnessLevel:
        ages = self._images.ages
        return age_of(checked, self._images.clock.now(), ages.warn, ages.error).level


def with_database(
    seen: SnapshotSeen | None, owner: str, name: str, built: datetime, level: FreshnessLevel
) -> SnapshotSeen:
    """Add the advisories of a scanner, whose age counts as that of a feed does."""
    seen = seen or SnapshotSeen("")
    return replace(
        seen,
        id=f"{seen.id} + {name}" if seen.id else name,
        checked=(*seen.checked, (owner, built.date().isoformat())),
        old=(*seen.old, *([owner] if level is FreshnessLevel.WARN else [])),
        too_old=(*seen.too_old, *([owner] if level is FreshnessLevel.ERROR else [])),
    )


def _ecosystems(images: Iterable[SeenImage]) -> set[str]:
    return {entry.package.ecosystem for image in images for entry in image.inventory.packages} - {""}


def _at_most_a_warning(level: FreshnessLevel) -> FreshnessLevel:
    """An old catalogue may miss what is exploited since; the flaws themselves are known without it."""
    return FreshnessLevel.WARN if level is FreshnessLevel.ERROR else level


def _feeds(ages: Mapping[str, FreshnessLevel], level: FreshnessLevel) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.partition(":")[0] for name, found in ages.items() if found is level))
