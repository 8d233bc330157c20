"""`plimsoll scan sbom:FILE`: the same report as of an image, and its exit codes."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.clock import SystemClock
from tests.harness import Advisories, HeldClock

SSL = "pkg:apk/alpine/libssl3@3.3.0-r0?arch=x86_64&distro=alpine-3.20.3&upstream=openssl"


def cyclonedx(*purls: str) -> str:
    components = [{"type": "library", "name": purl, "version": "1", "purl": purl} for purl in purls]
    return json.dumps({"bomFormat": "CycloneDX", "specVersion": "1.6", "components": components})


@pytest.fixture
def scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "data"
    monkeypatch.setenv("PLIMSOLL_DATA_DIR", str(folder))
    advisories = Advisories(tmp_path / "osv", folder / "advisories.db", HeldClock(SystemClock().now()))
    advisories.add("CVE-2024-0001", package="openssl", fixed="3.3.1-r0", severity="critical")
    advisories.import_now()

    def run(content: str, *arguments: str):
        file = tmp_path / "bom.json"
        file.write_text(content)
        return CliRunner().invoke(main, ["scan", f"sbom:{file}", "--format", "json", *arguments])

    return run


def test_flaws_of_what_an_sbom_lists(scan):
    result = scan(cyclonedx(SSL), "--fail-on", "high")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert [(flaw["id"], flaw["package"]) for flaw in report["vulnerabilities"]] == [
        ("CVE-2024-0001", "libssl3")
    ]
    assert report["packages"][0]["source_name"] == "openssl"


@pytest.mark.parametrize(
    ("content", "said"),
    [("{}", "it is JSON, but neither CycloneDX"), ("x", "it is neither CycloneDX, SPDX nor Syft JSON")],
)
def test_what_is_no_sbom_is_an_error_and_not_clean(scan, content, said):
    result = scan(content)
    assert result.exit_code == 3
    assert said in result.stderr


def test_an_empty_sbom_is_not_clean(scan):
    result = scan(cyclonedx())
    assert result.exit_code == 3
    assert json.loads(result.stdout)["skipped"][0]["why"] == "the SBOM lists none"
