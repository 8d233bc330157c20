"""What the client reads, and how it words what it could not read."""

import asyncio
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from bot.image import Platform, Reference
from bot.inventory import SkipKind, Skipped
from bot.registry import Descriptor, Limits, Manifest, ResolvedImage
from bot.registry.client import Registry
from tests.fakes.registry import OCI_INDEX, OCI_MANIFEST, FakeRegistry, digest_of
from tests.registry.conftest import (
    CONFIG_TYPE,
    FAST,
    LAYER_TYPE,
    LOCAL,
    descriptor,
    entry_of,
    push,
    push_index,
    reach,
)

DOCKER_MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
DOCKER_CONFIG = "application/vnd.docker.container.image.v1+json"


def named(fake: FakeRegistry, rest: str = "shop:1") -> Reference:
    return Reference.parse(f"{fake.host}/{rest}")


def twice(more: str) -> bytes:
    """An image's manifest with something more in it."""
    config = json.dumps(descriptor(CONFIG_TYPE, b""))
    return f'{{"config": {config}, "layers": [], {more}}}'.encode()


async def resolved(
    registry: Registry, reference: Reference, platform: Platform | None = None
) -> ResolvedImage:
    found = await registry.resolve(reference, platform, LOCAL)
    assert isinstance(found, ResolvedImage), found
    return found


async def test_an_image_is_read_from_tag_to_layer(fake, registry):
    pushed = push(fake, layers=(b"one", gzip.compress(b"two")))
    image = await resolved(registry, named(fake))
    assert (image.index_digest, image.manifest_digest) == (pushed.digest, pushed.digest)
    assert image.platform == Platform("linux", "amd64")
    manifest = await registry.manifest(image, LOCAL)
    assert isinstance(manifest, Manifest)
    assert await registry.config(image.reference, manifest, LOCAL) == pushed.config
    paths = [await registry.blob(image.reference, layer, LOCAL) for layer in manifest.layers]
    assert tuple(path.read_bytes() for path in paths if isinstance(path, Path)) == pushed.layers


async def test_docker_schema_2_is_read_too(fake, registry):
    push(fake, media_type=DOCKER_MANIFEST, config_type=DOCKER_CONFIG)
    image = await resolved(registry, named(fake))
    assert isinstance(await registry.manifest(image, LOCAL), Manifest)


async def test_a_digest_wins_over_the_tag(fake, registry):
    old = push(fake, layers=(b"old",))
    push(fake, layers=(b"new",))
    image = await resolved(registry, named(fake, f"shop:1@{old.digest}"))
    assert image.manifest_digest == old.digest


@pytest.mark.parametrize(
    ("offered", "wanted", "found"),
    [
        (["linux/arm64", "linux/amd64"], None, "linux/amd64"),
        (["linux/arm64"], None, "linux/arm64"),
        (["linux/arm64/v8"], "linux/arm64", "linux/arm64/v8"),
        (["linux/arm/v6", "linux/arm/v7"], "linux/arm/v7", "linux/arm/v7"),
        (["linux/arm64", "linux/s390x"], None, None),
        (["linux/amd64"], "linux/arm64", None),
        (["linux/arm/v6"], "linux/arm/v7", None),
    ],
)
async def test_the_platform_is_chosen_from_the_index(fake, registry, offered, wanted, found):
    images = {each: push(fake, tag=each.replace("/", "-"), layers=(each.encode(),)) for each in offered}
    index = push_index(fake, images)
    platform = Platform.parse(wanted) if wanted else None
    image = await registry.resolve(named(fake, "shop:multi"), platform, LOCAL)
    if found is None:
        assert isinstance(image, Skipped)
        assert "has no image for" in image.why
        assert all(each in image.why for each in offered)
    else:
        assert isinstance(image, ResolvedImage)
        assert (str(image.platform), image.index_digest) == (found, index)
        assert image.manifest_digest == images[found].digest


async def test_attestations_are_not_platforms(fake, registry):
    arm = push(fake, architecture="arm64")
    nothing = {"platform": {"os": "unknown", "architecture": "unknown"}}
    attestation = descriptor("application/vnd.oci.image.manifest.v1+json", b"{}", **nothing)
    push_index(fake, {"linux/arm64": arm}, attestation=attestation)
    assert str((await resolved(registry, named(fake, "shop:multi"))).platform) == "linux/arm64"


