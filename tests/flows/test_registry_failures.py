"""Whatever a registry does, a changed reference that was not read is never a success and never "0 found"."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.registry.documents import OCI_MANIFEST
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import BuiltImage, compress, image, index, layer, push
from tests.flows import scenes
from tests.flows.reading import SOUND, counts_of, rules_of, text_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

UNKNOWN = dict.fromkeys(("introduced", "fixed", "unchanged", "cleared"), "not known")
UNSEEN = {**SOUND, "zlib": ("1.3.1-r0", "zlib")}
"""Not the layer of the base side: what was read there need not be fetched from anywhere."""
MANIFEST, BLOBS = "/shop/manifests/2", "/bad/blobs/"
ZSTD = b"\x28\xb5\x2f\xfd" + bytes(100)
SCHEMA_1 = b'{"schemaVersion": 1, "name": "shop", "tag": "2", "fsLayers": [], "history": []}'


def review(bot: RunningBot, github: FakeGitHub, registry: Registry, changed: str) -> FakePull:
    """Change the reference to one that cannot be read."""
    good = registry.push_image("shop:1", packages=SOUND)
    return scenes.review(bot, github, f"FROM {good}\n", f"FROM {changed}\n")


def assert_not_read(pull: FakePull, reference: str, *words: str) -> None:
    """The check and the comment say what was not read and why, and claim nothing."""
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]
    assert f"could not read {reference}" in pull.check.title
    assert counts_of(pull) == UNKNOWN
    assert [note["annotation_level"] for note in pull.check.annotations] == ["failure"]
    assert "no new vulnerabilities" not in text_of(pull).lower()
    assert f"Could not read `{reference}`" in (pull.bot_comment or "")
    assert [word for word in words if word not in text_of(pull)] == []


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"status": 404}, "{host} answered 404 FAULT to GET /v2/shop/manifests/2"),
        ({"status": 401}, "{host} answered 401 FAULT to GET /v2/shop/manifests/2"),
        ({"status": 403}, "{host} answered 403 FAULT to GET /v2/shop/manifests/2"),
        (
            {"status": 429, "headers": {"Retry-After": "3600"}},
            "{host} answered 429 FAULT to GET /v2/shop/manifests/2; it asks to wait 3600 s",
        ),
        ({"status": 500}, "{host} answered 500 FAULT to GET /v2/shop/manifests/2"),
        ({"drop": True}, "{host}, asked for /v2/shop/manifests/2, broke off its answer"),
        ({"truncate": 20}, "{host}, asked for /v2/shop/manifests/2, broke off its answer"),
        ({"body": b"<html>captive portal</html>"}, "it is not JSON"),
        ({"body": b"[]"}, "the manifest is not a JSON object"),
        ({"body": b"{}"}, "its media type '' is not that of an image"),
        ({"body": SCHEMA_1}, "it is a Docker image manifest of schema 1"),
        (
            {"body": b'{"mediaType": "application/x-chart", "config": {}}'},
            "its media type 'application/x-chart' is not that of an image",
        ),
        (
            {"body": b" " * 5_000_000},
            "{host}, asked for /v2/shop/manifests/2, answered with more than 4194304 bytes",
        ),
    ],
    ids=lambda value: None if isinstance(value, dict) else value.format(host="host")[:40],
)
def test_a_manifest_that_cannot_be_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry, fault: dict[str, object], answer: str
) -> None:
    changed = registry.push_image("shop:2", packages=SOUND)
    registry.fail(MANIFEST, **fault)
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, answer.format(host=registry.host))


@pytest.mark.parametrize(
    ("fault", "answer"),
    [
        ({"status": 404}, "{host} answered 404 FAULT to GET /v2/bad/blobs/"),
        ({"truncate": 10}, "{host}, asked for /v2/bad/blobs/"),
        ({"body": b"shorter"}, "7 of the promised"),
        ({"body": b"longer" * 10_000}, "more than the promised"),
    ],
    ids=["missing", "truncated", "short", "long"],
)
def test_a_blob_that_cannot_be_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry, fault: dict[str, object], answer: str
) -> None:
    changed = registry.push_image("bad:2", packages=UNSEEN)
    registry.fail(BLOBS, **fault)
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, answer.format(host=registry.host))


def test_bytes_that_do_not_have_the_promised_digest(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    built = image(packages=UNSEEN)
    changed = registry.push_built("bad:2", built)
    digest, blob = built.layers[0]
    registry.fail(digest, body=blob[:-1] + b"?")
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, "bytes that do not have the promised digest", digest)


def damaged() -> BuiltImage:
    """Its layer's digest is right, but the archive ends in the middle."""
    whole = layer({"etc/os-release": "ID=alpine\n", "usr/share/x": bytes(9000)}, compression="none")
    return image(os=None, layers=[compress(whole[:4000], "gzip")])


def in_too_many_layers() -> BuiltImage:
    return image(packages=SOUND, layers=[layer({f"layer/{number}": "x"}) for number in range(128)])


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (lambda: image(packages=SOUND, layers=[ZSTD[:-7]]), "cut short"),
        (damaged, "its tar archive is cut short"),
        (lambda: image(packages=SOUND, layers=[b"garbage" * 200]), "tar"),
        (in_too_many_layers, "it has 129 layers, more than the limit of 128"),
    ],
    ids=["damaged zstd", "damaged", "garbage", "too many"],
)
def test_layers_that_cannot_be_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry, make: Callable[[], BuiltImage], answer: str
) -> None:
    changed = registry.push_built("bad:2", make())
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, answer)


