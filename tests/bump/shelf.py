"""A reader of images that stand on a shelf: a registry and a scanner in one, for tests that need neither."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from bot.advisory import Matches
from bot.errors import BotError
from bot.image.lifecycle import Lifecycle
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import Base, Location, SeenImage, SnapshotSeen
from bot.inventory import ImageConfig, Skipped
from bot.package import Package
from bot.registry.model import ImageDetails, TagList
from tests.report.reviews import image, match, package

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
PLATFORMS = ("linux/amd64", "linux/arm64")
SNAPSHOT = SnapshotSeen("osv-1", (("Alpine", "2026-11-22"),))
LIFECYCLE = Lifecycle.of(
    {
        "python": [
            {"cycle": "3.13", "releaseDate": "2024-10-07", "eol": "2029-10-31", "lts": False},
            {"cycle": "3.12", "releaseDate": "2023-10-02", "eol": "2028-10-31", "lts": False},
            {"cycle": "3.8", "releaseDate": "2019-10-14", "eol": "2024-10-07", "lts": False},
        ]
    }
)


def digest(text: str) -> str:
    """A digest that depends on a text."""
    return f"sha256:{text.encode().hex():0<64.64}"


def seen(name: str, *matches, libc: str = "musl", created: str = "2026-01-01T00:00:00Z", **changes):
    """An image with these flaws, of its own content."""
    packages = {each.package for each in matches} | ({package(libc, "1")} if libc else set())
    made = image(1, sorted(packages), matches)
    inventory = replace(
        made.inventory, layers=(digest(f"layer {name}"),), config=ImageConfig(created=created), release=None
    )
    whole = replace(
        made, index_digest=digest(f"i{name}"), manifest_digest=digest(f"m{name}"), inventory=inventory
    )
    return replace(whole, **changes)


def flawed(name: str, number: int, **changes):
    """An image with so many severe flaws; a lower number has a part of those of a higher one."""
    return seen(name, *(match(f"lib{each}", f"CVE-2024-{each:04}") for each in range(number)), **changes)


class Shelf:
    """Images by tag, with what a registry would tell of them."""

    def __init__(self, name: str = "docker.io/library/python") -> None:
        self.name = name
        self.images: dict[str, SeenImage | Skipped | BotError] = {}
        self.listed: tuple[str, ...] | Skipped | None = None
        self.stale = ""
        self.told: dict[str, ImageDetails] = {}
        self.first: dict[str, datetime] = {}
        self.due: datetime | None = None
        self.known: SnapshotSeen | None = SNAPSHOT
        self.lifecycle = LIFECYCLE
        self.waits: set[str] = set()
        """Tags whose images never come."""
        self.at_once = 0
        self.most_at_once = 0

    def put(self, tag: str, what: SeenImage | Skipped | BotError, **details: object) -> "Shelf":
        """Place an image."""
        self.images[tag] = what
        values = {"platforms": PLATFORMS, "published": "2026-02-01T00:00:00+00:00"}
        self.told[tag] = ImageDetails(**values | details)  # type: ignore[arg-type]
        return self

    def base(self, tag: str, *, pinned: SeenImage | None = None, **changes: object) -> Base:
        """A use of an image on the shelf; `pinned` is one that is used by its digest, whatever the tag means."""
        found = pinned or self.images[tag]
        assert isinstance(found, SeenImage)
        reference = f"{self.name}:{tag}" + (f"@{found.index_digest}" if pinned else "")
        if pinned:
            self.told[found.index_digest] = ImageDetails(PLATFORMS)
        use = Base(
            f"python:{tag}", reference, Location("Dockerfile", 1, 1), (), "0", shipped=True, seen=found
        )
        return replace(use, **changes)  # type: ignore[arg-type]

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        self.at_once += 1
        self.most_at_once = max(self.at_once, self.most_at_once)
        try:
            await asyncio.sleep(3600 if reference.tag in self.waits else 0)
        finally:
            self.at_once -= 1
        found = self.images.get(reference.tag or "", Skipped(str(reference), "the registry answered 404"))
        if isinstance(found, BotError):
            raise found
        return found

    async def tags(self, reference: Reference) -> TagList | Skipped:
        listed = tuple(self.images) if self.listed is None else self.listed
        return listed if isinstance(listed, Skipped) else TagList(listed, self.stale)

    async def details(self, reference: Reference, platform: Platform | None) -> ImageDetails:
        by_digest = self.told.get(reference.digest or "")
        return by_digest or self.told.get(reference.tag or "", ImageDetails())

    async def first_seen(self, reference: Reference, digest: str) -> datetime | None:
        return self.first.get(digest)

    async def due_since(self, reference: Reference) -> datetime | None:
        return self.due

    async def match(self, packages: Sequence[Package]) -> Matches:
        return Matches()

    async def spoken_of(self, packages: Sequence[Package]) -> frozenset[Package]:
        return frozenset(packages)

    async def safe_versions(self, packages: Sequence[Package]) -> dict[Package, str]:
        return dict.fromkeys(packages, "9.9.9")

    def snapshot(self, images: Iterable[SeenImage], packages: Iterable[Package] = ()) -> SnapshotSeen | None:
        return self.known
