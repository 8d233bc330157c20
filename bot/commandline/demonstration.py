"""`plimsoll demo`: finds the demonstration beside the package; it needs the stand-ins the tests use."""

import os
import subprocess
import sys
from pathlib import Path

from bot.errors import ConfigError

ROOT = Path(__file__).resolve().parents[2]


def demo(keep: bool) -> int:
    """Run the demonstration in a process of its own; return its exit code."""
    if not (ROOT / "tests" / "demo" / "__main__.py").is_file():
        raise ConfigError(
            "the demonstration needs the stand-ins that come with the source: clone the repository "
            "and run `make demo` there"
        )
    env = {**os.environ, "KEEP": "1"} if keep else None
    return subprocess.run([sys.executable, "-m", "tests.demo"], cwd=ROOT, env=env, check=False).returncode