def test_a_layer_of_another_kind_cannot_be_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    built = image(packages=SOUND)
    push(registry, "bad", "1", built)
    manifest = json.loads(built.manifest)
    manifest["layers"][0]["mediaType"] = "application/vnd.example.wasm"
    registry.put_manifest("bad", "2", manifest, OCI_MANIFEST)
    changed = f"{registry.host}/bad:2"
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, "layers of type 'application/vnd.example.wasm' are not read")


@pytest.mark.parametrize(
    ("field", "value", "answer"),
    [
        (
            "mediaType",
            "application/vnd.example.wasm",
            "layers of type 'application/vnd.example.wasm' are not",
        ),
        ("size", 7, "more than the promised 7 bytes"),
    ],
)
def test_a_known_layer_that_is_declared_as_something_else_cannot_be_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry, field: str, value: object, answer: str
) -> None:
    built = image(packages=SOUND)
    push(registry, "shop", "known", built)
    repo = github.repo(files={"Dockerfile": f"FROM {registry.push_image('shop:1', packages=SOUND)}\n"})
    repo.open_pull(files={"Dockerfile": f"FROM {registry.host}/shop:known\n"})
    bot.drain()
    manifest = json.loads(built.manifest)
    manifest["layers"][0][field] = value
    registry.put_manifest("shop", "other", manifest, OCI_MANIFEST)
    changed = f"{registry.host}/shop:other"
    pull = repo.open_pull(files={"Dockerfile": f"FROM {changed}\n"})
    bot.drain()
    assert_not_read(pull, changed, answer)


def test_a_layer_whose_document_cannot_be_kept_is_read(
    bot: RunningBot, github: FakeGitHub, registry: Registry, tmp_path: Path
) -> None:
    changed = registry.push_image("shop:2", packages=SOUND)
    # Stands for a disk that is full or read-only.
    (tmp_path / "data" / "layers").write_text("")
    pull = review(bot, github, registry, changed)
    assert pull.check.conclusion == "success"


def test_an_index_without_the_platform(bot: RunningBot, github: FakeGitHub, registry: Registry) -> None:
    images = {each: image(packages=SOUND, platform=each) for each in ("linux/arm64", "linux/s390x")}
    changed = registry.push_built("bad:2", index(images))
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, "it has no image for linux/amd64, only for: linux/arm64, linux/s390x")


NOT_PUBLIC = "is not a public address; the operator may allow the host"
NO_NAME = "does not resolve, or not to public addresses only; check the name"


@pytest.mark.parametrize(
    ("host", "answer"),
    [("10.0.0.1", NOT_PUBLIC), ("169.254.169.254", NOT_PUBLIC), ("localhost:1", NO_NAME)],
)
def test_a_private_address_is_refused(
    bot: RunningBot, github: FakeGitHub, registry: Registry, host: str, answer: str
) -> None:
    changed = f"{host}/shop:2"
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed, "was not reached", answer)


def test_a_redirect_to_a_private_address_is_refused(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    changed = registry.push_image("bad:2", packages=UNSEEN)
    with Registry() as inside:
        registry.fail(BLOBS, redirect=f"{inside.url}{{path}}")
        pull = review(bot, github, registry, changed)
        assert_not_read(pull, changed, "was not reached")
        assert inside.received == []


def test_a_digest_that_names_other_bytes(bot: RunningBot, github: FakeGitHub, registry: Registry) -> None:
    built = image(packages=SOUND)
    registry.push_built("shop:2", built)
    changed = f"{registry.host}/shop@{built.digest}"
    registry.fail(f"/shop/manifests/{built.digest}", body=image(packages={"musl": "2"}).manifest)
    pull = review(bot, github, registry, changed)
    assert_not_read(pull, changed)


def test_a_passing_trouble_is_asked_about_again(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    changed = registry.push_image("shop:2", packages=SOUND)
    registry.fail(MANIFEST, status=503, times=1)
    registry.fail(MANIFEST, drop=True, times=1)
    assert review(bot, github, registry, changed).check.conclusion == "success"


def test_a_rescan_after_the_trouble_is_over_passes(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    changed = registry.push_image("shop:2", packages=SOUND)
    registry.fail(MANIFEST, status=404)
    pull = review(bot, github, registry, changed)
    registry.heal()
    pull.check.press("rescan")
    bot.drain()
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["introduced"] == "0"
    assert "Pass" in (pull.bot_comment or "")


def test_an_operator_may_let_errors_through_and_the_title_says_so(
    tmp_path: Path, github: FakeGitHub, registry: Registry, advisories: Advisories, clock: HeldClock
) -> None:
    settings = settings_for(tmp_path / "data", github, registry, on_error="neutral")
    with running_bot(settings, clock, github, advisories) as bot:
        pull = review(bot, github, registry, f"{registry.host}/shop:2")
        assert pull.check.conclusion == "neutral"
        assert pull.check.title.startswith("Error (neutral by the operator’s setting): could not read")
