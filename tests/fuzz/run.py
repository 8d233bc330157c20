"""Fuzz parsers guided by coverage: each target of the table in a process of its own, for some seconds.

python -m tests.fuzz.run [SECONDS] [TARGET …]

What breaks a parser is left in `.fuzz/TARGET/`, and the run ends with 1. Needs the dependency group `fuzz`.
"""

import subprocess
import sys
from pathlib import Path

SECONDS = 20
#: More than any input within the bounds may need; libFuzzer ends a process that takes more.
MEGABYTES, SECONDS_EACH = 1024, 10
FOLDER = Path(".fuzz")


def main(arguments: list[str]) -> int:
    """Run every target, or those named; return 1 when one of them breaks."""
    from tests.fuzz.targets import TARGETS

    seconds = int(arguments[0]) if arguments else SECONDS
    broken = []
    for name in arguments[1:] or TARGETS:
        print(f"{name}: {seconds} s", flush=True)
        command = [sys.executable, "-m", "tests.fuzz.run", "--one", name, str(seconds)]
        if subprocess.run(command, check=False).returncode:
            broken.append(name)
    print(f"broken: {', '.join(broken) or 'none'}")
    return bool(broken)


def one(name: str, seconds: int) -> None:
    """Fuzz one target in this process; libFuzzer ends it."""
    import atheris

    with atheris.instrument_imports(include=["bot"]):
        from tests.fuzz.seeds import SEEDS
        from tests.fuzz.targets import TARGETS
    corpus = FOLDER / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS.get(name, [])):
        (corpus / f"seed-{number}").write_bytes(seed)
    options = [
        f"-max_total_time={seconds}",
        f"-rss_limit_mb={MEGABYTES}",
        f"-timeout={SECONDS_EACH}",
        f"-artifact_prefix={FOLDER / name}/",
        "-max_len=65536",
        "-verbosity=0",
        "-print_final_stats=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus)], TARGETS[name])
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        one(sys.argv[2], int(sys.argv[3]))
    else:
        sys.exit(main(sys.argv[1:]))
