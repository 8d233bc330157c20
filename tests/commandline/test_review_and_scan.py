"""`plimsoll review`, `scan` and `db` as a person runs them: what they print, and how they exit."""

import json
import os
import subprocess
import threading
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from bot.clock import SystemClock
from tests.fakes.images import File, image, index, layer
from tests.harness import Advisories, HeldClock, Registry


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def advisories(tmp_path: Path, folder: Path) -> Advisories:
    # The command line reads the machine's clock, so the records are as of the machine's own today.
    return Advisories(tmp_path / "osv", folder / "advisories.db", HeldClock(SystemClock().now()))


@pytest.fixture
def plimsoll(folder: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLIMSOLL_DATA_DIR", str(folder))
    monkeypatch.setenv("PLIMSOLL_PRIVATE_HOSTS", registry.host)
    monkeypatch.setenv("PLIMSOLL_INSECURE_HOSTS", registry.host)
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    path = tmp_path / "shop"
    path.mkdir()
    for arguments in (
        ["init", "-b", "main"],
        ["config", "user.name", "A"],
        ["config", "user.email", "a@example.com"],
    ):
        subprocess.run(["git", *arguments], cwd=path, check=True, capture_output=True)
    return path


def commit(path: Path, dockerfile: str) -> None:
    (path / "Dockerfile").write_text(dockerfile)
    for arguments in (["add", "."], ["commit", "-m", "Change"]):
        subprocess.run(["git", *arguments], cwd=path, check=True, capture_output=True)


@pytest.fixture
def images(registry: Registry, advisories: Advisories) -> dict[str, str]:
    """A good and a bad version of one base image, and advisories that tell them apart."""
    advisories.add("CVE-2024-0001", package="openssl", fixed="3.3.1-r0", severity="critical")
    advisories.import_now()
    return {
        "good": registry.push_image("base:1", packages={"libssl3": ("3.3.1-r0", "openssl")}),
        "bad": registry.push_image("base:2", packages={"libssl3": ("3.3.0-r0", "openssl")}),
    }


@pytest.mark.parametrize(
    ("before", "after", "verdict", "code"),
    [
        ("good", "bad", "fail", 1),
        ("bad", "good", "pass", 0),
        ("bad", "bad", "pass", 0),
        ("good", "gone", "error", 3),
    ],
)
def test_the_exit_code_is_the_verdict(
    plimsoll,
    repository: Path,
    images: dict[str, str],
    registry: Registry,
    before: str,
    after: str,
    verdict: str,
    code: int,
) -> None:
    names = {**images, "gone": f"{registry.host}/base:3"}
    commit(repository, f"FROM {names[before]}\n")
    (repository / "Dockerfile").write_text(f"# edited\nFROM {names[after]}\n")
    result = plimsoll("review", repository, "--format", "json")
    assert (json.loads(result.stdout)["verdict"], result.exit_code) == (verdict, code)


def test_every_format_tells_the_same_verdict(plimsoll, repository: Path, images: dict[str, str]) -> None:
    commit(repository, f"FROM {images['good']}\n")
    (repository / "Dockerfile").write_text(f"FROM {images['bad']}\n")
    text, markdown = plimsoll("review", repository), plimsoll("review", repository, "--format", "markdown")
    assert "\x1b" not in text.stdout, "no colour into a pipe"
    assert text.stderr == "", "quiet in a pipe"
    for result in (text, markdown):
        assert result.exit_code == 1
        assert "1 new critical vulnerability" in result.stdout
        assert "CVE-2024-0001" in result.stdout


def test_a_dockerfile_that_hides_behind_bytes_that_are_no_text_is_never_a_pass(
    plimsoll, repository: Path, images: dict[str, str]
) -> None:
    commit(repository, f"FROM {images['good']}\n")
    # Both are "a\ufffd/Dockerfile" once they are text, and the second one is harmless.
    for folder, name in ((b"a\xfe", "bad"), (b"a\xff", "good")):
        place = os.path.join(os.fsencode(repository), folder)
        os.mkdir(place)
        with open(os.path.join(place, b"Dockerfile"), "w") as file:
            file.write(f"FROM {images[name]}\n")
    result = plimsoll("review", repository)
    assert result.exit_code == 3
    assert "two paths differ only in bytes that are no text" in result.stdout.replace("\n", " ")


def test_the_report_can_go_to_a_file(
    plimsoll, repository: Path, images: dict[str, str], tmp_path: Path
) -> None:
    commit(repository, f"FROM {images['good']}\n")
    result = plimsoll("review", repository, "--format", "json", "--output", tmp_path / "review.json")
    assert (result.exit_code, result.stdout) == (0, "")
    assert json.loads((tmp_path / "review.json").read_text())["schema"] == "plimsoll.review/1"


def test_a_build_argument_resolves_what_only_the_builder_knows(
    plimsoll, repository: Path, images: dict[str, str]
) -> None:
    commit(repository, "ARG BASE\nFROM $BASE\n")
    (repository / "Dockerfile").write_text("ARG BASE\nFROM $BASE\nUSER 1000\n")
    assert "PLIMSOLL_BUILD_ARGS" in plimsoll("review", repository).stdout
    resolved = plimsoll("review", repository, "--build-arg", f"BASE={images['good']}", "--format", "json")
    assert json.loads(resolved.stdout)["verdict"] == "pass"


def test_without_advisories_nothing_passes(plimsoll, repository: Path, registry: Registry) -> None:
    base = registry.push_image("base:1")
    commit(repository, "FROM scratch\n")
    (repository / "Dockerfile").write_text(f"FROM {base}\n")
    result = plimsoll("review", repository)
    assert result.exit_code == 3
    assert "Run `plimsoll db update` (or `plimsoll db import PATH`)" in " ".join(result.stdout.split())
    assert "rescan" not in result.stdout


def test_a_dockerfile_that_is_not_understood_is_not_shown_as_gone(
    plimsoll, repository: Path, images: dict[str, str]
) -> None:
    commit(repository, f"FROM {images['good']}\n")
    (repository / "Dockerfile").write_text("FROM\n")
    result = plimsoll("review", repository)
    assert result.exit_code == 3
    assert f"`{images['good']}` → (not understood)" in result.stdout


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 0),
        (("--fail-on", "critical"), 1),
        (("--fail-on", "high", "--only-fixed"), 1),
        (("--platform", "linux/s390x"), 3),
    ],
)
def test_scan_exits_as_review_does(
    plimsoll, images: dict[str, str], registry: Registry, options: tuple[str, ...], code: int
) -> None:
    built = image(os="alpine:3.20", packages={"libssl3": ("3.3.0-r0", "openssl")})
    name = registry.push_built("multi:1", index({"linux/amd64": built, "linux/arm64": built}))
    assert plimsoll("scan", name, *options).exit_code == code


