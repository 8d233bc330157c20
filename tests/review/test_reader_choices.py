"""What a review may ask of an image besides its content: tags, details, since when it is known, support dates."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.feeds import AdvisoryIndex
from bot.feeds.importer import import_path
from bot.image.lifecycle import Lifecycle
from bot.image.platform import DEFAULT_PLATFORM
from bot.image.reference import Reference
from bot.images import Images, Reader
from bot.inventory import InstalledPackage, Inventory, Skipped
from bot.package import Package
from bot.package.language import language_package
from bot.registry.model import Access, ImageDetails, TagList
from bot.registry.oci_layout import LOCAL_IMAGE, OciLayout
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.layers import LayerCache
from bot.sightings import Forgetful
from tests.fakes.images import image, push
from tests.fakes.registry import OCI_MANIFEST, FakeRegistry
from tests.feeds.layout import osv, write_files
from tests.harness import NOW, HeldClock
from tests.registry.conftest import descriptor, reach
from tests.registry.test_registry_layout import image as plain_image
from tests.registry.test_registry_layout import layout_files, write


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture
def fake():
    with FakeRegistry() as registry:
        yield registry


@pytest.fixture
async def reader(fake: FakeRegistry, tmp_path: Path, clock: HeldClock) -> AsyncIterator[Reader]:
    async with reach(tmp_path / "registry", fake, clock=lambda: clock.now().timestamp()) as registry:
        yield over(registry, tmp_path, clock)


def over(source, folder: Path, clock: HeldClock) -> Reader:
    scanner = EmbeddedScanner(LayerCache(folder / "layers"))
    images = Images(source, scanner, None, clock, DEFAULT_PLATFORM)
    return Reader(images, Access(""), Forgetful(), None)


async def test_tags_and_details_are_read_at_the_digest_of_the_review(fake, reader, clock):
    push(fake, "shop", "1", image(os="alpine:3.20"))
    fake.date("shop", "1", datetime(2026, 11, 1, tzinfo=UTC))
    reference = Reference.parse(f"{fake.host}/shop:1")
    assert await reader.tags(reference) == TagList(("1",))
    told = ImageDetails(("linux/amd64",), "2026-11-01T00:00:00+00:00")
    assert await reader.details(reference, None) == told
    push(fake, "shop", "1", image(os="alpine:3.21"))
    clock.advance(hours=1)
    assert await reader.details(reference, None) == told


async def test_what_cannot_be_resolved_has_no_details(fake, reader):
    assert await reader.details(Reference.parse(f"{fake.host}/absent:1"), None) == ImageDetails()
    assert isinstance(await reader.tags(Reference.parse(f"{fake.host}/absent:1")), Skipped)


class Noting(Forgetful):
    """Notes what it is asked for."""

    async def first_seen(self, name: str, tag: str, digest: str) -> datetime:
        assert (name, tag, digest) == ("docker.io/library/alpine", "3.20", "sha256:a")
        return NOW

    async def due_since(self, name: str, tag: str, digest: str) -> datetime:
        assert (name, tag, digest) == ("docker.io/library/alpine", "3.20", "sha256:" + "1" * 64)
        return NOW


async def test_the_memory_tells_ages_of_tags_and_waiting_of_pins(tmp_path, clock):
    images = Images(None, None, None, clock, DEFAULT_PLATFORM)
    digest = "sha256:" + "1" * 64
    plain, pinned = Reference.parse("alpine:3.20"), Reference.parse(f"alpine:3.20@{digest}")
    bare = Reference.parse(f"alpine@{digest}")
    reader = Reader(images, Access(""), Noting(), None)
    assert [await reader.first_seen(each, "sha256:a") for each in (plain, pinned, bare)] == [NOW, NOW, None]
    assert [await reader.due_since(each) for each in (plain, pinned, bare)] == [None, NOW, None]
    forgetful = Reader(images, Access(""), Forgetful(), None)
    assert await forgetful.first_seen(plain, "sha256:a") is None, "seen now is no age"


async def test_an_image_from_a_file_has_nothing_to_choose_from(tmp_path, clock):
    body, files = plain_image()
    write(tmp_path / "layout", layout_files(descriptor(OCI_MANIFEST, body), **files))
    reader = over(OciLayout(tmp_path / "layout"), tmp_path, clock)
    listed = await reader.tags(LOCAL_IMAGE)
    assert isinstance(listed, Skipped)
    assert listed.why == "an image from a file has no list of tags"
    assert await reader.details(LOCAL_IMAGE, None) == ImageDetails(("linux/amd64",))


def test_support_dates_and_the_time_are_those_in_use(tmp_path, clock):
    reader = over(None, tmp_path, clock)
    assert (reader.now, reader.lifecycle) == (NOW, Lifecycle.default())


async def test_what_a_package_of_the_system_brought_is_left_to_its_distribution(tmp_path, clock):
    owner = Package("deb", "debian", "python3-requests", "2", "requests", "2", "", "Debian:12")
    held = (
        InstalledPackage(owner, 0, "", "var/lib/dpkg/status"),
        InstalledPackage(language_package("pypi", "requests", "2"), 0, "", "x", owner.name),
        InstalledPackage(language_package("pypi", "flask", "2"), 0, "", "y"),
    )
    records = [
        osv("PYSEC-1", "PyPI", "requests", "3"),
        osv("PYSEC-2", "PyPI", "flask", "3"),
        osv("DSA-1", "Debian:12", "requests", "1"),
    ]
    write_files(tmp_path / "osv", *records)
    import_path(tmp_path / "osv", tmp_path / "index.db", now=clock.now())
    images = Images(None, None, None, clock, DEFAULT_PLATFORM)
    with AdvisoryIndex.open(tmp_path / "index.db") as index:
        reader = Reader(images, Access(""), Forgetful(), index)
        seen = await reader.assess(Inventory(held), "sha256:a", None)
    assert [match.package.name for match in seen.matches] == ["flask"]
