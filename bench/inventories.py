"""What Plimsoll, Trivy and Syft list of an image on disk, as comparable sets of (type, name, version).

Only spelling is made the same, and `spelled` is all of it; docs/accuracy.md says so to readers.
"""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from packageurl import PackageURL

from bot.engine import parse_config, scan_layer, squash
from bot.package.language import canonical_name

Key = tuple[str, str, str]
"""(purl type, name with its namespace, version)"""
Places = tuple[str, ...]
"""Where a package was found: who found it, where the tool says so, and the path in the image."""
SYSTEMS = frozenset(("alpm", "apk", "deb", "rpm"))
_QUIET = ("--offline-scan", "--disable-telemetry", "--skip-version-check", "--skip-java-db-update", "--quiet")


@dataclass(frozen=True, slots=True)
class Listed:
    """What one tool said, and what it took."""

    packages: Mapping[Key, Places]
    skipped: tuple[str, ...] = ()
    """What our engine says it could not look at or name."""
    wall: float = 0.0
    cpu: float = 0.0


Tool = Callable[[Path], Listed]


def tools(folder: Path) -> Mapping[str, Tool]:
    """Return all three, the peers by BENCH_TRIVY and BENCH_SYFT or from PATH; those that are missing are left out."""
    found: dict[str, Tool] = {"ours": ours}
    if trivy := program("trivy"):
        cache = empty_java_database(folder / "trivy")
        found["Trivy"] = lambda layout: _peer(
            [
                trivy,
                "image",
                "--cache-dir",
                str(cache),
                "--input",
                str(layout),
                "--format",
                "cyclonedx",
                *_QUIET,
            ],
            "components",
            _trivy_place,
        )
    if syft := program("syft"):
        found["Syft"] = lambda layout: _peer(
            [syft, "-q", "-o", "syft-json", f"oci-dir:{layout}"], "artifacts", _syft_place
        )
    return found


def program(name: str) -> str | None:
    """Find a peer, by the variable of its name first."""
    return os.environ.get(f"BENCH_{name.upper()}") or shutil.which(name)


def ours(layout: Path) -> Listed:
    """Ask the embedded engine, in this process."""
    started, spent = time.perf_counter(), time.process_time()
    manifest = _blob(layout, json.loads((layout / "index.json").read_bytes())["manifests"][0]["digest"])
    described = json.loads(manifest.read_bytes())
    layers = []
    for each in described["layers"]:
        with _blob(layout, each["digest"]).open("rb") as stream:
            document = scan_layer(stream, media_type=each["mediaType"])
        layers.append((each["digest"], each["size"], document))
    config = parse_config(_blob(layout, described["config"]["digest"]).read_bytes())
    inventory = squash(layers, config)
    return Listed(
        _gathered((spelled(each.package.purl), each.evidence) for each in inventory.packages),
        tuple(f"{each.what}: {each.why}" for each in inventory.skipped),
        time.perf_counter() - started,
        time.process_time() - spent,
    )


def _blob(layout: Path, digest: str) -> Path:
    return layout / "blobs" / Path(*digest.split(":"))


def _gathered(found: Iterable[tuple[Key, str]]) -> Mapping[Key, Places]:
    gathered: dict[Key, Places] = {}
    for key, place in found:
        gathered[key] = tuple(sorted({*gathered.get(key, ()), place}))
    return gathered


def _peer(command: list[str], field: str, place: Callable[[Any], str]) -> Listed:
    """Run one tool with folders of its own and read the package URLs under `field` of what it prints."""
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as folder:
        env = {"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "XDG_CACHE_HOME": folder}
        env["SYFT_CHECK_FOR_APP_UPDATE"] = "false"
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, capture_output=True, env=env, check=False)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(
            f"{' '.join(command[:3])} ended with {done.returncode}: {done.stderr.decode()[-500:]}"
        )
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    items = json.loads(done.stdout).get(field) or ()
    return Listed(_gathered((key, place(item)) for item in items for key in _keys(item)), (), wall, cpu)


def _keys(item: Any) -> Iterator[Key]:
    if purl := item.get("purl"):
        yield spelled(purl)
    elif item.get("foundBy"):
        # Syft gives no URL to what has no version.
        yield item.get("type", ""), item.get("name", ""), item.get("version", "")


def _trivy_place(item: Any) -> str:
    said = {each["name"].rpartition(":")[2]: each["value"] for each in item.get("properties") or ()}
    return f"{said.get('PkgType', '')} {said.get('FilePath', '')}".strip()


def _syft_place(item: Any) -> str:
    return f"{item['foundBy']} {item['locations'][0]['path'].lstrip('/')}"


def spelled(purl: str) -> Key:
    """Write a package URL the one way they are compared, which is all that is made the same."""
    url = PackageURL.from_string(purl)
    qualifiers = url.qualifiers if isinstance(url.qualifiers, dict) else {}
    version, name = unquote(url.version or ""), url.name
    if url.type in SYSTEMS:
        epoch = str(qualifiers.get("epoch") or "0")
        if epoch != "0" and ":" not in version:
            version = f"{epoch}:{version}"
        return url.type, name, version.removeprefix("0:")
    if url.namespace:
        name = f"{url.namespace}{':' if url.type == 'maven' else '/'}{name}"
    if url.type == "golang":
        # Trivy lowers the whole path; Syft writes what follows the repository as a subpath.
        name = "/".join(filter(None, (name, url.subpath))).lower()
        version = version.removeprefix("v").removeprefix("go").replace("(devel)", "")
    return url.type, canonical_name(url.type, name), version


def empty_java_database(cache: Path) -> Path:
    """Let Trivy read Java archives without the database of hashes that it would fetch: an empty one instead.

    Nothing else is kept: Trivy would remember what it found in a layer, and take no time for it.
    """
    shutil.rmtree(cache, ignore_errors=True)
    folder = cache / "java-db"
    folder.mkdir(parents=True)
    far = "2199-01-01T00:00:00Z"
    stated = {"Version": 1, "NextUpdate": far, "UpdatedAt": far, "DownloadedAt": far}
    (folder / "metadata.json").write_text(json.dumps(stated))
    with closing(sqlite3.connect(folder / "trivy-java.db")) as database:
        database.executescript(
            "CREATE TABLE artifacts(id INTEGER PRIMARY KEY, group_id TEXT, artifact_id TEXT);"
            "CREATE TABLE indices(artifact_id INTEGER, version TEXT, sha1 BLOB, archive_type TEXT,"
            " license TEXT);"
        )
    return cache
