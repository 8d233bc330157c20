"""Compare what our rules, hadolint and Trivy say of the same Dockerfiles: `python -m bench.lint [TRIVY]`.

Prints a row a Dockerfile of `tests/rules/corpus.py`, and how long each takes over all of them.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bot.dockerfile.rules import lint
from bot.inventory import Skipped
from bot.linting.hadolint import Hadolint, find_hadolint
from bot.severity import Severity
from tests.rules.corpus import BAD, GOOD

#: What either calls hygiene, and says of nearly every file here.
COMMON = frozenset("DL3057 DL3059 DS-0026".split())


def ours(text: str, has_dockerignore: bool) -> set[str]:
    found = lint(text, has_dockerignore=has_dockerignore)
    return {each.id for each in found if each.severity > Severity.NEGLIGIBLE and each.shipped}


async def hadolints(text: str) -> set[str]:
    said = await Hadolint(find_hadolint()).lint(text)
    return {"(not linted)"} if isinstance(said, Skipped) else {each.code for each in said} - COMMON


def trivys(program: str, texts: dict[str, str]) -> dict[str, set[str]]:
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for number, (name, text) in enumerate(texts.items()):
            Path(folder, str(number)).mkdir()
            Path(folder, str(number), "Dockerfile").write_text(text)
            names[f"{number}/Dockerfile"] = name
        options = ["--skip-version-check", "--disable-telemetry", "--skip-check-update", "-q", "-f", "json"]
        done = subprocess.run([program, "config", *options, folder], capture_output=True, check=True)
    results = json.loads(done.stdout).get("Results", [])
    said = {name: set[str]() for name in texts}
    for result in results:
        said[names[result["Target"]]] = {
            each["ID"] for each in result.get("Misconfigurations") or []
        } - COMMON
    return said


def main() -> None:
    texts = {name: text for name, (text, _) in BAD.items()} | GOOD
    started = time.perf_counter()
    own = {name: ours(text, name in GOOD) for name, text in texts.items()}
    took = {"ours": time.perf_counter() - started}
    started = time.perf_counter()
    theirs = {name: asyncio.run(hadolints(text)) for name, text in texts.items()}
    took["hadolint"] = time.perf_counter() - started
    started = time.perf_counter()
    trivy = trivys(sys.argv[1], texts) if len(sys.argv) > 1 else {}
    took["trivy"] = time.perf_counter() - started
    print("| Dockerfile | ours | hadolint | Trivy |\n| --- | --- | --- | --- |")
    for name in texts:
        row = (", ".join(sorted(said.get(name, ()))) or "–" for said in (own, theirs, trivy))
        print(f"| {name} | {' | '.join(row)} |")
    print("\nseconds over all: " + ", ".join(f"{name} {seconds:.2f}" for name, seconds in took.items()))


if __name__ == "__main__":
    main()
