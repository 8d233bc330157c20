"""Programs from Debian: found or the test skips, except under CI, where a missing one is a failure."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def need(*programs: str) -> None:
    """Skip without these programs. Under CI=true fail, so that nothing is passed over unseen."""
    missing = [program for program in programs if shutil.which(program) is None]
    if not missing:
        return
    reason = f"not installed: {', '.join(missing)} (.ci/run installs them on Debian and Ubuntu)"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def run(*command: str | Path, env: dict[str, str] | None = None, ok: tuple[int, ...] = (0,)) -> str:
    """Run a program to its end and return what it printed; anything but the expected exit code fails."""
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        timeout=300,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode in ok, f"{command} ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done.stdout
