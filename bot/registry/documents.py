"""Read manifests and indexes, OCI and Docker schema 2, into values.

Follows https://github.com/opencontainers/image-spec (manifest.md, image-index.md) and
https://distribution.github.io/distribution/spec/manifest-v2-2/. The body alone says what it is, not the header it
was served with, which no digest covers (CVE-2021-41190). A document that could be read in two ways is refused,
since two readers would see different images in it: runtimes are written in Go, whose encoding/json reads a field
in any case and merges what is there twice.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.image.reference import is_digest
from bot.registry.model import Descriptor, Manifest

OCI_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
OCI_INDEX = "application/vnd.oci.image.index.v1+json"
DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_INDEX = "application/vnd.docker.distribution.manifest.list.v2+json"
ACCEPTED = ", ".join((OCI_INDEX, OCI_MANIFEST, DOCKER_INDEX, DOCKER_MANIFEST))

_MANIFESTS = frozenset({OCI_MANIFEST, DOCKER_MANIFEST})
_INDEXES = frozenset({OCI_INDEX, DOCKER_INDEX})
_CONFIGS = frozenset(
    {"application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"}
)
_MAX_ENTRIES = 1000
#: What is read of each object.
_DOCUMENT = ("schemaVersion", "mediaType", "manifests", "config", "layers")
_DESCRIPTOR = ("mediaType", "digest", "size", "platform")
_PLATFORM = ("os", "architecture", "variant")
_NO_PLATFORM = Platform("unknown", "unknown")


class NotAnImage(Exception):
    """What was read is no image this version can look into; the text says why."""


@dataclass(frozen=True, slots=True)
class IndexEntry:
    """One image of an index."""

    descriptor: Descriptor
    platform: Platform | None


@dataclass(frozen=True, slots=True)
class Index:
    """Images for several platforms, without the attestations stored beside them."""

    entries: tuple[IndexEntry, ...]


def read_document(body: bytes, digest: str, *, max_layers: int = 128) -> Index | Manifest:
    """Read what a registry stores under a tag or digest; raises NotAnImage."""
    document = _object(_json(body), "the manifest", _DOCUMENT)
    if document.get("schemaVersion") == 1:
        raise NotAnImage("it is a Docker image manifest of schema 1, which is no longer supported")
    return _index(document) if _is_index(document) else _manifest(document, digest, max_layers)


def read_index(body: bytes, wanted: Callable[[dict[str, Any]], bool]) -> Index:
    """Read an OCI layout's `index.json`: of its images, and indexes of images, those that are wanted."""
    document = _object(_json(body), "index.json", _DOCUMENT)
    listed = (
        _object(each, "an entry of the index", _DESCRIPTOR)
        for each in _list(document.get("manifests"), "manifests", _MAX_ENTRIES)
    )
    entries = [_index_entry(each, _MANIFESTS | _INDEXES) for each in listed if wanted(each)]
    return Index(tuple(entry for entry in entries if entry is not None))


def choose(index: Index, wanted: Platform | None) -> IndexEntry:
    """Return the image for a platform: the default unless one is wanted, else the only one there is."""
    exact = [each for each in index.entries if each.platform == (wanted or DEFAULT_PLATFORM)]
    close = [
        each for each in index.entries if each.platform and each.platform.serves(wanted or DEFAULT_PLATFORM)
    ]
    if found := exact or close:
        return found[0]
    if wanted is None and len(index.entries) == 1:
        return index.entries[0]
    there = ", ".join(sorted({str(each.platform) for each in index.entries if each.platform})[:20])
    raise NotAnImage(f"it has no image for {wanted or DEFAULT_PLATFORM}, only for: {there or 'none'}")


def config_platform(config: bytes) -> Platform:
    """Return the platform an image configuration says it is for."""
    platform = _platform(_json(config))
    if platform is None:
        raise NotAnImage("its configuration names no platform")
    return platform


def _is_index(document: dict[str, Any]) -> bool:
    media_type = document.get("mediaType", "")
    indexed, imaged = "manifests" in document, "config" in document or "layers" in document
    if indexed and imaged:
        raise NotAnImage("it can be read both as an index and as an image")
    if indexed and media_type in ("", *_INDEXES):
        return True
    if imaged and media_type in ("", *_MANIFESTS):
        return False
    raise NotAnImage(f"its media type {str(media_type)[:100]!r} is not that of an image")


def _index(document: dict[str, Any]) -> Index:
    listed = _list(document.get("manifests"), "manifests", _MAX_ENTRIES)
    entries = (_index_entry(_object(each, "an entry of the index", _DESCRIPTOR)) for each in listed)
    return Index(tuple(entry for entry in entries if entry is not None))


def _index_entry(entry: dict[str, Any], kinds: frozenset[str] = _MANIFESTS) -> IndexEntry | None:
    """Read one entry; None for what is not an image: attestations, nested indexes, other artifacts."""
    platform = _platform(entry.get("platform"))
    # That is how attestations are kept from being chosen. Annotations say so too, but runtimes do not ask them.
    media_type = entry.get("mediaType")
    if platform == _NO_PLATFORM or not isinstance(media_type, str) or media_type not in kinds:
        return None
    return IndexEntry(_descriptor(entry), platform)


def _manifest(document: dict[str, Any], digest: str, max_layers: int) -> Manifest:
    config = _descriptor(document.get("config"))
    if config.media_type not in _CONFIGS:
        raise NotAnImage(f"it is no container image: its configuration is {config.media_type[:100]!r}")
    layers = _list(document.get("layers"), "layers", max_layers)
    return Manifest(digest, config, tuple(_descriptor(layer) for layer in layers))


def _descriptor(value: object) -> Descriptor:
    entry = _object(value, "a descriptor", _DESCRIPTOR)
    media_type, digest, size = entry.get("mediaType"), entry.get("digest"), entry.get("size")
    if not isinstance(media_type, str) or not isinstance(digest, str) or not is_digest(digest):
        raise NotAnImage("a descriptor in it has no media type or no valid digest")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 1 << 53:
        raise NotAnImage("a descriptor in it has no valid size")
    return Descriptor(media_type, digest, size)


def _platform(value: object) -> Platform | None:
    if not isinstance(value, dict):
        return None
    fields = _object(value, "a platform", _PLATFORM)
    os, architecture, variant = (fields.get(key, "") for key in _PLATFORM)
    parts = (os, architecture, variant)
    if not all(isinstance(part, str) and len(part) <= 50 and "/" not in part for part in parts):
        return None
    return Platform(os, architecture, variant) if os and architecture else None


def _json(body: bytes) -> object:
    try:
        parsed: object = json.loads(body, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise NotAnImage("it is not JSON") from None
    return parsed


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise NotAnImage("it names a field twice")
    return fields


def _object(value: object, what: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """Return an object that has these fields under no other spelling."""
    if not isinstance(value, dict):
        raise NotAnImage(f"{what} is not a JSON object")
    folded = {field.casefold() for field in fields}
    for key in value:
        if key not in fields and key.casefold() in folded:
            raise NotAnImage(f"{what} spells a field {key!r}, which others read in any case")
    return value


def _list(value: object, what: str, limit: int) -> list[object]:
    if not isinstance(value, list):
        raise NotAnImage(f"it has no list of {what}")
    if len(value) > limit:
        raise NotAnImage(f"it has {len(value)} {what}, more than the limit of {limit}")
    return value
