"""What was once read with a credential is not told to those it does not serve."""

import asyncio
from types import SimpleNamespace

import pytest

from bot.image.platform import DEFAULT_PLATFORM
from bot.image.reference import Reference
from bot.images import Reader, Sighting
from bot.inventory import Inventory
from bot.registry.model import Access, ResolvedImage

PRIVATE = Reference.parse("ghcr.io/acme/secret:1")


class Memory:
    """Remembers every image."""

    async def last_seen(self, reference: Reference, platform: str) -> Sighting:
        return Sighting(ResolvedImage(reference, "sha256:1", "sha256:2", DEFAULT_PLATFORM), Inventory())


@pytest.mark.parametrize(
    ("access", "told"),
    [
        (Access("acme/shop"), True),
        (Access("acme/shop", trusted=False), False),
        (Access("acme/shop", trusted=False, named_on_target=frozenset(["ghcr.io/acme/other"])), False),
        (Access("acme/shop", trusted=False, named_on_target=frozenset([PRIVATE.name])), True),
    ],
)
def test_recall(access: Access, told: bool) -> None:
    reader = Reader(SimpleNamespace(platform=DEFAULT_PLATFORM), access, Memory(), None)
    assert (asyncio.run(reader.recall(PRIVATE, None)) is not None) is told