async def test_an_image_is_one_whatever_its_entry_is_called(fake, registry):
    first, second = push(fake, tag="a", layers=(b"a",)), push(fake, tag="b", layers=(b"b",))
    called = {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}}
    platform = {"platform": {"os": "linux", "architecture": "amd64"}}
    body = json.dumps(first.manifest).encode()
    entry = descriptor(first.manifest["mediaType"], body, **called, **platform)
    images = {"mediaType": OCI_INDEX, "manifests": [entry, entry_of("linux/amd64", second)]}
    fake.put_manifest("shop", "multi", images, OCI_INDEX)
    assert (await resolved(registry, named(fake, "shop:multi"))).manifest_digest == first.digest


async def test_an_entry_without_platform_is_asked_for_its_configuration(fake, registry):
    pushed = push(fake, architecture="riscv64")
    entry = descriptor(pushed.manifest["mediaType"], json.dumps(pushed.manifest).encode())
    for platform in ({}, {"platform": {"os": "linux", "architecture": "a/b"}}):
        push_index(fake, {}, only={**entry, **platform})
        assert str((await resolved(registry, named(fake, "shop:multi"))).platform) == "linux/riscv64"


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<html>", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a JSON object"),
        (b"{}", "media type"),
        ({"schemaVersion": 1, "fsLayers": []}, "schema 1"),
        (
            {"schemaVersion": 2, "manifests": [], "layers": [], "config": {}},
            "both as an index and as an image",
        ),
        ({"schemaVersion": 2, "mediaType": "application/x-chart", "config": {}, "layers": []}, "media type"),
        (
            {"config": descriptor("application/vnd.cncf.helm.config.v1+json", b""), "layers": []},
            "no container",
        ),
        (
            {"config": {"mediaType": "a", "digest": "sha256:../../etc", "size": 1}, "layers": []},
            "no valid digest",
        ),
        ({"config": {**descriptor("a", b""), "size": -1}, "layers": []}, "no valid size"),
        ({"config": descriptor("application/vnd.oci.image.config.v1+json", b""), "layers": "x"}, "no list"),
        ({"manifests": ["x"]}, "not a JSON object"),
        (twice('"layers": [], "layers": []'), "names a field twice"),
        (twice('"annotations": {"a": "b", "a": "c"}'), "names a field twice"),
        (twice('"LAYERS": []'), "spells a field 'LAYERS'"),
        (twice('"Config": {}'), "spells a field 'Config'"),
        (twice('"Manifests": []'), "spells a field 'Manifests'"),
        (twice('"layer\u017f": []'), "spells a field 'layer\u017f'"),
        (
            {"config": {**descriptor(CONFIG_TYPE, b""), "Digest": "x"}, "layers": []},
            "spells a field 'Digest'",
        ),
        ({"manifests": [{**descriptor(OCI_MANIFEST, b""), "Platform": {}}]}, "spells a field 'Platform'"),
        (
            {"manifests": [descriptor(OCI_MANIFEST, b"", platform={"os": "linux", "Architecture": "arm"})]},
            "spells a field 'Architecture'",
        ),
    ],
)
async def test_what_is_no_image_is_skipped_with_the_reason(fake, registry, body: Any, why: str):
    fake.put_manifest("shop", "1", body, "application/octet-stream")
    skipped = await registry.resolve(named(fake), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert why in skipped.why
    assert (skipped.kind, skipped.transient) == (SkipKind.UNREADABLE, False)


@pytest.mark.parametrize("known", [False, True])
async def test_the_body_alone_says_what_it_is(fake, registry, known):
    pushed = push(fake)
    if known:
        await resolved(registry, named(fake, f"shop@{pushed.digest}"))
    fake.put_manifest("shop", "1", pushed.manifest, OCI_INDEX)
    image = await resolved(registry, named(fake, f"shop@{pushed.digest}"))
    assert isinstance(await registry.manifest(image, LOCAL), Manifest)


async def test_a_missing_tag_names_host_question_and_answer(fake, registry):
    skipped = await registry.resolve(named(fake, "shop:missing"), None, LOCAL)
    assert skipped == Skipped(
        f"{fake.host}/shop:missing",
        f"{fake.host} answered 404 MANIFEST_UNKNOWN to GET /v2/shop/manifests/missing",
    )


@pytest.mark.parametrize(
    ("fault", "why", "transient"),
    [
        ({"status": 500}, "answered 500 FAULT", True),
        ({"status": 403}, "answered 403 FAULT", False),
        ({"status": 403, "body": b"<b>@everyone"}, "answered 403 to GET", False),
        ({"status": 403, "body": b'{"errors": [{"code": "@everyone"}]}'}, "answered 403 to GET", False),
        ({"status": 429, "headers": {"Retry-After": "3600"}}, "asks to wait 3600 s", True),
        ({"drop": True}, "broke off its answer", True),
        ({"truncate": 10}, "broke off its answer", True),
        ({"redirect": "http://host:port"}, "broke off its answer", True),
        ({"redirect": ""}, "redirects to nowhere", False),
        ({"redirect": "{path}"}, "more than 5 times", False),
        ({"redirect": "file:///etc/passwd"}, "is refused", False),
    ],
)
async def test_a_failure_is_a_value(fake, registry, fault, why, transient):
    push(fake)
    fake.fail("/manifests/", **fault)
    skipped = await registry.resolve(named(fake), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert why in skipped.why
    assert skipped.transient is transient
    assert "everyone" not in skipped.why


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"drop": True}, {"truncate": 3}, {"status": 429, "headers": {"Retry-After": "0"}}],
)
@pytest.mark.parametrize("path", ["/manifests/", "/blobs/"])
async def test_a_passing_failure_is_tried_again(fake, registry, path, fault):
    push(fake)
    fake.fail(path, times=2, **fault)
    assert isinstance(await registry.resolve(named(fake), None, LOCAL), ResolvedImage)


