"""Engines of others from the command line to the report, with stand-ins for the programs and a real registry."""

import json
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.clock import SystemClock
from tests.harness import Advisories, HeldClock, Registry
from tests.scanners.stand_in import stand_in

FIXED, FLAWED = "3.3.1-r0", "3.3.0-r0"
NOW = SystemClock().now()


def purl(version: str) -> str:
    return f"pkg:apk/alpine/libssl3@{version}?arch=x86_64&distro=3.20.3&upstream=openssl%40{version}"


def cyclonedx(version: str) -> dict[str, Any]:
    component = {"type": "library", "name": "libssl3", "version": version, "purl": purl(version)}
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}


def syft(version: str, flaws: tuple[str, ...] = (), built: str = NOW.isoformat()) -> dict[str, Any]:
    artifact = {"name": "libssl3", "version": version, "purl": purl(version)}
    matches = [
        {
            "vulnerability": {
                "id": each,
                "severity": "Critical",
                "fix": {"versions": ["9"], "state": "fixed"},
            },
            "artifact": {"purl": purl(version)},
        }
        for each in flaws
    ]
    distro = {"id": "alpine", "versionID": "3.20.3"}
    grype = {"matches": matches, "descriptor": {"db": {"built": built}}}
    return {"artifacts": [artifact], "distro": distro, "descriptor": {"name": "syft"}, "grype": grype}


def trivy(version: str, *flaws: str) -> dict[str, Any]:
    packages = [{"Name": "libssl3", "Identifier": {"PURL": purl(version)}}]
    found = [
        {"VulnerabilityID": each, "PkgIdentifier": {"PURL": purl(version)}, "Severity": "CRITICAL", "Status": "fixed",
         "FixedVersion": "9"}
        for each in flaws
    ]  # fmt: skip
    result = {"Class": "os-pkgs", "Packages": packages, "Vulnerabilities": found}
    return {
        "SchemaVersion": 2,
        "Metadata": {"OS": {"Family": "alpine", "Name": "3.20.3"}},
        "Results": [result],
    }


@pytest.fixture
def plimsoll(tmp_path: Path, registry: Registry, monkeypatch: pytest.MonkeyPatch):
    settings = {
        "DATA_DIR": tmp_path / "data",
        "PRIVATE_HOSTS": registry.host,
        "INSECURE_HOSTS": registry.host,
    }
    programs = {name.upper(): stand_in(tmp_path, name) for name in ("trivy", "syft", "grype")}
    for name, value in {**settings, **programs, "HADOLINT": "off", "SANDBOX": "relaxed"}.items():
        monkeypatch.setenv(f"PLIMSOLL_{name}", str(value))
    return lambda *arguments: CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def advisories(tmp_path: Path) -> Advisories:
    known = Advisories(tmp_path / "osv", tmp_path / "data" / "advisories.db", HeldClock(NOW))
    known.add("CVE-2024-0001", package="openssl", fixed=FIXED, severity="critical")
    known.import_now()
    return known


@pytest.fixture
def trivy_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def make(days: float = 1) -> Path:
        metadata = tmp_path / "cache" / "db" / "metadata.json"
        metadata.parent.mkdir(parents=True, exist_ok=True)
        metadata.write_text(json.dumps({"UpdatedAt": (NOW - timedelta(days=days)).isoformat()}))
        monkeypatch.setenv("PLIMSOLL_TRIVY_CACHE", str(tmp_path / "cache"))
        return metadata

    return make


def push(registry: Registry, answer: dict[str, Any] | str, tag: str = "1", **packages: str) -> str:
    """Push an image of which our own pass finds musl and libssl3 in its first layer, and a program what it answers."""
    written = answer if isinstance(answer, str) else json.dumps(answer)
    installed = {"musl": "1.2.5-r0", "libssl3": (FLAWED, "openssl")}
    return registry.push_image(f"base:{tag}", packages=installed, layers=[{"answer.json": written}])


@pytest.mark.parametrize(("engine", "answer"), [("trivy", cyclonedx(FLAWED)), ("syft", syft(FLAWED))])
def test_it_lists_and_our_advisories_judge(plimsoll, registry, advisories, engine, answer):
    image = push(registry, answer)
    found = json.loads(plimsoll("scan", image, "--engine", engine, "--format", "json").stdout)
    [package] = found["packages"]
    own = json.loads(plimsoll("scan", image, "--format", "json").stdout)
    assert [each["name"] for each in own["packages"]] == ["libssl3", "musl"]
    assert found.keys() == own.keys()
    assert (package["name"], package["layer"], package["evidence"]) == ("libssl3", 0, "lib/apk/db/installed")
    assert found["snapshot"] == own["snapshot"]
    assert found["conclusive"]
    assert "CVE-2024-0001" in json.dumps(found)


