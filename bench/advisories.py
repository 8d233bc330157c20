"""Advisories: a full import, a delta, matching, and which stored images a delta hits.

PLIMSOLL_DATA=FOLDER python -m bench.advisories [ROUNDS]

FOLDER holds `osv/<Ecosystem>.jsonl.xz`, one record a line, and may hold `kev.json` and `epss.csv.gz`.
"""

import asyncio
import json
import lzma
import os
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx
import sqlalchemy as sa

from bench.stand import machine
from bot.feeds import AdvisoryIndex, find_hits, find_matches
from bot.feeds.download import update
from bot.feeds.parsed import ParsedAdvisories
from bot.package import Package
from bot.store import inventories, open_store
from bot.store.tables import inventory_packages

NOW = datetime.now(UTC)
BASE = "https://feeds.test"
CHANGED = 1_000
LARGE = 370
IMAGES = 10_000
HELD = 300
TYPES = {"Debian": "deb", "Alpine": "apk", "AlmaLinux": "rpm", "PyPI": "pypi", "npm": "npm", "Go": "golang"}


def main(rounds: int = 5) -> None:
    """Measure one after the other, on one full index."""
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    print(machine())
    data = Path(os.environ.get("PLIMSOLL_DATA", "../shared/data"))
    if not (data / "osv").is_dir():
        sys.exit(f"no records to measure with: {data} has no folder osv (PLIMSOLL_DATA names the folder)")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = lay_out(data, folder / "feeds")
        index = folder / "advisories.db"
        imported(folder / "feeds", index)
        fetched = asyncio.run(delta(folder, records["Debian"], rounds))
        match(index, data, rounds)
        hit(folder, fetched, records, rounds)


def imported(feeds: Path, index: Path) -> None:
    """Import everything, in a process of its own: this one holds the records, too."""
    script = (
        "import resource, sys, time; from datetime import UTC, datetime; from pathlib import Path\n"
        "from bot.feeds.importer import import_path\n"
        "begun = time.perf_counter()\n"
        "report = import_path(Path(sys.argv[1]), Path(sys.argv[2]), now=datetime.now(UTC))\n"
        "seconds, used = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF)\n"
        "count = sum(feed.records + feed.ratings for feed in report.imported)\n"
        # Not what getrusage tells: that is never less than what the starting process held.
        "peak = next(line for line in Path('/proc/self/status').open() if line.startswith('VmHWM'))\n"
        "print(f'full import: {count:,} records, {seconds:.1f} s, {used.ru_utime + used.ru_stime:.1f} s of CPU '\n"
        "      f'time, {int(peak.split()[1]) / 1024:.0f} MB at most')\n"
    )
    subprocess.run([sys.executable, "-c", script, str(feeds), str(index)], check=True)
    print(f"index: {index.stat().st_size / 1e6:.0f} MB on disk")


def lay_out(data: Path, feeds: Path) -> dict[str, dict[str, Any]]:
    """Write the records in OSV.dev's layout; return those a delta and packages are drawn from."""
    kept: dict[str, dict[str, Any]] = {}
    for packed in sorted((data / "osv").glob("*.jsonl.xz")):
        feed = packed.name.removesuffix(".jsonl.xz").replace("_", " ")
        (feeds / feed).mkdir(parents=True)
        kept[feed] = {}
        with (
            lzma.open(packed) as lines,
            zipfile.ZipFile(feeds / feed / "all.zip", "w", zipfile.ZIP_DEFLATED) as made,
        ):
            for line in lines:
                record = json.loads(line)
                made.writestr(f"{record['id']}.json", line)
                kept[feed][record["id"]] = record if feed in TYPES else {}
    for name in ("kev.json", "epss.csv.gz"):
        if (data / name).is_file():
            (feeds / name).write_bytes((data / name).read_bytes())
    return kept


async def delta(folder: Path, records: dict[str, Any], rounds: int) -> list[str]:
    """Change records of one feed at the source, fetch what changed, and put it in use."""
    archive = (folder / "feeds" / "Debian" / "all.zip").read_bytes()
    changed: dict[str, bytes] = {}
    stamps: dict[str, str] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        name = request.url.path.rpartition("/")[2]
        if name == "all.zip":
            return httpx.Response(200, content=archive)
        if name == "modified_id.csv":
            return httpx.Response(
                200, content="".join(f"{date},{id_}\n" for id_, date in stamps.items()).encode()
            )
        return httpx.Response(200, content=changed[name.removesuffix(".json")])

    index = folder / "advisories.db"
    times, spent = [], []
    ids: list[str] = []
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        await update(BASE, ["Debian"], index, client, now=NOW)
        for number in range(1, rounds + 1):
            now = NOW + timedelta(hours=6 * number)
            ids = Random(number).sample(sorted(records), CHANGED)
            stamps = {id_: (now - timedelta(minutes=1)).isoformat() for id_ in ids}
            changed = {
                id_: json.dumps({**records[id_], "modified": stamps[id_], "summary": str(number)}).encode()
                for id_ in ids
            }
            begun, used = time.perf_counter(), time.process_time()
            report = await update(BASE, ["Debian"], index, client, now=now)
            times.append(time.perf_counter() - begun)
            spent.append(time.process_time() - used)
            assert report.changed == CHANGED, report.failed
    print(
        f"delta of {CHANGED:,} records: {statistics.median(times):.2f} s, {statistics.median(spent):.2f} s of CPU time "
        f"(medians of {rounds}), fetched in this process"
    )
    return ids


