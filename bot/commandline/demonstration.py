"""`plimsoll demo`: finds the demonstration beside the package; it needs the stand-ins the tests use."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from bot.errors import ConfigError

# As shells tell that a process was ended by a signal.
SIGNALLED = 128
ROOT = Path(__file__).resolve().parents[2]


def demo(keep: bool) -> int:
    """Run the demonstration in a process of its own; return its exit code."""
    if not (ROOT / "tests" / "demo" / "__main__.py").is_file():
        raise ConfigError(
            "the demonstration needs the stand-ins that come with the source: clone the repository "
            "and run `make demo` there"
        )
    env = {**os.environ, "KEEP": "1"} if keep else None
    process = subprocess.Popen([sys.executable, "-m", "tests.demo"], cwd=ROOT, env=env)
    # Else it would live on, and the bot it started with it.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    # A terminal sends Ctrl+C to both: it is the demonstration that ends by it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    code = process.wait()
    return code if code >= 0 else SIGNALLED - code
