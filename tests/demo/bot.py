"""Start the bot as it runs in production: `plimsoll` in a process of its own, told everything by its environment."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.loopback import NO_AUTHORITIES
from tests.fakes.registry import FakeRegistry

SECONDS = 90


def environment(folder: Path, github: FakeGitHub, registry: FakeRegistry) -> dict[str, str]:
    """Everything an operator would set, and nothing of this machine's own settings."""
    (folder / "app.pem").write_text(github.private_key)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PLIMSOLL_")}
    return {
        **inherited,
        "PLIMSOLL_DATA_DIR": str(folder / "data"),
        "PLIMSOLL_GITHUB_URL": github.url,
        "PLIMSOLL_APP_ID": str(github.app_id),
        "PLIMSOLL_PRIVATE_KEY_FILE": str(folder / "app.pem"),
        "PLIMSOLL_WEBHOOK_SECRET": github.webhook_secret,
        "PLIMSOLL_PRIVATE_HOSTS": registry.host,
        "PLIMSOLL_INSECURE_HOSTS": registry.host,
        "PLIMSOLL_ADVISORY_UPDATE_HOURS": "0",
    }


def plimsoll(env: Mapping[str, str], *arguments: str) -> str:
    """Run one command to its end and return what it prints."""
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], env=env, check=True, text=True, stdout=subprocess.PIPE
    )
    return done.stdout


@contextmanager
def serving(env: Mapping[str, str]) -> Iterator[str]:
    """Run `plimsoll serve` on a free port; give its address once it is ready."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "bot", "serve", "--port", str(port)], env=env)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, url)
        yield url
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_until_ready(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if (
                httpx.get(f"{url}/readyz", trust_env=False, verify=NO_AUTHORITIES).status_code
                == httpx.codes.OK
            ):
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise SystemExit("the bot did not start")
