"""A registry on loopback and a client that is allowed to reach it."""

import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.registry import Access, Keychain, Limits
from bot.registry.client import Registry
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, FakeRegistry

CONFIG_TYPE = "application/vnd.oci.image.config.v1+json"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar+gzip"
LOCAL = Access("")
FAST = Limits(backoff=0, deadline=10, blob_deadline=10)


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    with FakeRegistry() as registry:
        yield registry


@pytest.fixture
def other() -> Iterator[FakeRegistry]:
    with FakeRegistry() as registry:
        yield registry


@pytest.fixture
async def registry(fake: FakeRegistry, other: FakeRegistry, tmp_path: Path) -> AsyncIterator[Registry]:
    async with reach(tmp_path, fake, other) as client:
        yield client


def reach(
    cache: Path,
    *fakes: FakeRegistry,
    keychain: Keychain | None = None,
    limits: Limits = FAST,
    clock: Callable[[], float] = time.time,
) -> AbstractAsyncContextManager[Registry]:
    policy = GuardPolicy.allowing(*(fake.host for fake in fakes))
    return open_registry(cache, policy=policy, keychain=keychain or Keychain(), limits=limits, clock=clock)


@dataclass(frozen=True)
class Pushed:
    """What a push left in the registry."""

    digest: str
    manifest: dict[str, Any]
    config: bytes
    layers: tuple[bytes, ...]


def descriptor(media_type: str, data: bytes, **more: Any) -> dict[str, Any]:
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    return {"mediaType": media_type, "digest": digest, "size": len(data), **more}


def push(
    fake: FakeRegistry,
    repository: str = "shop",
    tag: str = "1",
    *,
    layers: tuple[bytes, ...] = (b"layer",),
    architecture: str = "amd64",
    media_type: str = OCI_MANIFEST,
    config_type: str = CONFIG_TYPE,
) -> Pushed:
    """Push an image of raw bytes."""
    config = json.dumps({"os": "linux", "architecture": architecture}).encode()
    for blob in (config, *layers):
        fake.put_blob(repository, blob)
    manifest = {
        "schemaVersion": 2,
        "mediaType": media_type,
        "config": descriptor(config_type, config),
        "layers": [descriptor(LAYER_TYPE, layer) for layer in layers],
    }
    digest = fake.put_manifest(repository, tag, manifest, media_type)
    return Pushed(digest, manifest, config, layers)


def push_index(
    fake: FakeRegistry,
    platforms: dict[str, Pushed],
    repository: str = "shop",
    tag: str = "multi",
    **more: Any,
) -> str:
    """Push an index over images that are there already; `more` are entries to add as they are."""
    entries = [entry_of(platform, pushed) for platform, pushed in platforms.items()]
    body = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [*entries, *more.values()]}
    return fake.put_manifest(repository, tag, body, OCI_INDEX)


def entry_of(platform: str, pushed: Pushed) -> dict[str, Any]:
    """Point to an image from an index."""
    os, architecture, *variant = platform.split("/")
    body = json.dumps(pushed.manifest).encode()
    named = {"os": os, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
    return descriptor(pushed.manifest["mediaType"], body, platform=named)
