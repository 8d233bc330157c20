"""Compare what Plimsoll, Trivy and Syft list of some forty images of real packages; nothing may differ unexplained.

python -m bench.accuracy [--keep DIR] [NAME …]

Trivy and Syft are found by BENCH_TRIVY and BENCH_SYFT or on PATH. Images are made in a temporary folder, or in DIR,
where they and what was fetched for them stay for the next run. Ends with 1 if a difference has no reason in
`bench.differences`.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.differences import explained
from bench.inventories import Key, Listed, Places, tools
from bench.specimens import SPECIMENS
from bench.specimens.workshop import Workshop
from bench.stand import machine
from tests.system.root import write_layout


@dataclass(frozen=True, slots=True)
class Group:
    """Differences of one image with one peer that have the same reason, or none."""

    peer: str
    side: str
    """`more` is what the peer lists and we do not, `fewer` the other way round."""
    why: str
    keys: tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One image, what everyone lists of it, and every difference."""

    name: str
    listed: Mapping[str, Listed]
    groups: tuple[Group, ...]

    @property
    def unexplained(self) -> int:
        """How many differences have no reason."""
        return sum(len(group.keys) for group in self.groups if not group.why)


def main(words: list[str]) -> int:
    """Make the images, ask everyone, print what differs, and the tables of docs/accuracy.md."""
    parser = argparse.ArgumentParser(prog="python -m bench.accuracy")
    parser.add_argument("--keep", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(SPECIMENS)}")
    given = parser.parse_args(words)
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as temporary:
        folder = (given.keep or Path(temporary)).resolve()
        seen = []
        for name in given.names or SPECIMENS:
            seen.append(compare(folder, name))
            show(seen[-1])
    print("", *tables(seen), sep="\n")
    unexplained = sum(each.unexplained for each in seen)
    print(f"\n{len(seen)} images, {unexplained} differences unexplained")
    return 1 if unexplained else 0


def compare(folder: Path, name: str) -> Compared:
    """Make an image, or take the one that was kept, and ask everyone."""
    layout = made(folder, name)
    listed = {tool: ask(layout) for tool, ask in tools(folder).items()}
    return Compared(name, listed, tuple(grouped(name, listed)))


def made(folder: Path, name: str) -> Path:
    """Return the layout of an image, making it where it is not there."""
    layout = folder / "images" / name
    if not (layout / "index.json").exists():
        built = SPECIMENS[name].make(Workshop(folder))
        # Whole or not at all: what an interrupted run left is made anew.
        shutil.rmtree(layout, ignore_errors=True)
        part = folder / "images" / f".{name}"
        shutil.rmtree(part, ignore_errors=True)
        write_layout(part, built, tag="latest").rename(layout)
    return layout


def grouped(name: str, listed: Mapping[str, Listed]) -> Iterator[Group]:
    """All differences of one image, by peer, side and reason."""
    found: dict[tuple[str, str, str], list[Key]] = {}
    for peer, side, key, places in differences(listed):
        why = explained(name, peer, side, key, places)
        found.setdefault((peer, side, why), []).append(key)
    for (peer, side, why), keys in sorted(found.items()):
        yield Group(peer, side, why, tuple(keys))


def differences(listed: Mapping[str, Listed]) -> Iterator[tuple[str, str, Key, Places]]:
    """What a peer lists and we do not, and the other way round, with the places of who lists it."""
    ours = listed["ours"].packages
    for peer, each in listed.items():
        for key in sorted(each.packages.keys() - ours.keys()):
            yield peer, "more", key, each.packages[key]
        for key in sorted(ours.keys() - each.packages.keys()):
            yield peer, "fewer", key, ours[key]


def show(compared: Compared) -> None:
    """Print one image, with some of each group that has a reason and much of those that have none."""
    print(f"\n{compared.name}: {SPECIMENS[compared.name].kind}")
    for tool, each in compared.listed.items():
        print(f"   {tool:6} {len(each.packages):5} packages {each.wall:6.2f} s {each.cpu:6.2f} s of CPU")
    for line in compared.listed["ours"].skipped:
        print(f"   not looked at: {line}")
    for group in compared.groups:
        some = ", ".join(" ".join(key) for key in group.keys[: 3 if group.why else 60])
        print(f"   {group.peer}: {len(group.keys)} {group.side}; {group.why or 'UNEXPLAINED'}: {some}")
    sys.stdout.flush()


def tables(seen: Sequence[Compared]) -> Iterator[str]:
    """Write the counts by image, and the differences, as Markdown."""
    yield "| image | what it is | ours | Trivy | Syft | CPU seconds of each |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for each in seen:
        counts = " | ".join(_of(each, tool, "{0:,}") for tool in ("ours", "Trivy", "Syft"))
        costs = " · ".join(_of(each, tool, "{1:.2f}") for tool in ("ours", "Trivy", "Syft"))
        yield f"| {each.name} | {SPECIMENS[each.name].kind} | {counts} | {costs} |"
    yield "\n| image | against | difference | why | such as |"
    yield "| --- | --- | --- | --- | --- |"
    for each in seen:
        for group in each.groups:
            example = " ".join(group.keys[0])
            count = f"{len(group.keys):,} {group.side}"
            yield f"| {each.name} | {group.peer} | {count} | {group.why or 'UNEXPLAINED'} | `{example}` |"


def _of(compared: Compared, tool: str, form: str) -> str:
    each = compared.listed.get(tool)
    return form.format(len(each.packages), each.cpu) if each else "not there"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
