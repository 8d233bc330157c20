"""What every scanner is: from a resolved image to its inventory. One file and one line in `engines` adds another."""

from pathlib import Path
from typing import Protocol

from bot.image.reference import Reference
from bot.inventory import Inventory, Skipped
from bot.registry.model import Access, Descriptor, Manifest, ResolvedImage


class Source(Protocol):
    """Where image content comes from: a registry, or an image layout on disk."""

    def scope(self, reference: Reference, access: Access) -> str:
        """Who can read this content; part of every cache key."""
        ...

    async def manifest(self, image: ResolvedImage, access: Access) -> Manifest | Skipped:
        """Return the manifest of a resolved image."""
        ...

    async def config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes | Skipped:
        """Return the image configuration as stored."""
        ...

    async def blob(self, reference: Reference, descriptor: Descriptor, access: Access) -> Path | Skipped:
        """Return a file with a layer's verified content."""
        ...


class Scanner(Protocol):
    """Looks into images."""

    async def inventory(self, source: Source, image: ResolvedImage, access: Access) -> Inventory | Skipped:
        """Look into an image; what could not be read of it is said in the inventory, or instead of it."""
        ...

    def close(self) -> None:
        """Let running scans end."""
        ...
