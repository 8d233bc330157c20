"""A Dockerfile as projects write them, in a local git repository with one changed line, judged by `plimsoll review`."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness import Advisories
from tests.system.conftest import Plimsoll
from tests.system.feed import affecting, first_fixes, records, shared_data, sources
from tests.system.real_registry import RealRegistry
from tests.system.root import Root, dpkg_says, rewritten

Allowed = Callable[..., Plimsoll]
DOCKERFILE = (Path(__file__).parent / "data" / "Dockerfile").read_text()
BASE_LINE = DOCKERFILE.splitlines().index("ARG DEBIAN_TAG=12") + 1


@pytest.fixture
def repository(tmp_path: Path, real_registry: RealRegistry) -> Path:
    """The Dockerfile on `main`, naming the local registry."""
    folder = tmp_path / "server"
    folder.mkdir()
    text = DOCKERFILE.replace("ARG REGISTRY\n", f"ARG REGISTRY={real_registry.host}\n")
    (folder / "Dockerfile").write_text(text)
    who = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], [*who, "commit", "-q", "-m", "Begin"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def change_base(repository: Path, tag: str) -> None:
    """Change the one line that decides about the shipped base image."""
    place = repository / "Dockerfile"
    place.write_text(place.read_text().replace("ARG DEBIAN_TAG=12", f"ARG DEBIAN_TAG={tag}"))


def judged(plimsoll: Plimsoll, repository: Path, code: int) -> dict[str, Any]:
    return json.loads(plimsoll("review", repository, "--format", "json", ok=(code,)))


def old_zlib(package: str, source: str, version: str) -> str:
    return f"0:{version.rpartition(':')[2]}~old1" if source == "zlib" else version


def test_an_older_base_image_is_refused_at_its_line(
    plimsoll: Allowed,
    real_registry: RealRegistry,
    root: Root,
    pushed: str,
    advisories: Advisories,
    repository: Path,
    tmp_path: Path,
) -> None:
    real_registry.push("library/debian:12-old", root.with_status(rewritten(root.status, old_zlib)))
    fixed = sources(dpkg_says(root.status, tmp_path / "dpkg"))["zlib"]
    advisories.add("CVE-2024-0001", package="zlib", fixed=fixed, ecosystem=root.ecosystem)
    advisories.import_now()
    local = plimsoll(real_registry.host)
    change_base(repository, "12-old")
    document = judged(local, repository, 1)
    assert document["verdict"] == "fail"
    (reason,) = document["reasons"]
    assert reason["rule"] == "introduced-vulnerability"
    assert reason["location"] == {"path": "Dockerfile", "start_line": BASE_LINE, "end_line": BASE_LINE}
    assert f"`zlib` is at least `{fixed}`" in reason["edit"]
    finding = next(row for row in document["targets"][0]["findings"] if row["effect"] == "introduced")
    assert (finding["package"], finding["id"], finding["fixed_version"]) == ("zlib", "CVE-2024-0001", fixed)

    subprocess.run(["git", "checkout", "-q", "Dockerfile"], cwd=repository, check=True)
    assert judged(local, repository, 0)["verdict"] == "pass"


def test_each_reported_flaw_is_explained_by_its_record_and_none_is_missing(
    plimsoll: Allowed,
    real_registry: RealRegistry,
    root: Root,
    pushed: str,
    repository: Path,
    tmp_path: Path,
) -> None:
    folder = shared_data()
    if root.ecosystem != "Debian:12":
        pytest.skip(f"the records are checked on Debian 12, this is {root.ecosystem}")
    known = records(folder / "Debian.zip")
    fixes = first_fixes(known.values(), root.ecosystem)
    status = rewritten(
        root.status, lambda _, source, version: f"{fixes[source]}~" if source in fixes else version
    )
    real_registry.push("library/debian:12-flawed", root.with_status(status))
    local = plimsoll(real_registry.host)
    local("db", "import", folder)
    change_base(repository, "12-flawed")
    rows = judged(local, repository, 1)["targets"][0]["findings"]
    effects = ("introduced", "unchanged")
    reported = {
        (record, row["package"])
        for row in rows
        if row["shipped"] and row["effect"] in effects
        for record in row["records"]
    }
    expected = affecting(known.values(), root.ecosystem, sources(dpkg_says(status, tmp_path / "dpkg")))
    assert len(expected) > 10
    assert reported == expected
