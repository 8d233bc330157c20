"""`plimsoll demo --keep` ends when it is asked to, with everything it started."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.fakes.loopback import NO_AUTHORITIES


@pytest.fixture(autouse=True)
def _interruptible() -> Iterator[None]:
    """A shell starts what runs in the background so that it ignores Ctrl+C, and that is inherited."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize(
    ("number", "to_all", "code"),
    [
        (signal.SIGTERM, False, 128 + signal.SIGTERM),
        (signal.SIGINT, True, 0),  # as a terminal sends Ctrl+C
    ],
)
def test_it_ends_with_everything_it_started(
    tmp_path: Path, number: signal.Signals, to_all: bool, code: int
) -> None:
    log = tmp_path / "demo.txt"
    env = {**os.environ, "DEMO_JSON": str(tmp_path / "state.json"), "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--keep"],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    with process.stdout as output, log.open("w") as told:
        for line in output:
            told.write(line)
            if found := re.search(r"the bot +(http://.+)/readyz", line):
                address = found[1]
                break
        (os.killpg if to_all else os.kill)(process.pid, number)
        told.write(output.read())
    assert process.wait(30) == code
    text = log.read_text()
    assert f"Wrote {tmp_path / 'state.json'}" in text
    assert "Its summary:" in text
    assert "Aborted" not in text
    assert "Traceback" not in text
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{address}/healthz", trust_env=False, verify=NO_AUTHORITIES)
