"""What every scanner is: from a resolved image to what is in it. One file and one line in `engines` adds another."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from bot.advisory.model import Match
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


@dataclass(frozen=True, slots=True)
class Database:
    """The advisories of somebody else that a program judges by."""

    owner: str
    """`Trivy`"""
    built: datetime

    @property
    def id(self) -> str:
        """What a verdict calls it: `trivy 2026-11-20T12:00:00+00:00`."""
        return f"{self.owner.lower()} {self.built.isoformat()}"


@dataclass(frozen=True, slots=True)
class ReportedFlaws:
    """What a scanner itself knows of the flaws in an image."""

    database: Database
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found in an image. Without `reported`, our own advisories speak of it."""

    inventory: Inventory
    reported: ReportedFlaws | None = None


class Scanner(Protocol):
    """Looks into images."""

    @property
    def name(self) -> str:
        """What the operator calls it."""
        ...

    @property
    def reports(self) -> bool:
        """Whether it judges by advisories of its own now, so that ours must not be mixed in."""
        ...

    async def look(self, source: Source, image: ResolvedImage, access: Access) -> Looked | Skipped:
        """Look into an image; what could not be read of it is said in the inventory, or instead of it."""
        ...

    def close(self) -> None:
        """Let running scans end."""
        ...
