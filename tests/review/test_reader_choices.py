"""What a review may ask of an image besides its content: tags, details, since when it is known, support dates."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.image.lifecycle import Lifecycle
from bot.image.platform import DEFAULT_PLATFORM
from bot.image.reference import Reference
from bot.images import Forgetful, Images, Reader
from bot.inventory import Skipped
from bot.registry.model import Access, ImageDetails, TagList
from bot.registry.oci_layout import LOCAL_IMAGE, OciLayout
from bot.scanners.embedded import EmbeddedScanner
from bot.scanners.layers import LayerCache
from tests.fakes.images import image, push
from tests.fakes.registry import OCI_MANIFEST, FakeRegistry
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
    return Reader(images, Access(""), Forgetful(clock), None)


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


async def test_a_digest_is_as_old_as_it_is_known(fake, reader, clock):
    reference = Reference.parse("alpine:3.20")
    assert await reader.first_seen(reference, "sha256:a") == NOW
    clock.advance(days=2)
    full = Reference.parse("docker.io/library/alpine:3.20")
    assert await reader.first_seen(full, "sha256:a") == NOW
    assert await reader.first_seen(reference, "sha256:b") == NOW + timedelta(days=2)
    assert await reader.first_seen(Reference.parse("alpine@sha256:" + "1" * 64), "sha256:a") is None


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
