"""What an image was once seen with: whom it is told, what it may stand in for, and what is worth keeping."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.clock import SystemClock
from bot.image.lifecycle import Lifecycle
from bot.image.platform import DEFAULT_PLATFORM
from bot.image.reference import Reference
from bot.images import Reader
from bot.inventory import Inventory, Skipped
from bot.registry.model import Access, ResolvedImage
from bot.scanners.port import Looked
from bot.sightings import Sighting

PRIVATE = Reference.parse("ghcr.io/acme/secret:1")
ANYBODY = Access("acme/shop")
PINNED = Reference.parse("ghcr.io/acme/secret@sha256:" + "1" * 64)


def resolved(reference: Reference, manifest: str = "sha256:2") -> ResolvedImage:
    return ResolvedImage(reference, "sha256:1", manifest, DEFAULT_PLATFORM)


class Memory:
    """Remembers every image, and what a reference means now if that is known."""

    def __init__(self, now: str = "") -> None:
        self.now = now
        self.kept: list[Sighting] = []

    async def resolved(self, reference: Reference, platform: str) -> ResolvedImage | None:
        return resolved(reference, self.now) if self.now else None

    async def last_seen(self, reference: Reference, platform: str) -> Sighting:
        return Sighting(resolved(reference), Inventory())

    async def keep_seen(self, platform: str, seen: Sighting) -> None:
        self.kept.append(seen)


def reader(memory: Memory, access: Access = ANYBODY, inventory: Inventory | None = None) -> Reader:
    async def look(*_: object) -> Looked:
        return Looked(inventory or Inventory())

    images = SimpleNamespace(
        platform=DEFAULT_PLATFORM,
        scanner=SimpleNamespace(look=look, name="embedded", reports=False),
        source=None,
        lifecycle=Lifecycle.default,
        clock=SystemClock(),
    )
    return Reader(images, access, memory, None)


@pytest.mark.parametrize(
    ("access", "told"),
    [
        (Access("acme/shop"), True),
        (Access("acme/shop", trusted=False), False),
        (Access("acme/shop", trusted=False, named_on_target=frozenset(["ghcr.io/acme/other"])), False),
        (Access("acme/shop", trusted=False, named_on_target=frozenset([PRIVATE.name])), True),
    ],
)
def test_what_was_read_with_a_credential_is_told_to_those_it_serves(access: Access, told: bool) -> None:
    found = asyncio.run(reader(Memory(), access).recall(PRIVATE, None))
    assert (found is not None) is told


@pytest.mark.parametrize(
    ("reference", "now", "confirmed"),
    [
        (PRIVATE, "sha256:2", True),
        (PRIVATE, "sha256:3", None),  # it means another image now
        (PRIVATE, "", False),  # the tag may have moved
        (PINNED, "", True),
    ],
)
def test_what_was_seen_stands_in_for_its_own_digest(
    reference: Reference, now: str, confirmed: bool | None
) -> None:
    found = asyncio.run(reader(Memory(now)).recall(reference, None))
    assert (found.confirmed if found else None) is confirmed


@pytest.mark.parametrize(
    ("skipped", "kept"),
    [
        ((), True),
        ((Skipped("lib/apk/db/installed", "it is damaged"),), True),
        ((Skipped("layer", "it has too many entries", transient=True),), False),
    ],
)
def test_what_a_limit_cut_short_is_not_kept(skipped: tuple[Skipped, ...], kept: bool) -> None:
    memory = Memory("sha256:2")
    asyncio.run(reader(memory, inventory=Inventory(skipped=skipped)).see(PRIVATE, None))
    assert bool(memory.kept) is kept
