"""Recall and precision of the secret rules, what they say of real files, and how fast they are.

python -m bench.secrets [FOLDER ...]

Prints a table by rule from the texts of our tests; for each folder what is found there and at what speed.
`TRIVY=path/to/trivy` compares with Trivy on the same texts and folders.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench.stand import machine
from bot.engine.secrets import Search
from tests.secrets.corpus import derived_negatives, positives
from tests.secrets.negatives import NEGATIVES

ROUNDS = 5


def main(folders: list[Path]) -> None:
    """Print the tables."""
    print(machine())
    _rules()
    trivy = os.environ.get("TRIVY")
    if trivy:
        _compare(trivy)
    for folder in folders:
        _folder(folder)
        if trivy:
            print(f"  Trivy: {_summary(_trivy(trivy, folder))}")


def _rules() -> None:
    search = Search(b"bench")
    right, missed, wrong = Counter[str](), Counter[str](), Counter[str]()
    for case in positives():
        rules = [match.rule.id for match in search.matches(case.path, case.text.encode())]
        (right if case.rule in rules else missed)[case.rule] += 1
        wrong.update(rule for rule in rules if rule != case.rule)
    texts = [(case.path, case.text) for case in derived_negatives()] + NEGATIVES
    for path, text in texts:
        wrong.update(match.rule.id for match in search.matches(path, text.encode()))
    print(f"{'rule':34} texts recall precision")
    for rule in sorted(right | missed | wrong):
        texts_of, fired = right[rule] + missed[rule], right[rule] + wrong[rule]
        print(
            f"{rule:34} {texts_of:5} {right[rule] / max(1, texts_of):6.2f} {right[rule] / max(1, fired):9.2f}"
        )
    print(
        f"all: {right.total()} of {right.total() + missed.total()} found, {wrong.total()} wrong in {len(texts):,} texts"
    )


def _files(folder: Path, search: Search) -> Iterator[tuple[str, bytes]]:
    for root, _, names in os.walk(folder):
        for name in names:
            path = Path(root, name)
            if path.is_symlink() or not path.is_file():
                continue
            if search.wants(str(path).lstrip("/"), path.stat().st_size):
                yield str(path).lstrip("/"), path.read_bytes()


def _folder(folder: Path) -> None:
    engines = {engine: Search(b"bench", engine) for engine in ("hyperscan", "pure")}
    files = list(_files(folder, engines["hyperscan"]))
    size = sum(len(data) for _, data in files) / 1e6
    times: dict[str, list[float]] = {engine: [] for engine in engines}
    found: dict[str, list[tuple[str, int, str]]] = {}
    for number in range(ROUNDS):
        for engine, search in engines.items():
            if engine == "pure" and number:
                continue
            started = time.process_time()
            found[engine] = [
                (f.path, f.line, f.rule) for path, data in files for f in search.find(path, data)
            ]
            times[engine].append(time.process_time() - started)
    assert found["hyperscan"] == found["pure"]
    seconds = ", ".join(f"{engine} {median(spent):.2f} s" for engine, spent in times.items())
    print(f"{folder}: {len(files):,} files of {size:.0f} MB searched: {seconds}")
    print(f"  Plimsoll: {_summary([rule for _, _, rule in found['hyperscan']])}")


def _compare(trivy: str) -> None:
    """Ask Trivy about each text in a file of its own."""
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as name:
        cases, folder = list(positives()), Path(name)
        for number, case in enumerate(cases):
            path = folder / str(number) / case.path
            path.parent.mkdir(parents=True)
            path.write_text(case.text)
        seen = {int(target.split("/")[0]) for target, _ in _results(trivy, folder)}
        print(f"Trivy finds {len(seen)} of {len(cases)} of these texts")
        unseen = sorted({case.rule for at, case in enumerate(cases) if at not in seen})
        print("  not: " + ", ".join(unseen))
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as name:
        folder = Path(name)
        texts = [(case.path, case.text) for case in derived_negatives()] + NEGATIVES
        for number, (place, text) in enumerate(texts):
            path = folder / str(number) / place
            path.parent.mkdir(parents=True)
            path.write_text(text)
        print(f"of the {len(texts):,} texts without a secret: {_summary(_trivy(trivy, folder))}")


def _trivy(trivy: str, folder: Path) -> list[str]:
    return [rule for _, rule in _results(trivy, folder)]


def _results(trivy: str, folder: Path) -> Iterator[tuple[str, str]]:
    command = [trivy, "fs", "--quiet", "--scanners", "secret", "--offline-scan", "--skip-db-update",
               "--skip-version-check", "--format", "json", str(folder)]  # fmt: skip
    started = time.perf_counter()
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    print(f"  Trivy took {time.perf_counter() - started:.1f} s")
    for result in json.loads(answer.stdout).get("Results") or []:
        for secret in result.get("Secrets") or []:
            yield result["Target"], secret["RuleID"]


def _summary(rules: list[str]) -> str:
    kinds = ", ".join(f"{rule} {count}" for rule, count in Counter(rules).most_common())
    return f"{len(rules)} found{': ' if rules else ''}{kinds}"


if __name__ == "__main__":
    main([Path(each) for each in sys.argv[1:]])
