"""Judge the moves that would have been proposed for official images in the past, and how long choosing takes.

python -m bench.tags [SHARE]

Of SHARE tags in use one is replayed, 8 unless told; 1 replays all, which takes several times as long. Needs the
histories of tags and the support dates of `PLIMSOLL_DATA` (default ../shared/data).
"""

import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date, timedelta
from statistics import median

from bench.stand import machine
from bot.image.tags import candidates, parse_tag
from tests.image.tags.published import History, ends, folder, histories
from tests.image.tags.replay import Outcome, out_of_order, replay

IMAGES = 40
DAYS = (date(2026, 8, 21), date(2024, 8, 21), date(2022, 8, 21))
RUNS = 15
SHARE = 8
SHOWN = 40


def main(share: int = SHARE) -> None:
    """Print the tables; a violation of what must never be proposed ends with an error."""
    if not folder().is_dir():
        sys.exit(
            f"no published tags: {folder()} is missing (PLIMSOLL_DATA names the folder that has images/)"
        )
    print(machine())
    found = histories()
    wide = dict(sorted(found.items(), key=lambda item: -len(item[1]))[:IMAGES])
    _parse(found)
    _choose(found["node"])
    _order(found)
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as pool:
        violations = [_replay(pool, wide, day, share) for day in DAYS]
    assert not any(violations)


def _parse(found: dict[str, History]) -> None:
    tags = [tag for history in found.values() for tag in history]
    start = time.perf_counter()
    moving = sum(parse_tag(tag).is_moving for tag in tags)
    seconds = time.perf_counter() - start
    print(f"{len(tags):,} tags of {len(found)} images parsed in {seconds:.1f} s; {moving:,} of them move")


def _choose(history: History) -> None:
    tags, times, computing = list(history), [], []
    for _ in range(RUNS):
        start, spent = time.perf_counter(), time.process_time()
        candidates("node:20.1.0-alpine3.18", tags, now=DAYS[0])
        times.append((time.perf_counter() - start) * 1000)
        computing.append((time.process_time() - spent) * 1000)
    print(
        f"choice among {len(tags):,} tags: first {times[0]:.0f} ms, median of {RUNS} {median(times):.0f} ms, "
        f"of which {median(computing):.0f} ms on the processor"
    )


def _order(found: dict[str, History]) -> None:
    apart = {image: list(out_of_order(history.first_listed())) for image, history in found.items()}
    tags = sum(map(len, found.values()))
    print(f"ordered as published: all but {sum(map(len, apart.values())):,} of {tags:,} tags")
    for image, pairs in sorted(apart.items(), key=lambda item: -len(item[1])):
        if pairs:
            newer, older = pairs[0]
            print(f"  {len(pairs):>5} of {len(found[image]):>6,} {image}, such as {older} before {newer}")


def _replay(pool: ProcessPoolExecutor, found: dict[str, History], day: date, share: int) -> list[str]:
    """Replay one day and print what came of it; return the violations."""
    table, year_before = ends(), day - timedelta(days=365)
    running = [
        pool.submit(replay, image, history.first_listed(), history.in_use(year_before)[::share], day, table)
        for image, history in found.items()
    ]
    outcome = Outcome()
    for each in running:
        outcome.add(each.result())
    tracks = ", ".join(f"{track} {count:,}" for track, count in outcome.tracks.most_common())
    print(f"{day}, tags in use a year before: {outcome.judged:,}; proposals: {tracks}")
    print(f"  patch track as the oracle says {dict(outcome.newest)}, otherwise {len(outcome.apart)}")
    for line in [*outcome.apart[:SHOWN], *outcome.violations[:SHOWN]]:
        print(f"  {line}")
    print(f"  violations: {len(outcome.violations)}; reasons of the rest:")
    for reason, count in outcome.reasons.most_common():
        print(f"  {count:>12,}  {reason}")
    return outcome.violations


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
