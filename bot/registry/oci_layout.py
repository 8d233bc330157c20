"""Read an image from an OCI layout on disk, in the same shape as from a registry.

Follows https://github.com/opencontainers/image-spec/blob/main/image-layout.md. Files outside the folder are
not reached through links, and content counts only when it has the digest it is named by.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from bot.errors import ConfigError
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inventory import Skipped
from bot.registry.documents import (
    Index,
    IndexEntry,
    NotAnImage,
    choose,
    config_platform,
    read_document,
    read_index,
)
from bot.registry.limits import Limits
from bot.registry.model import Access, Descriptor, ImageDetails, Manifest, ResolvedImage, TagList
from bot.registry.verified import file_matches

LOCAL_IMAGE = Reference("localhost", "image")
"""What an image is called that comes from a file."""
_NAMES = ("org.opencontainers.image.ref.name", "io.containerd.image.name")
_DEFAULT_LIMITS = Limits()


class OciLayout:
    """The image of a layout that has the tag, or the only one."""

    def __init__(self, root: Path, tag: str | None = None, limits: Limits = _DEFAULT_LIMITS) -> None:
        self._root = root.resolve()
        self._tag = tag
        self._limits = limits

    def scope(self, reference: Reference, access: Access) -> str:
        """Return the access scope: who can name the file may read it."""
        return "local"

    async def resolve(
        self, reference: Reference, platform: Platform | None, access: Access
    ) -> ResolvedImage | Skipped:
        """Find the image for a platform (the default one unless given)."""
        try:
            return await asyncio.to_thread(self._resolve, reference, platform)
        except NotAnImage as exc:
            return Skipped(str(self._root), str(exc))

    async def manifest(self, image: ResolvedImage, access: Access) -> Manifest | Skipped:
        """Return the manifest of a resolved image."""
        try:
            return await asyncio.to_thread(self._manifest, image.manifest_digest)
        except NotAnImage as exc:
            return Skipped(str(self._root), str(exc))

    async def config(self, reference: Reference, manifest: Manifest, access: Access) -> bytes | Skipped:
        """Return the configuration of an image, as it is stored."""
        try:
            return await asyncio.to_thread(self._config, manifest)
        except NotAnImage as exc:
            return Skipped("configuration", str(exc))

    async def blob(self, reference: Reference, descriptor: Descriptor, access: Access) -> Path | Skipped:
        """Return the file with the content of a layer, verified against its digest."""
        try:
            return await asyncio.to_thread(
                self._content, descriptor.digest, self._limits.blob, descriptor.size
            )
        except NotAnImage as exc:
            return Skipped(f"layer {descriptor.digest}", str(exc))

    async def tags(self, reference: Reference, access: Access) -> TagList | Skipped:
        """A layout is one image, so there is nothing to choose from."""
        return Skipped(str(self._root), "an image from a file has no list of tags")

    async def details(self, image: ResolvedImage, access: Access) -> ImageDetails:
        """Nothing is told of it besides its content."""
        return ImageDetails(platforms=(str(image.platform),))

    def _resolve(self, reference: Reference, platform: Platform | None) -> ResolvedImage:
        entry = self._entry(platform)
        digest = entry.descriptor.digest
        document = self._document(digest)
        if isinstance(document, Index):
            entry = choose(document, platform)
            document = self._manifest(entry.descriptor.digest)
        found = entry.platform or config_platform(self._config(document))
        return ResolvedImage(reference, digest, document.digest, found)

    def _entry(self, platform: Platform | None) -> IndexEntry:
        """Choose from `index.json`, among the entries with the tag, if one is asked for."""
        body = self._checked(self._root / "index.json", self._limits.manifest).read_bytes()
        index = read_index(body, lambda entry: self._tag is None or self._tag in _tags(entry))
        unnamed = [entry for entry in index.entries if entry.platform is None]
        if not index.entries:
            raise NotAnImage("the layout has no such image")
        if len(unnamed) > 1:
            raise NotAnImage("the layout has several images; name one as oci:DIR:TAG")
        return unnamed[0] if len(index.entries) == len(unnamed) else choose(index, platform)

    def _manifest(self, digest: str) -> Manifest:
        document = self._document(digest)
        if isinstance(document, Index):
            raise NotAnImage("its index names an index that names another one")
        return document

    def _document(self, digest: str) -> Index | Manifest:
        body = self._content(digest, self._limits.manifest).read_bytes()
        return read_document(body, digest, max_layers=self._limits.layers)

    def _config(self, manifest: Manifest) -> bytes:
        return self._content(manifest.config.digest, self._limits.config, manifest.config.size).read_bytes()

    def _content(self, digest: str, limit: int, size: int | None = None) -> Path:
        algorithm, _, encoded = digest.partition(":")
        path = self._checked(self._root / "blobs" / algorithm / encoded, limit)
        if (size is not None and path.stat().st_size != size) or not file_matches(path, digest):
            raise NotAnImage(f"the layout's file for {digest} has other content")
        return path

    def _checked(self, path: Path, limit: int) -> Path:
        shown = path.relative_to(self._root)
        if not path.is_file() or path.resolve() != path:
            raise NotAnImage(f"the layout has no file {shown}")
        if path.stat().st_size > limit:
            raise NotAnImage(f"{shown} has more than the limit of {limit} bytes")
        return path


def parse_layout(text: str) -> tuple[Path, str | None]:
    """Read `DIR[:TAG]`; raises ConfigError when there is no such folder."""
    whole, (head, _, tag) = Path(text), text.rpartition(":")
    if whole.is_dir():
        return whole, None
    if head and tag and Path(head).is_dir():
        return Path(head), tag
    raise ConfigError(f"oci:{text}: there is no such folder")


def _tags(entry: dict[str, Any]) -> set[str]:
    """Return the tags of an index entry; some writers put a whole reference there."""
    annotations = entry.get("annotations")
    names = [annotations.get(key) for key in _NAMES] if isinstance(annotations, dict) else []
    known = {name for name in names if isinstance(name, str)}
    return known | {name.rpartition(":")[2] for name in known}


def write_index(root: Path, entries: list[dict[str, Any]]) -> None:
    """Write the `index.json` of a layout."""
    (root / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": entries}))
