"""The bot as it runs in production, `plimsoll serve` in a process of its own, between stand-ins on loopback."""

import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.demo.bot import environment
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.webhooks import Delivery, Post
from tests.fakes.images import image, push
from tests.fakes.registry import FakeRegistry

SECONDS = 60.0
PACKAGES = {f"library-{number}": f"1.{number}-r0" for number in range(150)}


@dataclass
class GitHubTime:
    """How long the stand-in for GitHub worked on its answers. It takes one request at a time."""

    spent: float = 0.0
    posted: float = 0.0
    """When the last webhook was sent."""


@dataclass(frozen=True)
class Stand:
    """Everything a measurement needs."""

    github: FakeGitHub
    registry: FakeRegistry
    process: "subprocess.Popen[bytes]"
    url: str
    data: Path
    time: GitHubTime

    def concluded(self, pull: FakePull) -> float:
        """Wait for the check of a pull request; return the seconds since its webhook was sent."""
        wait_until(lambda: bool(pull.checks) and pull.check.status == "completed")
        return time.perf_counter() - self.time.posted

    def idle(self) -> None:
        """Wait until no job is left."""
        wait_until(lambda: "queued" not in self.jobs())

    def jobs(self) -> Mapping[str, int]:
        """How many jobs there are in each state."""
        counts: Mapping[str, int] = httpx.get(f"{self.url}/readyz", trust_env=False).json()["jobs"]
        return counts

    def memory(self) -> tuple[float, float]:
        """Resident memory of the bot now and at most, in MB."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        sizes = dict(re.findall(r"^(\w+):\s+(\d+) kB$", status, re.MULTILINE))
        return int(sizes["VmRSS"]) / 1024, int(sizes["VmHWM"]) / 1024


@contextmanager
def stand() -> Iterator[Stand]:
    """Start everything, with one advisory that the images of the measurements have and one they do not."""
    clock = GitHubTime()
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as name, FakeRegistry() as registry:
        folder = Path(name)
        github = FakeGitHub.start(deliver=_timed_delivery(clock, lambda: github.webhook_url))
        with github:
            _time_answers(github, clock)
            env = environment(folder, github, registry)
            _import_advisories(folder, env)
            with _serving(env, folder / "log") as (process, url):
                github.webhook_url = f"{url}/webhooks/github"
                yield Stand(github, registry, process, url, folder / "data", clock)


def base_image(registry: FakeRegistry, tag: str, zlib: str = "1.3.1-r1") -> str:
    """Push an Alpine image of some 150 packages; return what to write after FROM."""
    push(
        registry,
        "library/alpine",
        tag,
        image(os="alpine:3.20", packages={**PACKAGES, "zlib": zlib}, history=[tag]),
    )
    return f"{registry.host}/library/alpine:{tag}"


def two_stages(build: str, final: str) -> str:
    """A Dockerfile of two stages."""
    return f"FROM {build} AS build\nRUN make\nFROM {final}\nCOPY --from=build /out/app /app\nUSER 1000\n"


def wait_until(holds: Callable[[], bool]) -> None:
    """Look every millisecond."""
    deadline = time.monotonic() + SECONDS
    while not holds():
        if time.monotonic() > deadline:
            raise SystemExit("the bot did not get to it in time")
        time.sleep(0.001)


def _timed_delivery(clock: GitHubTime, address: Callable[[], str | None]) -> Callable[[Delivery], int]:
    post = Post(address)

    def deliver(delivery: Delivery) -> int:
        clock.posted = time.perf_counter()
        return post(delivery)

    return deliver


def _time_answers(github: FakeGitHub, clock: GitHubTime) -> None:
    answer = github._api.exchange

    def exchange(request: Any) -> Any:
        started = time.perf_counter()
        try:
            return answer(request)
        finally:
            clock.spent += time.perf_counter() - started

    github._api.exchange = exchange


def _import_advisories(folder: Path, env: Mapping[str, str]) -> None:
    for number in range(2000):
        affected = {
            "package": {"ecosystem": "Alpine:v3.20", "name": "zlib" if number == 0 else f"other-{number}"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.3.1-r1"}]}],
        }
        record = {"id": f"ALPINE-CVE-2024-{number:04}", "modified": "2026-01-01T00:00:00Z"}
        place = folder / "osv" / "Alpine" / f"{record['id']}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({**record, "affected": [affected]}))
    today = time.strftime("%Y-%m-%d", time.gmtime())
    plimsoll(env, "db", "import", str(folder / "osv"), "--as-of", today)


def plimsoll(env: Mapping[str, str], *arguments: str) -> None:
    """Run one command to its end, quietly."""
    subprocess.run([sys.executable, "-m", "bot", *arguments], env=env, check=True, stdout=subprocess.DEVNULL)


@contextmanager
def _serving(env: Mapping[str, str], log: Path) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with log.open("wb") as file:
        command = [sys.executable, "-m", "bot", "serve", "--port", str(port)]
        process = subprocess.Popen(command, env=env, stderr=file)
    url = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: _is_ready(process, url))
        yield process, url
    finally:
        process.terminate()
        process.wait(SECONDS)
        sys.stderr.write(log.read_text())


def _is_ready(process: "subprocess.Popen[bytes]", url: str) -> bool:
    if process.poll() is not None:
        raise SystemExit("the bot ended")
    try:
        return httpx.get(f"{url}/readyz", trust_env=False).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def machine() -> str:
    """What the figures were seen on."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    return f"{os.cpu_count()} cores, {model[1] if model else 'unknown'}, Python {sys.version.split()[0]}"