def test_scan_lists_packages_and_flaws(plimsoll, images: dict[str, str]) -> None:
    document = json.loads(plimsoll("scan", images["bad"], "--format", "json").stdout)
    assert [package["purl"] for package in document["packages"]] == [
        "pkg:apk/alpine/libssl3@3.3.0-r0?arch=x86_64&upstream=openssl%403.3.0-r0"
    ]
    assert [flaw["id"] for flaw in document["vulnerabilities"]] == ["CVE-2024-0001"]


def test_a_damaged_layer_is_never_a_clean_scan(plimsoll, registry: Registry, images: dict[str, str]) -> None:
    damaged = b"not a tar archive " * 100
    name = registry.push_built(
        "cut:1", image(os="alpine:3.20", packages={"musl": "1.2.5-r0"}, layers=[damaged])
    )
    assert plimsoll("scan", name).exit_code == 3


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("scan", "UPPER case"), 2, "is not an image reference"),
        (("scan", "oci:/nowhere"), 2, "no such folder"),
        (("scan", "archive:/nope"), 2, "archive:/nope: there is no such file"),
        (("scan", "x", "--platform", "pdp11"), 2, "is not a platform"),
        (("review", "/nowhere"), 2, "does not exist"),
        (("db", "status"), 3, "plimsoll db update"),
        (("db", "status"), 3, "plimsoll db import PATH"),
        (("db", "status"), 3, "/data:"),
        (("db", "import", ".", "--as-of", "yesterday"), 2, "write a date"),
        (("review", ".", "--build-arg", "BASE"), 2, "NAME=VALUE"),
        (("serve",), 2, "PLIMSOLL_APP_ID"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(
    plimsoll, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result: Result = plimsoll(*arguments)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr


def test_a_setting_that_makes_no_sense_is_named(plimsoll, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLIMSOLL_WORKERS", "many")
    result = plimsoll("db", "status")
    assert result.exit_code == 2
    assert "PLIMSOLL_WORKERS" in result.stderr


def test_status_tells_which_advisories_are_in_use(plimsoll, images: dict[str, str]) -> None:
    result = plimsoll("db", "status")
    assert result.exit_code == 0
    assert "Alpine: 2 records, 1 release; " in result.stdout


@pytest.mark.parametrize(
    ("hours", "age"), [(167, "(ok)"), (169, "(old)"), (719, "(old)"), (721, "(too old)")]
)
def test_status_tells_the_age_a_review_goes_by(
    plimsoll, images: dict[str, str], advisories: Advisories, hours: int, age: str
) -> None:
    advisories.import_now(SystemClock().now() - timedelta(hours=hours))
    assert age in plimsoll("db", "status").stdout


@pytest.fixture
def feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """OSV.dev's layout on loopback, with one feed that is there."""
    record = {
        "id": "ALPINE-CVE-2024-0001",
        "modified": "2026-11-01T00:00:00Z",
        "upstream": ["CVE-2024-0001"],
        "affected": [
            {
                "package": {"ecosystem": "Alpine:v3.20", "name": "openssl"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.3.1-r0"}]}],
            }
        ],
    }
    monkeypatch.setenv("PLIMSOLL_KEV_URL", "")
    monkeypatch.setenv("PLIMSOLL_EPSS_URL", "")
    (tmp_path / "feeds" / "Alpine").mkdir(parents=True)
    with zipfile.ZipFile(tmp_path / "feeds" / "Alpine" / "all.zip", "w") as archive:
        archive.writestr(f"{record['id']}.json", json.dumps(record))
    handler = partial(Quiet, directory=str(tmp_path / "feeds"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.mark.parametrize(
    ("ecosystems", "code", "says"),
    [
        ("Alpine", 0, "Alpine: 1 records"),
        ("Alpine,Debian", 0, "not published by http://127.0.0.1"),
        ("Debian", 3, "answered 404"),
    ],
)
def test_feeds_are_fetched_in_the_layout_of_osv(
    plimsoll, feeds: str, monkeypatch: pytest.MonkeyPatch, ecosystems: str, code: int, says: str
) -> None:
    monkeypatch.setenv("PLIMSOLL_OSV_URL", f"http://{feeds}")
    monkeypatch.setenv("PLIMSOLL_PRIVATE_HOSTS", feeds)
    monkeypatch.setenv("PLIMSOLL_INSECURE_HOSTS", feeds)
    monkeypatch.setenv("PLIMSOLL_ECOSYSTEMS", ecosystems)
    monkeypatch.setenv("PLIMSOLL_LIFECYCLE_URL", "")
    result = plimsoll("db", "update")
    assert (result.exit_code, says in result.output) == (code, True), result.output


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (
            {"result": {"releases": [{"name": "3.99", "eolFrom": "2035-10-31"}]}},
            ("products, fetched 20", "from http://"),
        ),
        (None, ("products, as known to this version", "could not be fetched: http://", "stay in use")),
    ],
)
def test_support_dates_are_fetched_with_the_feeds(
    plimsoll,
    folder: Path,
    feeds: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    answer: object,
    says: tuple,
) -> None:
    if answer:
        place = tmp_path / "feeds" / "v1" / "products" / "python"
        place.mkdir(parents=True)
        (place / "index.html").write_text(json.dumps(answer))
    monkeypatch.setenv("PLIMSOLL_OSV_URL", f"http://{feeds}")
    monkeypatch.setenv("PLIMSOLL_LIFECYCLE_URL", f"http://{feeds}/v1")
    monkeypatch.setenv("PLIMSOLL_PRIVATE_HOSTS", feeds)
    monkeypatch.setenv("PLIMSOLL_INSECURE_HOSTS", feeds)
    monkeypatch.setenv("PLIMSOLL_ECOSYSTEMS", "Alpine")
    result = plimsoll("db", "update")
    assert result.exit_code == 0, result.output
    assert [part for part in says if part not in result.output] == []
    assert says[0] in plimsoll("db", "status").output
    assert ("of almalinux stay as they were: http://" in result.output) is bool(answer)


def test_a_feed_that_cannot_be_fetched_is_told_without_the_name_of_a_class(
    plimsoll, feeds: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLIMSOLL_OSV_URL", f"http://{feeds}")
    result = plimsoll("db", "update")
    assert result.exit_code == 3
    assert "all.zip: 127.0.0.1 is addressed without TLS" in result.stderr


def test_an_image_nothing_of_which_was_looked_at_is_no_clean_scan(
    plimsoll, registry: Registry, images: dict[str, str]
) -> None:
    name = registry.push_built("rpm:1", image(os=None, layers=[{"var/lib/rpm/rpmdb.sqlite": "x"}]))
    result = plimsoll("scan", name, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout)["conclusive"]) == (3, False)


@pytest.mark.parametrize(
    ("days", "options", "code"), [(29, (), 0), (31, (), 3), (31, ("--accept-stale",), 0)]
)
def test_a_scan_calls_itself_conclusive_where_it_exits_so(
    plimsoll, images: dict[str, str], advisories: Advisories, days: int, options: tuple[str, ...], code: int
) -> None:
    advisories.import_now(SystemClock().now() - timedelta(days=days))
    result = plimsoll("scan", images["good"], "--format", "json", *options)
    assert (result.exit_code, json.loads(result.stdout)["conclusive"]) == (code, code == 0)


def test_an_unrated_flaw_with_a_fix_counts_as_high(
    plimsoll, registry: Registry, advisories: Advisories
) -> None:
    advisories.add("CVE-2024-0002", package="zlib", fixed="1.3.2-r0", severity="unknown")
    advisories.import_now()
    name = registry.push_image("unrated:1", packages={"zlib": "1.3.1-r0"})
    assert plimsoll("scan", name, "--fail-on", "high").exit_code == 1
    assert plimsoll("scan", name, "--fail-on", "critical").exit_code == 0


def test_a_scan_tells_what_is_wrong_with_the_image_itself(
    plimsoll, registry: Registry, images: dict[str, str]
) -> None:
    reference = registry.push_image("odd:1", layers=[layer({"opt/run": File("", mode=0o4755)})])
    faults = json.loads(plimsoll("scan", reference, "--format", "json").stdout)["misconfigurations"]
    assert {each["id"] for each in faults} == {"no-user", "set-id", "no-healthcheck"}
    assert "3 misconfigurations" in plimsoll("scan", reference).stdout


@pytest.mark.parametrize(
    ("made", "asked"),
    [("linux/amd64", "linux/s390x"), ("linux/amd64", "windows/amd64"), ("linux/arm/v6", "linux/arm/v7")],
)
def test_an_image_for_one_other_platform_is_not_scanned_in_its_place(
    plimsoll, registry: Registry, images: dict[str, str], made: str, asked: str
) -> None:
    name = registry.push_image("one:1", platform=made)
    result = plimsoll("scan", name, "--platform", asked)
    assert (result.exit_code, result.stdout) == (3, "")
    assert f"it has no image for {asked}, only for: {made}" in result.stderr


@pytest.mark.parametrize("options", [(), ("--platform", "arm64"), ("--platform", "linux/arm64/v8")])
def test_an_image_for_the_platform_that_was_asked_for(
    plimsoll, registry: Registry, images: dict[str, str], options: tuple[str, ...]
) -> None:
    result = plimsoll(
        "scan", registry.push_image("one:1", platform="linux/arm64"), "--format", "json", *options
    )
    assert (result.exit_code, json.loads(result.stdout)["platform"]) == (0, "linux/arm64")
