"""A repository with two sides and images on a shelf, for tests from the trees to the inspection."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from bot.advisory import Matches
from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating
from bot.change import Change, FileVersion
from bot.examiner import Examiner
from bot.gathering import Building, Gathering
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import Reference
from bot.inspection import Brought, DockerfileState, Inspection, SeenImage, SnapshotSeen
from bot.inspector import inspect
from bot.inventory import ImageConfig, InstalledPackage, Inventory, Release, Skipped
from bot.package import Package
from bot.severity import Severity
from bot.trees import TreeEntry

Files = Mapping[str, str]
DEBIAN = Release("debian", "12")


def installed(
    kind: str, name: str, version: str, evidence: str, source: str = "", owner: str = ""
) -> InstalledPackage:
    """A package in an image, which its database or its own files tell of."""
    package = Package(kind, "", name, version, source or name, version, ecosystem="Debian:12")
    return InstalledPackage(package, 0, "sha256:0", evidence, owner)


def image(
    *packages: InstalledPackage, release: Release | None = DEBIAN, triggers: Sequence[str] = ()
) -> SeenImage:
    """An image as it was seen."""
    config = ImageConfig(on_build=tuple(triggers))
    return SeenImage("sha256:1", "sha256:2", "linux/amd64", Inventory(packages, release, config))


class Shelf:
    """A reader of images that stand on a shelf, and of advisories about single packages."""

    build_args: Mapping[str, str] = MappingProxyType({})
    platform = DEFAULT_PLATFORM
    examiner = Examiner()

    def __init__(self, images: Mapping[str, SeenImage], flawed: Iterable[str] = ()) -> None:
        self._images = images
        self._flawed = frozenset(flawed)
        self.asked: list[int] = []
        self.needed: set[str] = set()

    async def see(self, reference: Reference, platform: Platform | None) -> SeenImage | Skipped:
        name = reference.name.rpartition("/")[2]
        return self._images.get(name, Skipped(str(reference), "the registry answered 404"))

    async def recall(self, reference: Reference, platform: Platform | None) -> SeenImage | None:
        return None

    async def match(self, packages: Sequence[Package]) -> Matches:
        self.asked.append(len(packages))
        rating = Rating(Severity.HIGH, "test")
        return Matches(
            tuple(
                Match(each, ("CVE-1",), ("CVE-1",), FixState.FIXED, "9.9.9", rating)
                for each in packages
                if each.name in self._flawed
            )
        )

    async def spoken_of(self, packages: Sequence[Package]) -> frozenset[Package]:
        return frozenset(packages)

    async def safe_versions(self, packages: Sequence[Package]) -> dict[Package, str]:
        return dict.fromkeys(packages, "9.9.9")

    def snapshot(self, images: Iterable[SeenImage], packages: Iterable[Package] = ()) -> SnapshotSeen | None:
        self.needed = {each.ecosystem for each in packages}
        return SnapshotSeen("osv-1")


def sha(text: str) -> str:
    """The name of a blob."""
    return hashlib.sha1(text.encode()).hexdigest()  # noqa: S324


class Shop:
    """One change, as it is gathered. `read` counts what was asked for."""

    def __init__(self, before: Files, after: Files, links: Iterable[str] = ()) -> None:
        self.read: list[str] = []
        self._blobs = {sha(text): text for side in (before, after) for text in side.values()}
        trees = [
            {
                path: TreeEntry("120000" if path in links else "100644", "blob", sha(text), len(text))
                for path, text in side.items()
            }
            for side in (before, after)
        ]
        self._gathering = Gathering(*trees, {}, Building())

    def change(self) -> Change:
        """Read what is wanted, each blob once."""
        while wanted := self._gathering.wanted():
            self.read += sorted({each.path for each in wanted})
            self._gathering.take(
                FileVersion(each.path, each.blob, self._blobs[each.blob].encode()) for each in wanted
            )
        return self._gathering.change("acme/shop", "1" * 40, "2" * 40)


async def inspected(before: Files, after: Files, reader: Shelf | None = None) -> Inspection:
    """Look at both sides of a change."""
    return await inspect(Shop(before, after).change(), reader or Shelf({"base": image()}))


def side(inspection: Inspection, path: str = "Dockerfile", *, old: bool = False) -> DockerfileState:
    """One side of one target."""
    (pair,) = (pair for pair in inspection.pairs if pair.path == path)
    state = pair.before if old else pair.after
    assert state is not None
    return state


def packages(brought: Iterable[Brought]) -> list[str]:
    """`source: name version`, unresolved ones with a question mark."""
    return [
        line
        for each in brought
        for line in (
            *(f"{each.source}: {one.package.name} {one.package.version}" for one in each.packages),
            *(f"{each.source}: {one.name}{one.requirement} ?" for one in each.unresolved),
        )
    ]
