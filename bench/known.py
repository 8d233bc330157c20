"""Read images as a running bot does, its caches filled: another image on a known base, and a known image again.

python -m bench.known [ROUNDS]

The base is a real root of Debian, made by mmdebstrap or taken from BENCH_IMAGES (see `bench.peers`); each image adds
a layer of 2,000 files in 40 Python packages. They come from a registry on loopback; no advisories are matched.
"""

import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Iterator
from pathlib import Path
from statistics import median

from bench.peers import layout_of
from bench.stand import machine
from bot.clock import SystemClock
from bot.compose import open_images
from bot.image.reference import Reference
from bot.images import Images
from bot.inspection import SeenImage
from bot.registry.model import Access
from bot.settings import Settings
from bot.sightings import Forgetful
from tests.fakes.images import image, layer, push
from tests.fakes.registry import FakeRegistry


def main(rounds: int = 20) -> None:
    """Read the base once, then images on it, each twice."""
    print(machine())
    with tempfile.TemporaryDirectory(prefix="plimsoll-bench-") as name, FakeRegistry() as registry:
        kept = Path(os.environ.get("BENCH_IMAGES", name))
        blobs = (layout_of(kept, "base") / "blobs" / "sha256").iterdir()
        base = max(blobs, key=lambda blob: blob.stat().st_size).read_bytes()
        settings = Settings(
            data_dir=Path(name, "data"), private_hosts=registry.host, insecure_hosts=registry.host
        )
        asyncio.run(_measure(settings, registry, base, rounds))


async def _measure(settings: Settings, registry: FakeRegistry, base: bytes, rounds: int) -> None:
    another, known = [], []
    root = image(os=None, layers=[base])
    push(registry, "shop/base", "1", root)
    async with open_images(settings, SystemClock()) as images:
        first, packages = await _timed(_seen(images, Reference.parse(f"{registry.host}/shop/base:1")))
        for number in range(rounds):
            built = image(os=None, base=root, layers=[_application(number)])
            push(registry, "shop/app", str(number), built)
            reference = Reference.parse(f"{registry.host}/shop/app:{number}")
            another.append((await _timed(_seen(images, reference)))[0])
            known.append((await _timed(_seen(images, reference)))[0])
    print(f"base of {len(base) / 1e6:.0f} MB with {packages} packages, new: {first[0]:.2f} s")
    _show(f"another image on it ({rounds} rounds)", another)
    _show("a known image", known)


async def _seen(images: Images, reference: Reference) -> int:
    """Read an image as a review of its own does; return how many packages it has."""
    with images.reader(Access(""), Forgetful()) as reader:
        seen = await reader.see(reference, None)
        assert isinstance(seen, SeenImage), seen
        return len(seen.inventory.packages)


async def _timed(work: Awaitable[int]) -> tuple[tuple[float, float], int]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = await work
    return (time.perf_counter() - wall, time.process_time() - cpu), result


def _application(seed: int) -> bytes:
    return layer(dict(_files(random.Random(seed))))


def _files(chance: random.Random) -> Iterator[tuple[str, str]]:
    site = "usr/lib/python3/site-packages"
    for package in range(40):
        version = f"{chance.randrange(9)}.{chance.randrange(99)}"
        about = f"Metadata-Version: 2.1\nName: part-{package}\nVersion: {version}\n"
        yield f"{site}/part_{package}-{version}.dist-info/METADATA", about
        for module in range(49):
            lines = (f"value_{chance.getrandbits(40):x} = {chance.random()}\n" for _ in range(40))
            yield f"{site}/part_{package}/module_{module}.py", "".join(lines)


def _show(title: str, costs: list[tuple[float, float]]) -> None:
    wall, cpu = (sorted(each) for each in zip(*costs, strict=True))
    print(f"{title}: {median(wall):.3f} s, worst {wall[-1]:.3f} s; {median(cpu):.3f} s of CPU")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
