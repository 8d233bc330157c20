"""What OSV records say of a release, read without our own code: dpkg orders the versions."""

import json
import os
import subprocess
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

Record = dict[str, Any]


def shared_data() -> Path:
    """The folder of real records that comes with a workshop, not with a clone; skips where it is missing."""
    folder = Path(os.environ.get("PLIMSOLL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    if not (folder / "osv-small").is_dir():
        pytest.skip(f"no real advisories: {folder} has no osv-small (PLIMSOLL_DATA names the folder)")
    return folder / "osv-small"


def records(archive: Path) -> dict[str, Record]:
    """Records by id."""
    with zipfile.ZipFile(archive) as opened:
        found = [json.loads(opened.read(name)) for name in opened.namelist() if name.endswith(".json")]
    return {record["id"]: record for record in found}


def first_fixes(found: Iterable[Record], ecosystem: str) -> dict[str, str]:
    """Source package → the oldest version that fixes something."""
    fixes: dict[str, str] = {}
    for record in found:
        for name, events in _ranges(record, ecosystem):
            for event in events:
                if "fixed" in event and (name not in fixes or older(event["fixed"], fixes[name])):
                    fixes[name] = event["fixed"]
    return fixes


def affecting(found: Iterable[Record], ecosystem: str, installed: Mapping[str, str]) -> set[tuple[str, str]]:
    """Every (record, source package) whose ranges include the installed version."""
    return {
        (record["id"], name)
        for record in found
        if "withdrawn" not in record
        for name, events in _ranges(record, ecosystem)
        if name in installed and _includes(events, installed[name])
    }


def _ranges(record: Record, ecosystem: str) -> Iterator[tuple[str, list[dict[str, str]]]]:
    for affected in record.get("affected", []):
        if affected["package"]["ecosystem"] == ecosystem:
            for span in affected.get("ranges", []):
                yield affected["package"]["name"], span["events"]


def _includes(events: list[dict[str, str]], version: str) -> bool:
    """Walk the events in order of their versions: the last one at or before the version decides."""
    inside = False
    for event in events:
        (kind, bound), *_ = event.items()
        if kind == "introduced" and (bound == "0" or not older(version, bound)):
            inside = True
        elif kind == "fixed" and not older(version, bound):
            inside = False
        elif kind == "last_affected" and older(bound, version):
            inside = False
    return inside


@cache
def older(a: str, b: str) -> bool:
    """Whether dpkg puts `a` before `b`."""
    return subprocess.run(["dpkg", "--compare-versions", a, "lt", b], check=False).returncode == 0


def sources(says: Iterable[tuple[str, ...]]) -> dict[str, str]:
    """Source package → source version, from what dpkg-query says."""
    versions: dict[str, set[str]] = defaultdict(set)
    for _, _, source, version, _ in says:
        versions[source].add(version)
    return {source: min(found) for source, found in versions.items()}
