"""List the 9,000 tags of an image, nine pages, and choose among them: cold, unchanged, and warm.

python -m bench.listing [ROUNDS]

The registry is the stand-in of our tests, on loopback, in a thread of the same process, so its own work counts too.
Cold: nothing is known. Unchanged: ten minutes later, each page answered with 304. Warm: within ten minutes. After a
restart: from the disk.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import islice, product
from pathlib import Path
from statistics import median

from bench.stand import machine
from bot.image import Reference
from bot.image.lifecycle import Lifecycle
from bot.image.tags import candidates
from bot.registry import Access, TagList
from bot.registry.client import Registry
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy
from tests.fakes.images import image, push
from tests.fakes.registry import FakeRegistry

COUNT = 9000
CURRENT = "3.12.1-slim-bookworm"
TEN_MINUTES = 601.0
Cost = tuple[float, float, float]
"""Seconds in all, seconds of the choice, seconds of CPU, those of the stand-in included."""


class HeldTime:
    """Time that passes when it is told to."""

    def __init__(self) -> None:
        self.now = datetime(2026, 8, 22, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now


def main(rounds: int = 9) -> None:
    """Measure each state several times."""
    print(machine())
    with FakeRegistry() as fake, tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as folder:
        fake.etags = True
        fake.put_tags(
            "library/python", tag_names(), push(fake, "library/python", CURRENT, image(os="debian:12"))
        )
        asyncio.run(measure(fake, Path(folder), rounds))


async def measure(fake: FakeRegistry, folder: Path, rounds: int) -> None:
    """Print the median of each state."""
    taken: dict[str, list[Cost]] = {"cold": [], "unchanged": [], "warm": [], "after a restart": []}
    for number in range(rounds):
        clock = HeldTime()
        policy = GuardPolicy.allowing(fake.host)
        async with open_registry(folder / str(number), policy=policy, clock=clock) as registry:
            taken["cold"].append(await once(fake, registry))
            clock.now += TEN_MINUTES
            taken["unchanged"].append(await once(fake, registry))
            taken["warm"].append(await once(fake, registry))
        async with open_registry(folder / str(number), policy=policy, clock=clock) as registry:
            taken["after a restart"].append(await once(fake, registry))
    print(f"{COUNT:,} tags, read and chosen from, {rounds} rounds, medians")
    for state, costs in taken.items():
        whole, choice, cpu = (median(values) * 1000 for values in zip(*costs, strict=True))
        print(f"{state}: {whole:.0f} ms, of which the choice {choice:.0f} ms; {cpu:.0f} ms of CPU in all")
    print(f"requests for the list: {fake.count('GET', '/tags/list') / rounds:.0f} a round")


async def once(fake: FakeRegistry, registry: Registry) -> Cost:
    """List and choose once."""
    reference = Reference.parse(f"{fake.host}/library/python:{CURRENT}")
    started, cpu = time.perf_counter(), time.process_time()
    listed = await registry.tags(reference, Access(""))
    assert isinstance(listed, TagList), listed
    between = time.perf_counter()
    found = candidates(reference, listed.tags, now=date(2026, 8, 22), lifecycle=Lifecycle.default())
    ended = time.perf_counter()
    taken = ended - started, ended - between, time.process_time() - cpu
    assert found.proposals
    assert len(listed.tags) == COUNT
    return taken


def tag_names() -> list[str]:
    """Tags as of an image with a long history."""

    def made() -> Iterator[str]:
        flavours = ("", "-slim", "-alpine", "-bookworm", "-slim-bookworm", "-bullseye", "-slim-bullseye")
        for major, minor, flavour in product((3, 2), range(15), flavours):
            yield f"{major}.{minor}{flavour}"
            yield from (f"{major}.{minor}.{patch}{flavour}" for patch in range(50))

    return list(islice(made(), COUNT))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
