"""Lay an image out as files, for programs that read it from there.

Follows https://github.com/opencontainers/image-spec/blob/main/image-layout.md. The manifest is written anew from its
parts, so nothing of it is there but what was verified.
"""

import asyncio
import hashlib
import json
import os
import shutil
from pathlib import Path

from bot.inventory import Skipped
from bot.registry.model import Access, Descriptor, Manifest, ResolvedImage
from bot.scanners.port import Source

_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_INDEX = "application/vnd.oci.image.index.v1+json"
_READABLE = 0o644


async def lay_out(
    source: Source, image: ResolvedImage, access: Access, folder: Path, *, may_link: bool = False
) -> Skipped | None:
    """Write an image into a folder; what could not be read of it says so instead.

    Layers may be links into the cache only for a program that runs as somebody else, and so cannot write to them.
    """
    manifest = await source.manifest(image, access)
    if isinstance(manifest, Skipped):
        return manifest
    config = await source.config(image.reference, manifest, access)
    if isinstance(config, Skipped):
        return config
    blobs: dict[str, Path] = {}
    for layer in manifest.layers:
        path = await source.blob(image.reference, layer, access)
        if isinstance(path, Skipped):
            return path
        blobs[layer.digest] = path
    await asyncio.to_thread(_write, folder, manifest, config, blobs, may_link)
    return None


def _write(folder: Path, manifest: Manifest, config: bytes, blobs: dict[str, Path], may_link: bool) -> None:
    for digest, path in blobs.items():
        _place(folder, digest).parent.mkdir(parents=True, exist_ok=True)
        _copy(path, _place(folder, digest), may_link=may_link)
    document = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": _descriptor(manifest.config),
        "layers": [_descriptor(layer) for layer in manifest.layers],
    }
    _put(folder, config)
    digest, size = _put(folder, json.dumps(document).encode())
    entry = {"mediaType": _MANIFEST, "digest": digest, "size": size}
    index = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [entry]}
    (folder / "index.json").write_text(json.dumps(index))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def _copy(source: Path, target: Path, *, may_link: bool) -> None:
    """Link where that serves: a program that runs as somebody else may not even read the cache's own file."""
    try:
        if may_link and source.stat().st_mode & 0o006 == 0o004:
            os.link(source, target)
            return
    except OSError:
        # Another disk, or a file system without links.
        target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    target.chmod(_READABLE)


def _put(folder: Path, data: bytes) -> tuple[str, int]:
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    place = _place(folder, digest)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(data)
    return digest, len(data)


def _place(folder: Path, digest: str) -> Path:
    algorithm, _, encoded = digest.partition(":")
    return folder / "blobs" / algorithm / encoded


def _descriptor(descriptor: Descriptor) -> dict[str, object]:
    return {"mediaType": descriptor.media_type, "digest": descriptor.digest, "size": descriptor.size}
