"""Scan a real image of this machine's distribution, made by mmdebstrap, from Debian's docker-registry: cold and warm.

python -m bench.scan [ROUNDS]

Cold: empty caches. Warm: the same data folder again. Each is a whole `plimsoll scan`, the start of Python included.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.stand import machine
from tests.system.real_registry import docker_registry
from tests.system.root import bootstrap


@dataclass(frozen=True)
class Cost:
    """What one run took: seconds on the clock, seconds of CPU, most memory in MB."""

    wall: float
    cpu: float
    memory: float


def main(rounds: int = 5) -> None:
    """Make the image once, scan it with empty and with full caches."""
    print(machine())
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as name:
        folder = Path(name)
        root = bootstrap(folder)
        with docker_registry(folder / "registry") as registry:
            reference = registry.push("library/debian:12", root.image)
            cold, warm, start = [], [], []
            for number in range(rounds):
                env = _environment(folder / f"data-{number}", registry.host)
                cold.append(measured(env, "scan", reference, "--format", "json"))
                warm.append(measured(env, "scan", reference, "--format", "json"))
                start.append(measured(env, "--version"))
    size = sum(len(blob) for _, blob in root.image.layers) / 1e6
    print(f"{root.ecosystem}, {size:.0f} MB compressed, {rounds} rounds, medians")
    show("cold", cold)
    show("warm", warm)
    show("of which is Python and its imports", start)


def measured(env: Mapping[str, str], *arguments: str) -> Cost:
    """Run the command to its end, as the child of a small process: a child's peak begins at its parent's size."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as small:
        return small.submit(run, dict(env), arguments).result()


def run(env: dict[str, str], arguments: tuple[str, ...]) -> Cost:
    """Run one command. Without advisories a scan exits 3, having looked into the whole image."""
    started = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "bot", *arguments], env=env, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != (3 if "scan" in arguments else 0):
        raise SystemExit(f"plimsoll {arguments[0]} ended with {process.returncode}")
    wall = time.perf_counter() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def show(title: str, costs: list[Cost]) -> None:
    """Print one row."""
    wall, cpu, memory = (
        median(values) for values in zip(*((cost.wall, cost.cpu, cost.memory) for cost in costs), strict=True)
    )
    print(f"{title}: {wall:.2f} s, {cpu:.2f} s of CPU, {memory:.0f} MB at most")


def _environment(data: Path, host: str) -> dict[str, str]:
    return {
        **os.environ,
        "PLIMSOLL_DATA_DIR": str(data),
        "PLIMSOLL_PRIVATE_HOSTS": host,
        "PLIMSOLL_INSECURE_HOSTS": host,
    }


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
