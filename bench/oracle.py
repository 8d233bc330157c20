"""Match real package lists against real advisories, and let dpkg judge the Debian ones apart from our code.

python -m bench.oracle

Reads the records and lists of the folder PLIMSOLL_DATA names. The oracle reads the records itself, `dpkg
--compare-versions` orders all its versions, and two sentences are all it knows of our rules: a tracker entry for a
flaw decides over an advisory that bundles several, and where nobody knows a fix above a version, a record by which the
version has its fix is believed. Ends with 1 when anything differs.
"""

import json
import lzma
import os
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from bot.advisory import Advisory, match_all, parse_record
from bot.advisory.ecosystem import split
from bot.package import Package

Record = dict[str, Any]
Older = Callable[[str, str], bool]
Hit = tuple[str, str]
"""(source package, flaw)"""
_TRACKER = "DEBIAN-CVE-"


class Listed(NamedTuple):
    """What one image contains."""

    name: str
    ecosystem: str
    packages: tuple[Package, ...]


def data() -> Path:
    """The folder of real data."""
    return Path(os.environ.get("PLIMSOLL_DATA", Path(__file__).parents[2] / "shared" / "data"))


def lists(folder: Path) -> list[Listed]:
    """Every list of packages of real images."""
    with lzma.open(folder / "images" / "image-packages.json.xz") as opened:
        images = json.load(opened)
    return [Listed(name, image["ecosystem"], tuple(_packages(image))) for name, image in images.items()]


def _packages(image: Record) -> Iterator[Package]:
    type_ = {"dpkg": "deb", "apk": "apk"}[image["kind"]]
    for entry in image["packages"]:
        source, version = entry.get("source", entry["name"]), entry["version"]
        yield Package(
            type=type_,
            namespace=image["ecosystem"].partition(":")[0].lower(),
            name=entry["name"],
            version=version,
            source_name=source,
            source_version=entry.get("sourceVersion") or version,
            arch=image["arch"],
            ecosystem=image["ecosystem"],
        )


def records(path: Path, naming: Iterable[str] = ()) -> Iterator[Record]:
    """The records of one ecosystem; only those that name one of some packages, if any are given."""
    marks = [f'"name":"{name}"'.encode() for name in naming]
    with lzma.open(path) as opened:
        for line in opened:
            if not marks or any(mark in line for mark in marks):
                yield json.loads(line)


def about(found: Iterable[Record], wanted: set[tuple[str, str]]) -> list[Record]:
    """Keep what names one of (channel, source package), and what shares a flaw with it."""
    kept, others = [], []
    for record in found:
        places = {
            (split(a["package"]["ecosystem"])[0], a["package"]["name"])
            for a in record.get("affected", [])
            if "package" in a
        }
        (others if places.isdisjoint(wanted) else kept).append(record)
    flaws = {name for record in kept for name in _names(record)}
    return kept + [record for record in others if not flaws.isdisjoint(_names(record))]


def _names(record: Record) -> list[str]:
    return [record["id"], *record.get("aliases", ()), *record.get("upstream", ())]


