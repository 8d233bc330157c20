"""Unpack an image archive, OCI or `docker save`, into an OCI layout in a folder of its own.

Members are stored by the digest of their bytes, never by their names, so a hostile path is only a key in a
dictionary. The older format of `docker save` (`manifest.json` names files) gets a manifest written for it.
"""

import hashlib
import json
import posixpath
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from bot.errors import ConfigError
from bot.registry.limits import MEGABYTE, Limits
from bot.registry.oci_layout import OciLayout, write_index

_MAX_MEMBERS = 20_000
_MAX_LINKS = 5
_CHUNK = MEGABYTE
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"
_DEFAULT_LIMITS = Limits()
# The last three are what tarfile lets through for hostile extended headers.
_UNREADABLE = (tarfile.TarError, OSError, EOFError, ValueError, OverflowError, RecursionError)


@dataclass(slots=True)
class _Unpacked:
    """What the archive's names mean: content that now lies under its digest, or another name."""

    root: Path
    files: dict[str, tuple[str, int]] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)

    def descriptor(self, media_type: str, name: str) -> dict[str, Any]:
        for _ in range(_MAX_LINKS):
            name = self.links.get(name, name)
        if name not in self.files:
            raise ConfigError(f"the archive names {name[:200]!r}, which is not in it")
        digest, size = self.files[name]
        return {"mediaType": media_type, "digest": digest, "size": size}

    def read(self, name: str, limit: int) -> bytes:
        digest, size = self.files[name]
        if size > limit:
            raise ConfigError(f"{name} in the archive has more than the limit of {limit} bytes")
        return _place(self.root, digest).read_bytes()


@contextmanager
def open_archive(path: Path, limits: Limits = _DEFAULT_LIMITS) -> Iterator[OciLayout]:
    """Unpack an archive for as long as the `with` lasts; raises ConfigError when it is none."""
    if not path.is_file():
        raise ConfigError(f"archive:{path}: there is no such file")
    with tempfile.TemporaryDirectory(prefix="plimsoll-") as folder:
        root = Path(folder).resolve()
        (root / "blobs" / "sha256").mkdir(parents=True)
        try:
            _describe(_unpack(path, root, limits), limits)
        except _UNREADABLE as exc:
            raise ConfigError(f"archive:{path}: it cannot be read as an uncompressed tar archive") from exc
        yield OciLayout(root, limits=limits)


def _unpack(path: Path, root: Path, limits: Limits) -> _Unpacked:
    unpacked, left = _Unpacked(root), limits.blob * 2
    with tarfile.open(path, "r:") as archive:
        for number, member in enumerate(archive):
            if number >= _MAX_MEMBERS:
                raise ConfigError(f"archive:{path}: it has more than {_MAX_MEMBERS} members")
            name = posixpath.normpath(member.name)
            if member.issym():
                unpacked.links[name] = posixpath.normpath(
                    posixpath.join(posixpath.dirname(name), member.linkname)
                )
            elif member.islnk():
                unpacked.links[name] = posixpath.normpath(member.linkname)
            elif member.isreg() and not member.issparse() and (content := archive.extractfile(member)):
                left -= member.size
                if left < 0:
                    raise ConfigError(f"archive:{path}: it has more than {limits.blob * 2} bytes")
                unpacked.files[name] = _store(content, root), member.size
    return unpacked


def _store(content: IO[bytes], root: Path) -> str:
    digest = hashlib.sha256()
    incoming = root / "incoming"
    with incoming.open("wb") as file:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            file.write(chunk)
    named = "sha256:" + digest.hexdigest()
    incoming.replace(_place(root, named))
    return named


def _place(root: Path, digest: str) -> Path:
    return root / "blobs" / "sha256" / digest.partition(":")[2]


def _describe(unpacked: _Unpacked, limits: Limits) -> None:
    """Give the layout its index: the archive's own, or one made from what `docker save` lists."""
    if "index.json" in unpacked.files:
        (unpacked.root / "index.json").write_bytes(unpacked.read("index.json", limits.manifest))
        return
    if "manifest.json" not in unpacked.files:
        raise ConfigError("the archive has neither an index.json nor a manifest.json")
    try:
        images = json.loads(unpacked.read("manifest.json", limits.manifest))
        entries = [_manifest_entry(unpacked, image) for image in images[: limits.layers]]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise ConfigError("the archive's manifest.json is not what `docker save` writes") from None
    write_index(unpacked.root, entries)


def _manifest_entry(unpacked: _Unpacked, image: dict[str, Any]) -> dict[str, Any]:
    layers = [posixpath.normpath(name) for name in image["Layers"]]
    manifest = {
        "schemaVersion": 2,
        "mediaType": _MANIFEST,
        "config": unpacked.descriptor(_CONFIG, posixpath.normpath(image["Config"])),
        "layers": [unpacked.descriptor(_LAYER, name) for name in layers],
    }
    body = json.dumps(manifest).encode()
    digest = "sha256:" + hashlib.sha256(body).hexdigest()
    _place(unpacked.root, digest).write_bytes(body)
    return {"mediaType": _MANIFEST, "digest": digest, "size": len(body)}
