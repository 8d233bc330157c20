"""`make demo`: the main job on real parts, with stand-ins for GitHub and for the registry. No credentials needed.

KEEP=1 keeps it running afterwards; DEMO_JSON=FILE writes what the stand-in for GitHub holds in the end.
"""

import json
import os
import signal
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.demo.bot import environment, plimsoll, serving
from tests.demo.page import shown
from tests.demo.story import push_images, tell
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.registry import FakeRegistry

ADVISORIES = Path(__file__).parent / "advisories"
SIMULATED = """
Real here: the bot (`plimsoll serve` in its own process, SQLite, its job engine), signed webhooks and every
request over HTTP, git objects, the registry protocol, layers with apk's database format, versions and flaws.
Simulated: GitHub (a stand-in that checks every request against GitHub's own API description), the registry
(in this process), the images (only the packages of the story), and a handful of advisories that were
written by hand from public facts and declared as of today."""


def main() -> None:
    """Tell the story, write the final state where it is asked for, and end."""
    started = time.monotonic()
    # Ended from outside, it still stops the bot it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with (
        tempfile.TemporaryDirectory(prefix="plimsoll-demo-") as folder,
        FakeGitHub.start(echo=True) as github,
        FakeRegistry() as registry,
    ):
        print("Plimsoll reviews pull requests: five scenes, on stand-ins for GitHub and a registry.\n")
        push_images(registry)
        env = environment(Path(folder), github, registry)
        today = time.strftime("%Y-%m-%d", time.gmtime())
        print(plimsoll(env, "db", "import", str(ADVISORIES), "--as-of", today), end="")
        with serving(env) as url:
            github.webhook_url = f"{url}/webhooks/github"
            tell(github, registry)
            print(f"{SIMULATED}\nIt took {time.monotonic() - started:.1f} seconds.")
            _write(github)
            github.check_house()
            if os.environ.get("KEEP"):
                _keep(github, url)


def _write(github: FakeGitHub) -> None:
    if place := os.environ.get("DEMO_JSON"):
        Path(place).write_text(json.dumps(github.state_json(), indent=2) + "\n")
        print(f"Wrote {place}")


def _keep(github: FakeGitHub, url: str) -> None:
    with shown(github) as page, suppress(KeyboardInterrupt):
        print(
            f"\nStill running; stop it with Ctrl+C.\n  what GitHub holds  {page}\n  the bot            {url}/readyz"
        )
        sys.stdout.flush()
        while True:
            time.sleep(3600)
    print()


if __name__ == "__main__":
    main()
