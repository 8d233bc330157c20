"""What is told of an image besides its content: platforms, when it was published, who claims to have signed it."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import given
from hypothesis import strategies as st

from bot.image import Reference
from bot.registry import ImageDetails, ResolvedImage
from bot.registry.certificate import identity
from bot.registry.client import Registry
from tests.fakes.registry import OCI_MANIFEST, FakeRegistry
from tests.fakes.signatures import attach, certificate, sign
from tests.registry.conftest import LOCAL, descriptor, push, push_index, reach
from tests.registry.test_registry_tags import HeldTime

WORKFLOW = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1"
ACTIONS = "https://token.actions.githubusercontent.com"
PUBLISHED = datetime(2026, 11, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def clock() -> HeldTime:
    return HeldTime()


@pytest.fixture
async def registry(fake: FakeRegistry, tmp_path: Path, clock: HeldTime) -> AsyncIterator[Registry]:
    async with reach(tmp_path, fake, clock=clock) as client:
        yield client


async def resolved(registry: Registry, fake: FakeRegistry, rest: str = "shop:1") -> ResolvedImage:
    image = await registry.resolve(Reference.parse(f"{fake.host}/{rest}"), None, LOCAL)
    assert isinstance(image, ResolvedImage), image
    return image


async def details(registry: Registry, fake: FakeRegistry, rest: str = "shop:1") -> ImageDetails:
    return await registry.details(await resolved(registry, fake, rest), LOCAL)


async def test_the_platforms_of_an_index_are_those_of_its_images(fake, registry):
    amd, arm = push(fake), push(fake, tag="2", architecture="arm64")
    attestation = descriptor(OCI_MANIFEST, b"{}", platform={"os": "unknown", "architecture": "unknown"})
    push_index(fake, {"linux/amd64": amd, "linux/arm64/v8": arm}, attestation=attestation)
    found = await details(registry, fake, "shop:multi")
    assert found.platforms == ("linux/amd64", "linux/arm64/v8")


async def test_an_image_without_an_index_is_for_its_own_platform(fake, registry):
    push(fake, architecture="arm64")
    assert await details(registry, fake) == ImageDetails(platforms=("linux/arm64",))


async def test_when_it_was_published_is_remembered_with_the_manifest(fake, registry, tmp_path):
    push(fake)
    fake.date("shop", "1", PUBLISHED)
    image = await resolved(registry, fake)
    assert (await registry.details(image, LOCAL)).published == "2026-11-02T03:04:05+00:00"
    async with reach(tmp_path, fake) as later:
        assert (await later.details(image, LOCAL)).published == "2026-11-02T03:04:05+00:00"
    assert fake.count("GET", "/manifests/(1|sha256:)") == 1


@pytest.mark.parametrize("header", ["", "yesterday", "0", "Mon, 99 Nov 2026 00:00:00 GMT", "é" * 10])
async def test_a_time_that_is_none_is_not_known(fake, registry, header):
    push(fake)
    fake.fail("/manifests/1", headers={"Last-Modified": header})
    assert (await details(registry, fake)).published == ""


@pytest.mark.parametrize(
    ("signed_by", "words"),
    [
        (certificate(WORKFLOW, ACTIONS), f"{WORKFLOW}, by {ACTIONS}"),
        (certificate(WORKFLOW, ACTIONS, old=True), f"{WORKFLOW}, by {ACTIONS}"),
        (certificate("ann@acme.example"), "ann@acme.example"),
        (None, "a key without a name"),
    ],
)
async def test_who_signed_it_stands_in_the_signature(fake, registry, signed_by, words):
    pushed = push(fake)
    sign(fake, "shop", pushed.digest, signed_by)
    assert (await details(registry, fake)).signer == words


async def test_a_bundle_is_found_among_the_referrers(fake, registry):
    pushed = push(fake)
    attach(fake, "shop", pushed.digest, certificate(WORKFLOW, ACTIONS))
    assert (await details(registry, fake)).signer == f"{WORKFLOW}, by {ACTIONS}"


async def test_a_referrer_with_other_content_than_its_digest_counts_for_nothing(fake, registry):
    pushed = push(fake)
    referrer = attach(fake, "shop", pushed.digest, certificate(WORKFLOW, ACTIONS))
    fake.fail(
        f"/manifests/{referrer}",
        body=b'{"layers": [{"annotations": {"dev.cosignproject.cosign/signature": 1}}]}',
    )
    assert (await details(registry, fake)).signer == ""


async def test_a_signature_is_looked_for_once_a_day_in_two_requests(fake, registry, clock):
    pushed = push(fake)
    image = await resolved(registry, fake)
    before = fake.requests.total()
    for _ in range(3):
        assert (await registry.details(image, LOCAL)).signer == ""
    assert fake.requests.total() - before == 2
    sign(fake, "shop", pushed.digest, certificate("ann@acme.example"))
    clock.now += 86400
    assert (await registry.details(image, LOCAL)).signer == "ann@acme.example"


@pytest.mark.parametrize(
    "fault", [{"status": 503}, {"status": 429, "headers": {"Retry-After": "60"}}, {"drop": True}]
)
async def test_a_registry_that_fails_costs_only_what_it_did_not_tell(fake, registry, clock, fault):
    pushed = push(fake)
    sign(fake, "shop", pushed.digest, certificate("ann@acme.example"))
    fake.date("shop", "1", PUBLISHED)
    image = await resolved(registry, fake)
    fake.fail(r"\.sig", **fault)
    found = await registry.details(image, LOCAL)
    assert found == ImageDetails(("linux/amd64",), "2026-11-02T03:04:05+00:00", "")
    fake.heal()
    clock.now += 61
    assert (await registry.details(image, LOCAL)).signer == "ann@acme.example"


async def test_a_manifest_that_vanished_tells_nothing(fake, registry, tmp_path):
    push(fake)
    image = await resolved(registry, fake)
    fake.delete_manifest("shop", image.index_digest)
    async with reach(tmp_path / "empty", fake) as other:
        assert await other.details(image, LOCAL) == ImageDetails()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 100_000,
        b'{"layers": 1}',
        b'{"layers": [1, null, {"annotations": 1}]}',
        b'{"layers": [{"annotations": {"dev.sigstore.cosign/certificate": "-----BEGIN CERTIFICATE-----"}}]}',
        b'{"layers": [{"annotations": {"dev.sigstore.cosign/certificate": "\\ud800"}}]}',
        b'{"manifests": [{"artifactType": "application/vnd.dev.sigstore.bundle", "digest": "sha256:.."}]}',
    ],
)
async def test_a_hostile_signature_names_nobody(fake, registry, body):
    push(fake)
    fake.fail(r"\.sig|/referrers/", status=200, body=body)
    assert (await details(registry, fake)).signer == ""


DER = certificate(WORKFLOW, ACTIONS).public_bytes(serialization.Encoding.DER)


@given(st.integers(0, len(DER) - 1), st.integers(0, 255), st.integers(0, len(DER)))
def test_a_spoiled_certificate_names_somebody_or_nobody(place: int, byte: int, length: int) -> None:
    spoiled = DER[:place] + bytes([byte]) + DER[place + 1 :]
    for certificate_bytes in (spoiled, spoiled[:length]):
        named = identity(certificate_bytes)
        assert len(named) <= 1100
        assert named.isprintable()