def test_what_a_program_cannot_list_is_still_there(plimsoll, registry, advisories):
    lodash = {"type": "library", "name": "lodash", "version": "4.17.20", "purl": "pkg:npm/lodash@4.17.20"}
    nameless = {"type": "library", "name": "libssl3", "version": FLAWED}
    document = {**cyclonedx(FLAWED), "components": [lodash, nameless]}
    found = json.loads(
        plimsoll("scan", push(registry, document), "--engine", "trivy", "--format", "json").stdout
    )
    assert [each["name"] for each in found["packages"]] == ["libssl3", "musl", "lodash"]


@pytest.mark.parametrize("engine", ["trivy", "grype"])
def test_a_program_with_a_database_judges_by_it(plimsoll, registry, advisories, trivy_database, engine):
    trivy_database()
    answer = trivy(FLAWED, "CVE-2025-7") if engine == "trivy" else syft(FLAWED, ("CVE-2025-7",))
    scanned = plimsoll("scan", push(registry, answer), "--engine", engine, "--format", "json")
    found = json.loads(scanned.stdout)
    # Our own advisories know of another flaw, and are not asked.
    assert "CVE-2025-7" in scanned.stdout
    assert "CVE-2024-0001" not in scanned.stdout
    assert f" + {engine} 20" in found["snapshot"]["id"]
    assert found["conclusive"]


def test_the_age_of_its_database_counts(plimsoll, registry, advisories, trivy_database):
    image = push(registry, trivy(FLAWED))
    for days, code in ((1, 0), (31, 3)):
        trivy_database(days)
        assert plimsoll("scan", image, "--engine", "trivy").exit_code == code
    trivy_database().write_text("{}")
    refused = plimsoll("scan", image, "--engine", "trivy")
    assert (refused.exit_code, "it is not told when" in refused.stderr) == (3, True)


def test_what_it_does_not_judge_is_not_clean(plimsoll, registry, advisories, trivy_database):
    trivy_database()
    lodash = "pkg:npm/lodash@4.17.21"
    answer = {**trivy(FIXED), "Results": [{"Packages": [{"Name": "lodash", "Identifier": {"PURL": lodash}}]}]}
    scanned = plimsoll("scan", push(registry, answer), "--engine", "trivy", "--format", "json")
    assert (scanned.exit_code, json.loads(scanned.stdout)["conclusive"]) == (3, False)
    assert "2 apk packages" in scanned.stdout


@pytest.mark.parametrize(
    ("script", "says"),
    [
        (None, "syft is not installed: put it on PATH, or set PLIMSOLL_SYFT"),
        ("echo 'no such\tthing' >&2; exit 4", "it ended with code 4: no suchthing"),
        ("kill -9 $$", "it was ended by signal 9"),
        ("echo hello", "Syft's list cannot be read: it is neither CycloneDX, SPDX nor Syft JSON"),
        ("exit 0", "Syft's list cannot be read"),
    ],
)
def test_a_program_that_fails_has_seen_no_image(plimsoll, registry, tmp_path, monkeypatch, script, says):
    if script is None:
        monkeypatch.delenv("PLIMSOLL_SYFT")
        monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    else:
        stand_in(tmp_path, "syft", script)
    failed = plimsoll("scan", push(registry, "{}"), "--engine", "syft", "--fail-on", "low")
    assert (failed.exit_code, failed.stdout) == (3, "")
    assert f"syft: {says}" in failed.stderr
    assert not list((tmp_path / "data").glob("sandbox/*"))


def test_a_review_with_another_engine(plimsoll, registry, advisories, trivy_database, tmp_path):
    trivy_database()
    repository = tmp_path / "shop"
    repository.mkdir()
    good = push(registry, trivy(FIXED, "CVE-2020-1"), "1")
    bad = push(registry, trivy(FLAWED, "CVE-2020-1", "CVE-2025-7"), "2")
    (repository / "Dockerfile").write_text(f"FROM {good}\n")
    person = ("-c", "user.name=A", "-c", "user.email=a@example.com")
    for words in (["init", "-b", "main"], ["add", "."], [*person, "commit", "-m", "Begin"]):
        subprocess.run(["git", *words], cwd=repository, check=True, capture_output=True)
    (repository / "Dockerfile").write_text(f"FROM {bad}\n")
    judged = plimsoll("review", repository, "--engine", "trivy", "--format", "json")
    assert (judged.exit_code, json.loads(judged.stdout)["verdict"]) == (1, "fail")
    assert "trivy 20" in json.loads(judged.stdout)["snapshot"]["id"]
    stand_in(tmp_path, "trivy", "exit 1")
    judged = plimsoll("review", repository, "--engine", "trivy", "--format", "json")
    assert (judged.exit_code, json.loads(judged.stdout)["verdict"]) == (3, "error")