async def test_a_registry_that_hangs_is_given_up_on(fake, tmp_path):
    push(fake)
    fake.fail("/manifests/", delay=30)
    async with reach(tmp_path, fake, limits=Limits(deadline=0.2)) as registry:
        skipped = await registry.resolve(named(fake), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert (skipped.why, skipped.transient) == ("it was not read within 0.2 seconds", True)


async def test_a_registry_that_is_down_could_not_be_reached(tmp_path):
    with FakeRegistry() as gone:
        reference = named(gone)
    async with reach(tmp_path, gone) as registry:
        skipped = await registry.resolve(reference, None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert "could not be reached" in skipped.why
    assert skipped.transient


@pytest.mark.parametrize(
    ("limits", "path", "why"),
    [
        ({"manifest": 50}, "/manifests/", "more than 50 bytes"),
        ({"layers": 0}, "/nothing", "more than the limit of 0"),
        ({"config": 3}, "/nothing", "more than the limit of 3"),
    ],
)
async def test_what_is_too_large_is_skipped(fake, tmp_path, limits, path, why):
    push(fake)
    fake.fail(path)
    async with reach(tmp_path, fake, limits=Limits(backoff=0, **limits)) as registry:
        skipped = await registry.resolve(named(fake), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert why in skipped.why


@pytest.mark.parametrize(
    ("served", "why"),
    [
        (b"other", "do not have the promised digest"),
        (b"longer than promised", "more than the promised 5 bytes"),
        (b"lay", "3 of the promised 5 bytes"),
    ],
)
async def test_a_blob_is_verified_against_its_digest(fake, registry, served, why):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    fake.fail("/blobs/", body=served)
    skipped = await registry.blob(named(fake), layer, LOCAL)
    assert isinstance(skipped, Skipped)
    assert why in skipped.why
    fake.heal()
    assert isinstance(await registry.blob(named(fake), layer, LOCAL), Path)


async def test_a_manifest_is_verified_against_its_digest(fake, registry):
    pushed = push(fake)
    fake.fail("/manifests/", body=b"{}")
    skipped = await registry.resolve(named(fake, f"shop@{pushed.digest}"), None, LOCAL)
    assert isinstance(skipped, Skipped)
    assert "do not have that digest" in skipped.why


@pytest.mark.parametrize(
    "media_type",
    [
        "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
        "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
    ],
)
async def test_a_foreign_layer_is_skipped_and_not_asked_for(fake, registry, media_type):
    skipped = await registry.blob(named(fake), Descriptor(media_type, digest_of(b"x"), 1), LOCAL)
    assert isinstance(skipped, Skipped)
    assert not fake.requests


async def test_the_urls_of_a_descriptor_are_never_followed(fake, other, registry):
    pushed = push(fake)
    pushed.manifest["layers"][0]["urls"] = [f"{other.url}/v2/shop/blobs/{digest_of(b'layer')}"]
    fake.put_manifest("shop", "1", pushed.manifest)
    image = await resolved(registry, named(fake))
    manifest = await registry.manifest(image, LOCAL)
    assert isinstance(manifest, Manifest)
    assert isinstance(await registry.blob(image.reference, manifest.layers[0], LOCAL), Path)
    assert not other.requests


async def test_a_blob_behind_a_redirect_is_read(fake, other, registry):
    digest = fake.put_blob("shop", b"layer")
    other.put_blob("shop", b"layer")
    fake.fail("/blobs/", redirect=f"{other.url}{{path}}?signature=secret")
    assert isinstance(await registry.blob(named(fake), Descriptor(LAYER_TYPE, digest, 5), LOCAL), Path)


async def test_a_signed_address_is_not_repeated_in_words(fake, other, registry):
    fake.fail("/blobs/", redirect=f"{other.url}/storage?signature=secret")
    skipped = await registry.blob(named(fake), Descriptor(LAYER_TYPE, digest_of(b"x"), 1), LOCAL)
    assert isinstance(skipped, Skipped)
    assert "redirects to, answered 404" in skipped.why
    assert "secret" not in skipped.why


async def test_a_blob_wanted_by_many_is_fetched_once(fake, registry):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    paths = await asyncio.gather(*(registry.blob(named(fake), layer, LOCAL) for _ in range(20)))
    assert len(set(paths)) == 1
    assert fake.count("GET", "/blobs/") == 1


async def test_one_who_gives_up_does_not_take_the_blob_from_the_others(fake, registry):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    fake.fail("/blobs/", delay=0.1)
    first, second = (asyncio.create_task(registry.blob(named(fake), layer, LOCAL)) for _ in range(2))
    await asyncio.wait([first], timeout=0.02)
    first.cancel()
    assert isinstance(await second, Path)


async def test_what_is_known_costs_no_request(fake, tmp_path):
    pushed = push(fake)
    for _ in range(2):
        async with reach(tmp_path, fake, limits=FAST) as registry:
            image = await resolved(registry, named(fake, f"shop@{pushed.digest}"))
            manifest = await registry.manifest(image, LOCAL)
            assert isinstance(manifest, Manifest)
            await registry.blob(image.reference, manifest.layers[0], LOCAL)
    assert fake.count("GET", "") == 3


async def test_a_manifest_known_in_one_repository_is_not_known_in_another(fake, registry):
    pushed = push(fake)
    await resolved(registry, named(fake, f"shop@{pushed.digest}"))
    assert isinstance(await registry.resolve(named(fake, f"other@{pushed.digest}"), None, LOCAL), Skipped)


async def test_a_folder_that_cannot_be_written_is_a_value(fake, registry, tmp_path):
    layer = Descriptor(LAYER_TYPE, fake.put_blob("shop", b"layer"), 5)
    (tmp_path / "incoming").rmdir()
    skipped = await registry.blob(named(fake), layer, LOCAL)
    assert isinstance(skipped, Skipped)
    assert "the content cache failed" in skipped.why
    assert skipped.transient


async def test_refusals_leave_connections_free(fake, tmp_path):
    fake.protect("shop", "ada", "secret")
    fake.fail("/token", status=503)
    async with reach(tmp_path, fake) as registry:
        answers = await asyncio.gather(*(registry.resolve(named(fake), None, LOCAL) for _ in range(60)))
        assert all(isinstance(answer, Skipped) for answer in answers)
        fake.heal()
        push(fake, "public")
        assert isinstance(await registry.resolve(named(fake, "public:1"), None, LOCAL), ResolvedImage)