def dpkg(pairs: Iterable[tuple[str, str]]) -> Older:
    """Ask dpkg once for all pairs whether the first is older; the answer looks them up."""
    asked = sorted(set(pairs))
    script = (
        'while read -r a b; do if dpkg --compare-versions "$a" lt "$b"; then echo 1; else echo 0; fi; done'
    )
    said = subprocess.run(
        ["sh", "-c", script],
        input="".join(f"{a} {b}\n" for a, b in asked),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    answers = dict(zip(asked, (answer == "1" for answer in said), strict=True))
    return lambda a, b: answers[a, b]


def questions(found: Iterable[Record], listed: Listed) -> Iterator[tuple[str, str]]:
    """Every pair of versions that decides about a list."""
    installed = _installed(listed)
    for _, source, events in _entries(found, listed.ecosystem):
        for version in installed.get(source, ()):
            yield from ((version, bound) for event in events for bound in event.values() if bound != "0")


def oracle(found: Iterable[Record], listed: Listed, older: Older) -> set[Hit]:
    """Every flaw of every source package, as the records say it."""
    installed = _installed(listed)
    claims: dict[tuple[str, str, str], list[tuple[bool, bool, bool]]] = defaultdict(list)
    for record, source, events in _entries(found, listed.ecosystem):
        tracker = record["id"].startswith(_TRACKER)
        for version in installed.get(source, ()):
            inside = _includes(events, version, older)
            fixes = [event["fixed"] for event in events if "fixed" in event]
            above = inside and any(older(version, fix) for fix in fixes)
            has = not inside and any(fix == "0" or not older(version, fix) for fix in fixes)
            for flaw in _flaws(record):
                claims[source, version, flaw].append((tracker, inside, above or has))
    return {(source, flaw) for (source, _, flaw), said in claims.items() if _is_there(said)}


def _is_there(said: list[tuple[bool, bool, bool]]) -> bool:
    """Weigh (from the tracker, affected, knows a fix) of each record about one flaw."""
    leading = [one for one in said if one[0]] or said
    if not any(affected for _, affected, _ in leading):
        return False
    if any(affected and knows for _, affected, knows in said):
        return True  # somebody knows a fix above
    return not any(knows for _, affected, knows in said if not affected)


def _flaws(record: Record) -> list[str]:
    """The CVEs a record is about, or itself."""
    if record["id"].startswith(_TRACKER):
        return [record["id"].removeprefix("DEBIAN-")]
    named = [*record.get("aliases", ()), *record.get("upstream", ())]
    cves = [name.removeprefix("DEBIAN-") for name in named]
    return sorted({name for name in cves if name.startswith("CVE-")}) or [record["id"]]


def _includes(events: list[dict[str, str]], version: str, older: Older) -> bool:
    """The last event at or before the version decides; those of these feeds are in order."""
    inside = False
    for event in events:
        ((kind, bound),) = event.items()
        reached = bound == "0" or not older(version, bound)
        if kind == "introduced" and reached:
            inside = True
        elif (kind == "fixed" and reached) or (kind == "last_affected" and reached and bound != version):
            inside = False
    return inside


def _entries(found: Iterable[Record], ecosystem: str) -> Iterator[tuple[Record, str, list[dict[str, str]]]]:
    for record in found:
        if "withdrawn" in record:
            continue
        for affected in record.get("affected", []):
            if affected.get("package", {}).get("ecosystem") == ecosystem:
                for span in affected.get("ranges", []):
                    yield record, affected["package"]["name"], span["events"]


def _installed(listed: Listed) -> Mapping[str, set[str]]:
    versions: dict[str, set[str]] = defaultdict(set)
    for package in listed.packages:
        versions[package.source_name].add(package.source_version)
    return versions


def ours(listed: Listed, advisories: Iterable[Advisory]) -> tuple[set[Hit], list[str]]:
    """The same by our own matching, and what it could not tell."""
    found = match_all(listed.packages, advisories)
    hits = {(match.package.source_name, match.ids[0]) for match in found.matches}
    return hits, [skipped.what for skipped in found.skipped]


def unweighed(found: Iterable[Record], listed: Listed, older: Older) -> set[Hit]:
    """Every flaw that any record alone calls present: what the rules set aside is in here."""
    installed = _installed(listed)
    return {
        (source, flaw)
        for record, source, events in _entries(found, listed.ecosystem)
        for version in installed.get(source, ())
        if _includes(events, version, older)
        for flaw in _flaws(record)
    }


def main() -> int:
    """Match every list; compare the Debian ones."""
    folder = data()
    every = lists(folder)
    wanted = {(split(each.ecosystem)[0], p.source_name) for each in every for p in each.packages}
    raw = about(
        (record for path in sorted((folder / "osv").glob("*.xz")) for record in records(path)), wanted
    )
    advisories = [parse_record(record) for record in raw]
    debian = [each for each in every if each.ecosystem.startswith("Debian")]
    pairs = {pair for each in debian for pair in questions(raw, each)}
    started = time.perf_counter()
    older = dpkg(pairs)
    print(
        f"{len(raw):,} records about {len(every)} lists; dpkg ordered {len(pairs):,} pairs in "
        f"{time.perf_counter() - started:.0f} s"
    )
    differences, taken = 0, []
    for each in every:
        started = time.perf_counter()
        found, unclear = ours(each, advisories)
        taken.append(time.perf_counter() - started)
        line = f"{each.name}: {len(each.packages)} packages, {len(found)} flaws"
        if unclear:
            line += f", {len(unclear)} not comparable: {', '.join(unclear[:3])}"
        if each in debian:
            expected = oracle(raw, each, older)
            missed, extra = sorted(expected - found), sorted(found - expected)
            differences += len(missed) + len(extra)
            aside = len(unweighed(raw, each, older) - expected)
            line += f"; oracle {len(expected)}, {len(missed)} only there, {len(extra)} only here"
            line += f" ({aside} more that the two rules set aside)" if aside else ""
            line += "".join(f"\n  only there: {hit}" for hit in missed) + "".join(
                f"\n  only here: {hit}" for hit in extra
            )
        print(line)
    print(
        f"{differences} differences; a list against all {len(raw):,} records: median {median(taken) * 1000:.0f} ms"
    )
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