def pool(records: dict[str, dict[str, Any]]) -> dict[str, list[Package]]:
    """Versions of packages that advisories speak of, by ecosystem: each fix, and what came before it."""
    found: dict[str, dict[Package, None]] = {}
    for feed, type_ in TYPES.items():
        for record in records[feed].values():
            for affected in record.get("affected", []):
                place, name = affected["package"]["ecosystem"], affected["package"]["name"]
                for span in affected.get("ranges", []):
                    for event in span["events"]:
                        if fixed := event.get("fixed"):
                            package = Package(type_, "", name, fixed, name, fixed, "", place)
                            found.setdefault(place, {})[package] = None
    return {place: list(packages) for place, packages in found.items() if len(packages) > HELD}


def match(index: Path, data: Path, rounds: int) -> None:
    """Match the packages of real images, with what is parsed kept as `serve` keeps it."""
    with lzma.open(data / "images" / "image-packages.json.xz") as file:
        images = json.load(file)
    for name, image in images.items():
        packages = [_package(entry, image["ecosystem"]) for entry in image["packages"]]
        if len(packages) < LARGE:
            continue
        with AdvisoryIndex.open(index, ParsedAdvisories()) as opened:
            work = partial(find_matches, opened, packages)
            cold = clocked(work)
            used = time.process_time()
            warm = [clocked(work) for _ in range(rounds)]
            spent = (time.process_time() - used) / rounds
            count = len(work().matches)
        print(
            f"match {len(packages)} packages of {name}: {count:,} matches, "
            f"{statistics.median(warm) * 1000:.0f} ms warm "
            f"({spent * 1000:.0f} ms of CPU time), {cold * 1000:.0f} ms cold"
        )


def _package(entry: dict[str, str], ecosystem: str) -> Package:
    source = entry.get("source") or entry["name"]
    version = entry.get("sourceVersion") or entry["version"]
    return Package("deb", "debian", entry["name"], entry["version"], source, version, "amd64", ecosystem)


def hit(folder: Path, ids: list[str], records: dict[str, dict[str, Any]], rounds: int) -> None:
    """Look up which of many stored images a delta hits."""
    store = open_store(f"sqlite:///{folder / 'plimsoll.db'}")
    pools = list(pool(records).values())
    draw = Random(2)
    begun = time.perf_counter()

    def fill(connection: sa.Connection) -> None:
        for number in range(IMAGES):
            # Images share their bases: the packages of one are near each other in its ecosystem.
            chosen = draw.choice(pools)
            start = draw.randrange(max(len(chosen) - 2 * HELD, 1))
            packages = draw.sample(chosen[start : start + 2 * HELD], min(HELD, len(chosen)))
            inventories.save(connection, f"sha256:{number:064x}", f'{{"number": {number}}}', packages, 0.0)

    store.do_now(fill)
    pairs = store.do_now(lambda c: c.scalar(sa.select(sa.func.count()).select_from(inventory_packages)))
    print(f"store {IMAGES:,} inventories: {time.perf_counter() - begun:.0f} s, {pairs:,} packages held")
    with AdvisoryIndex.open(folder / "advisories.db") as index:
        changed = index.records(ids)
        for what, judge in (
            ("alone", None),
            ("with all others known", partial(find_hits, index, ids)),
        ):
            times, spent, count = [], [], 0
            for _ in range(rounds):
                begun, used = time.perf_counter(), time.process_time()
                found = store.do_now(lambda c: inventories.affected(c, changed, judge))  # noqa: B023
                times.append(time.perf_counter() - begun)
                spent.append(time.process_time() - used)
                count = len(found.digests)
            print(
                f"{CHANGED:,} advisories {what}: {count:,} of {IMAGES:,} images hit, "
                f"{statistics.median(times):.2f} s, {statistics.median(spent):.2f} s of CPU time"
            )
    store.close()


def clocked(work: Callable[[], object]) -> float:
    """Return the seconds some work takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
