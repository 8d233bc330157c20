"""The real programs, where BENCH_TRIVY and BENCH_SYFT name them: the same packages and flaws as our own."""

import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.clock import SystemClock
from tests.fakes.images import image
from tests.scanners.trivy_database import write_database
from tests.system.root import write_layout

PROGRAMS = {name: os.environ.get(f"BENCH_{name.upper()}", "") for name in ("trivy", "syft")}
NOW = SystemClock().now()
real = pytest.mark.parametrize(
    "engine",
    [
        pytest.param(name, marks=pytest.mark.skipif(not path, reason=f"BENCH_{name.upper()} is not set"))
        for name, path in PROGRAMS.items()
    ],
)


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    requests = "Metadata-Version: 2.1\nName: requests\nVersion: 2.19.0\n"
    files = {
        "etc/debian_version": "12.4\n",
        "usr/lib/python3/dist-packages/requests-2.19.0.dist-info/METADATA": requests,
        "app/node_modules/lodash/package.json": '{"name": "lodash", "version": "4.17.20"}',
    }
    system = {"libssl3": ("3.0.11-1~deb12u1", "openssl"), "libc6": ("2.36-9+deb12u3", "glibc")}
    place = tmp_path / "layout"
    place.mkdir()
    return write_layout(place, image("debian:12", system, layers=[files]))


@pytest.fixture
def plimsoll(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    settings = {"DATA_DIR": str(tmp_path / "data"), **{name.upper(): path for name, path in PROGRAMS.items()}}
    for name, value in settings.items():
        monkeypatch.setenv(f"PLIMSOLL_{name}", value)
    return lambda *words: json.loads(CliRunner().invoke(main, [*words, "--format", "json"]).stdout)


@real
def test_the_same_packages_as_ours(plimsoll, layout, engine):
    ours, theirs = (plimsoll("scan", f"oci:{layout}", "--engine", each) for each in ("embedded", engine))
    assert theirs["packages"] == ours["packages"]
    assert len(ours["packages"]) == 4


@pytest.mark.skipif(not PROGRAMS["trivy"], reason="BENCH_TRIVY is not set")
def test_trivy_judges_by_its_database(plimsoll, layout, tmp_path, monkeypatch):
    flaws = {
        ("debian 12", "openssl", "CVE-2024-1"): "3.0.13-1",
        ("debian 12", "openssl", "CVE-2020-1"): "3.0.1-1",
    }
    cache = write_database(tmp_path / "cache", flaws, NOW - timedelta(days=1))
    monkeypatch.setenv("PLIMSOLL_TRIVY_CACHE", str(cache))
    before = {path: path.stat().st_mtime_ns for path in cache.rglob("*")}
    found = plimsoll("scan", f"oci:{layout}", "--engine", "trivy")
    assert json.dumps(found).count('"CVE-2024-1"') >= 1
    assert "CVE-2020-1" not in json.dumps(found)
    assert found["snapshot"]["id"].startswith("trivy 20")
    assert found["conclusive"]
    assert {path: path.stat().st_mtime_ns for path in cache.rglob("*")} == before
