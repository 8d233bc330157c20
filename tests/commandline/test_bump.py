"""`plimsoll bump IMAGE:TAG` as a person runs it, against a registry on loopback and against a list of tags."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.clock import SystemClock
from tests.fakes.images import image, index
from tests.harness import Advisories, HeldClock, Registry

OLD = "1.0.1-alpine3.20"


@pytest.fixture
def plimsoll(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLIMSOLL_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PLIMSOLL_PRIVATE_HOSTS", registry.host)
    monkeypatch.setenv("PLIMSOLL_INSECURE_HOSTS", registry.host)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def advisories(tmp_path: Path) -> Advisories:
    # The command line reads the machine's clock, so the records are as of the machine's own today.
    known = Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", HeldClock(SystemClock().now()))
    known.add("CVE-2024-0001", package="openssl", fixed="3.3.1-r0", severity="critical")
    known.add("CVE-2024-0002", package="openssl", fixed="3.3.2-r0")
    known.import_now()
    return known


def push(registry: Registry, tag: str, openssl: str, **more: str) -> str:
    packages = {"libssl3": (openssl, "openssl"), "musl": "1.2.5-r0", **more}
    built = image(os="alpine:3.20", packages=packages)
    return registry.push_built(f"base:{tag}", index({"linux/amd64": built, "linux/arm64": built}))


@pytest.fixture
def stocked(registry: Registry, advisories: Advisories) -> str:
    """Something better on one track, something else on another, and a tag that is no candidate."""
    push(registry, "1.0.4-alpine3.20", "3.3.1-r0")
    push(registry, "1.2.0-alpine3.20", "3.3.0-r0", zlib="1.3.1-r0")
    push(registry, "2.0.0-rc1-alpine3.20", "3.3.2-r0")
    return push(registry, OLD, "3.3.0-r0")


def test_candidates_are_scanned_and_listed_with_the_rest(plimsoll, stocked: str) -> None:
    result = plimsoll("bump", stocked)
    assert result.exit_code == 0, result.output
    text = " ".join(result.stdout.split())
    assert "(in use)" in text
    assert f"Use `{stocked.replace('1.0.1', '1.0.4')}`: clears 1 of 2 severe vulnerabilities" in text
    assert "2.0.0-rc1-alpine3.20: a prerelease" in text
    assert "checked: Alpine" in text


def test_the_document_has_every_number(plimsoll, stocked: str, registry: Registry) -> None:
    result = plimsoll("bump", stocked, "--format", "json")
    document = json.loads(result.stdout)
    assert (document["schema"], document["scanned"], document["image"]) == (
        "plimsoll.bump/1",
        True,
        stocked,
    )
    advice = document["advice"]
    assert (advice["severe"], advice["counts"]) == (2, {"critical": 1, "high": 1})
    patch = next(each for each in advice["candidates"] if each["track"] == "patch")
    assert (patch["tag"], patch["severe_fixed"], patch["severe_left"]) == ("1.0.4-alpine3.20", 1, 1)
    assert [flaw["id"] for flaw in patch["fixes"]] == ["CVE-2024-0001"]
    assert patch["facts"]["platforms"] == ["linux/amd64", "linux/arm64"]
    assert patch["packages"] == [{"name": "libssl3", "before": "3.3.0-r0", "after": "3.3.1-r0"}]
    assert patch["write"] == f"{registry.host}/base:1.0.4-alpine3.20"
    rejected = {each["tag"]: each["reason"] for each in advice["rejected"]}
    assert rejected["1.2.0-alpine3.20"] == "its findings are the same"
    assert plimsoll("bump", stocked, "--format", "json").stdout == result.stdout


def test_a_pinned_image_is_told_of_its_newer_digest(
    plimsoll, registry: Registry, advisories: Advisories
) -> None:
    push(registry, "1.0.1", "3.3.0-r0")
    first = json.loads(plimsoll("scan", f"{registry.host}/base:1.0.1", "--format", "json").stdout)
    pinned = f"{registry.host}/base:1.0.1@{first['index_digest']}"
    push(registry, "1.0.1", "3.3.2-r0")
    advice = json.loads(plimsoll("bump", pinned, "--format", "json").stdout)["advice"]
    (candidate,) = advice["candidates"]
    assert (candidate["track"], candidate["severe_fixed"]) == ("digest", 2)
    assert advice["recommended"].startswith(f"{registry.host}/base:1.0.1@sha256:")
    assert advice["recommended"] != pinned


def test_an_image_that_lacks_a_platform_is_no_candidate(plimsoll, stocked: str, registry: Registry) -> None:
    alone = image(os="alpine:3.20", packages={"libssl3": ("3.3.2-r0", "openssl"), "musl": "1.2.5-r0"})
    registry.push_built("base:1.0.9-alpine3.20", index({"linux/amd64": alone}))
    advice = json.loads(plimsoll("bump", stocked, "--format", "json").stdout)["advice"]
    rejected = {each["tag"]: each["reason"] for each in advice["rejected"]}
    assert rejected["1.0.9-alpine3.20"] == "it lacks the platforms linux/arm64"


def test_without_advisories_nothing_is_better(plimsoll, registry: Registry) -> None:
    name = push(registry, "1.0.1", "3.3.0-r0")
    push(registry, "1.0.2", "3.3.2-r0")
    result = plimsoll("bump", name)
    assert result.exit_code == 3
    assert "no advisories are imported" in result.stdout
    assert "plimsoll db update" in result.stdout


def test_where_no_candidate_could_be_read_there_may_be_a_better_one(
    plimsoll, stocked: str, registry: Registry
) -> None:
    for tag in ("1.0.4", "1.2.0"):
        registry.fail(f"/manifests/{tag}-alpine3.20", status=503)
    result = plimsoll("bump", stocked)
    assert result.exit_code == 3
    assert "No better image was found among those that could be read" in " ".join(result.stdout.split())
    registry.heal()


@pytest.mark.parametrize("listed", ["{0}\n{1}\n\nlatest\n", '["{0}", "{1}", "latest"]'])
def test_a_list_of_tags_needs_no_network_and_proves_nothing(plimsoll, tmp_path: Path, listed: str) -> None:
    tags = tmp_path / "tags"
    tags.write_text(listed.format("3.12.1-slim", "3.12.8-slim"))
    arguments = ("bump", "python:3.12.1-slim", "--tags", tags)
    text = plimsoll(*arguments)
    assert text.exit_code == 0
    assert "not scanned" in text.stdout
    document = json.loads(plimsoll(*arguments, "--format", "json").stdout)
    assert (document["scanned"], document["advice"]) == (False, None)
    assert {"tag": "3.12.8-slim", "track": "patch", "note": None} in document["proposals"]
    assert document["rejected"] == [{"tag": "latest", "reason": "a moving tag"}]


def test_thousands_of_tags_are_counted_and_some_of_each_kind_shown(plimsoll, tmp_path: Path) -> None:
    tags = tmp_path / "tags"
    tags.write_text("\n".join([*(f"3.11.{number}" for number in range(2000)), "latest", "3.12.2"]))
    result = plimsoll("bump", "python:3.12.1", "--tags", tags)
    assert "2001 tags not proposed" in result.stdout
    assert "latest: a moving tag" in result.stdout
    assert len(result.stdout.splitlines()) < 150


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'["1", 2]', "each a text"),
        (b"[1", "is no JSON"),
        (b"[" * 100_000, "is no JSON"),
        (b"\xff\xfe", "is no text"),
    ],
)
def test_a_list_that_is_none_is_named(plimsoll, tmp_path: Path, content: bytes, says: str) -> None:
    tags = tmp_path / "tags"
    tags.write_bytes(content)
    result = plimsoll("bump", "python:3.12.1", "--tags", tags)
    assert result.exit_code == 2
    assert says in result.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("UPPER case",), 2, "is not an image reference"),
        (("python@sha256:" + "a" * 64,), 2, "write IMAGE:TAG"),
        (("python:3", "--tags", "/nowhere"), 2, "does not exist"),
        (("python:3", "--platform", "pdp11"), 2, "is not a platform"),
        ((), 2, "IMAGE:TAG"),
        (("127.0.0.1:1/base:1",), 3, "could not be read"),
    ],
)
def test_a_mistake_is_named(plimsoll, arguments: tuple[str, ...], code: int, says: str) -> None:
    result = plimsoll("bump", *arguments)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr
