"""Scan images cold with Plimsoll, Trivy and Syft by turns: seconds on the clock, of CPU, and most memory.

python -m bench.peers [ROUNDS] [NAME …]

The images are made here of Debian's packages and read from a folder, so that no network is measured. Trivy and Syft
are found by BENCH_TRIVY and BENCH_SYFT or on PATH; who is missing is left out. Neither is asked for vulnerabilities.
Everybody runs once before, unmeasured: so files are in memory, and our modules compiled as an installation has them.
"""

import gzip
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from bench.stand import machine
from tests.fakes.images import image
from tests.system.programs import run as succeed
from tests.system.root import sources, write_layout

#: What is in each image besides the essential packages, a layer each; about 50, 130 and 300 MB compressed.
IMAGES: Mapping[str, tuple[str, ...]] = {
    "base": (),
    "application": (
        "python3,python3-pip,python3-numpy,python3-django,python3-requests,python3-cryptography",
    ),
    # Without Java: for its archives Trivy needs a database from the net, and ends without one.
    "large": ("nodejs,npm,golang-go",),
}


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds, seconds of CPU, MB."""

    wall: float
    cpu: float
    memory: float


@dataclass(frozen=True)
class Peer:
    """One scanner, and how it is called for packages alone or with secrets."""

    name: str
    command: Callable[[Path, bool], list[str] | None]


def main(rounds: int = 5, *names: str) -> None:
    """Make the images once, scan each with everyone by turns."""
    print(machine())
    kept = os.environ.get("BENCH_IMAGES")
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as temporary:
        folder = Path(kept or temporary)
        for name in names or IMAGES:
            layout = layout_of(folder, name)
            size = sum(file.stat().st_size for file in (layout / "blobs" / "sha256").iterdir())
            for secrets in (False, True):
                print(f"\n{name}, {size / 1e6:.0f} MB compressed, {'with' if secrets else 'without'} secrets")
                _show(_by_turns(layout, secrets, rounds))


def _by_turns(layout: Path, secrets: bool, rounds: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {}
    for number in range(rounds + 1):
        for peer in _peers():
            if (command := peer.command(layout, secrets)) is None:
                continue
            cost = _measured(command)
            if number:
                costs.setdefault(peer.name, []).append(cost)
    return costs


def _show(costs: dict[str, list[Cost]]) -> None:
    ours = statistics.median(cost.wall for cost in costs["plimsoll"])
    for name, each in costs.items():
        wall, cpu, memory = (
            statistics.median(values)
            for values in zip(*((cost.wall, cost.cpu, cost.memory) for cost in each), strict=True)
        )
        print(
            f"{name:9} {wall:6.2f} s {cpu:6.2f} s of CPU {memory:5.0f} MB   ours takes {ours / wall:.2f} of it"
        )


def _peers() -> Iterator[Peer]:
    yield Peer("plimsoll", _plimsoll)
    if trivy := _program("trivy"):
        yield Peer("trivy", lambda layout, secrets: _trivy(trivy, layout, secrets))
    if syft := _program("syft"):
        yield Peer(
            "syft",
            lambda layout, secrets: None if secrets else [syft, "-o", "syft-json", f"oci-dir:{layout}"],
        )


def _program(name: str) -> str | None:
    return os.environ.get(f"BENCH_{name.upper()}") or shutil.which(name)


def _plimsoll(layout: Path, secrets: bool) -> list[str]:
    # Where the environment keeps Python from keeping compiled modules, each start would compile them anew.
    settings = ["env", "-u", "PYTHONDONTWRITEBYTECODE", f"PYTHONPYCACHEPREFIX={layout.parent / 'compiled'}"]
    settings += [f"PLIMSOLL_SEARCH_SECRETS={secrets}"]
    return [*settings, sys.executable, "-m", "bot", "scan", f"oci:{layout}:latest", "--format", "json"]


def _trivy(program: str, layout: Path, secrets: bool) -> list[str]:
    quiet = ["--offline-scan", "--disable-telemetry", "--skip-version-check", "--quiet"]
    # Java archives need a database from the net, whoever asks for them.
    what = ["--format", "json", "--list-all-pkgs", "--skip-db-update", "--skip-java-db-update"]
    scanners = ["--scanners", "secret"] if secrets else []
    if not secrets:
        what = ["--format", "cyclonedx"]
    return [program, "image", "--input", str(layout), *what, *scanners, *quiet]


def _measured(command: list[str]) -> Cost:
    """Run as the child of a small process, whose size the child's peak begins at, in folders of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as small:
        return small.submit(_run, command).result()


def _run(command: list[str]) -> Cost:
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as folder:
        env = {**os.environ, "TMPDIR": folder, "HOME": folder, "XDG_CACHE_HOME": folder}
        env |= {"PLIMSOLL_DATA_DIR": f"{folder}/data", "SYFT_CHECK_FOR_APP_UPDATE": "false"}
        with open(f"{folder}/log", "wb") as log:
            started = time.perf_counter()
            process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=log)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        # Without advisories our scan exits 3, having looked into the whole image.
        if process.returncode not in (0, 3):
            said = Path(folder, "log").read_text()[-500:]
            raise SystemExit(f"{' '.join(command[:4])} ended with {process.returncode}: {said}")
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def layout_of(folder: Path, name: str) -> Path:
    """Make an image as an OCI layout in this folder, unless it is there."""
    layout = folder / name
    if not layout.exists():
        layers = [_layer(folder, "")] + [_layer(folder, packages) for packages in IMAGES[name]]
        write_layout(layout, image(os=None, layers=layers), tag="latest")
    return layout


def _layer(folder: Path, packages: str) -> bytes:
    """A compressed tar of packages with what they need, as a root of its own."""
    archive = folder / "layer.tar"
    wanted = [f"--include={packages}"] if packages else []
    variant = "apt" if packages else "essential"
    succeed(
        "mmdebstrap",
        "--quiet",
        f"--variant={variant}",
        *wanted,
        "--format=tar",
        "bookworm",
        archive,
        *sources(),
    )
    try:
        return gzip.compress(archive.read_bytes(), 6, mtime=0)
    finally:
        archive.unlink()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]), *sys.argv[2:])
