"""`plimsoll serve` as a process of its own, so that it can be killed, beside stand-ins that live on."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from bot.settings import PREFIX
from tests.engine_jobs.forked import Forked
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.loopback import NO_AUTHORITIES
from tests.harness import Registry

WAIT = 60.0
PAUSE = 0.01


def wait_until(true: Callable[[], bool], what: str, seconds: float = WAIT) -> None:
    """Look again and again until it is true; fail by name when it does not become so."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds:g} s in vain until {what}")
        time.sleep(PAUSE)


class Serving:
    """A bot that is started, stopped and killed like a service; its data folder and port stay."""

    def __init__(self, folder: Path, github: FakeGitHub, registry: Registry, *, quick: bool = False) -> None:
        self._quick = quick
        self.folder = folder
        self.log = folder.parent / "serve.log"
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | Forked | None = None
        github.webhook_url = f"{self.url}/webhooks/github"
        settings = {
            "data_dir": str(folder),
            "github_url": github.url,
            "app_id": str(github.app_id),
            "private_key": github.private_key,
            "webhook_secret": github.webhook_secret,
            "private_hosts": registry.host,
            "insecure_hosts": registry.host,
            "port": str(self.port),
            "advisory_update_hours": "0",
            # As in `tests.harness`: each Dockerfile costs a process.
            "hadolint": "off",
        }
        self._env = {**os.environ, **{PREFIX + name.upper(): value for name, value in settings.items()}}

    def begin(self) -> subprocess.Popen[bytes] | Forked:
        """Start a process without waiting for it."""
        if self._quick:
            return Forked(self._env, self.log)
        with self.log.open("ab") as log:
            command = [sys.executable, "-m", "bot", "serve"]
            return subprocess.Popen(command, env=self._env, stdout=log, stderr=log)

    def start(self) -> None:
        """Start, and wait until it can accept work."""
        self.process = self.begin()
        wait_until(self._is_ready, "the bot is ready")

    def jobs(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        counts: dict[str, int] = httpx.get(
            f"{self.url}/readyz", trust_env=False, verify=NO_AUTHORITIES
        ).json()["jobs"]
        return counts

    def wait_until_idle(self) -> None:
        """Wait until every job is done."""
        wait_until(lambda: self.jobs().keys() == {"done"}, "every job is done")

    def _is_ready(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError(f"the bot ended with {self.process.returncode}:\n{self.log.read_text()}")
        try:
            return httpx.get(f"{self.url}/readyz", trust_env=False, verify=NO_AUTHORITIES).status_code == 200
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> int | None:
        """Ask it to end, and return its exit code."""
        return self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> int | None:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        return process.wait(WAIT)
