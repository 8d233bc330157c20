"""Fetch support dates from endoflife.date's API into one file, which `lifecycle` reads.

Follows https://endoflife.date/docs/api/v1/; an address that ends otherwise than in `v1` is asked in the older form of
https://endoflife.date/docs/api. A product whose answer cannot be used keeps the dates it had.
"""

import asyncio
import json
import os
import re
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx

from bot.feeds.lifecycle import FORM, read_state
from bot.feeds.problems import LifecycleUnavailable
from bot.image.lifecycle import Cycle, Lifecycle
from bot.image.lifecycle.reading import LifecycleUnreadable, read_cycles, write_cycle
from bot.registry.reading import TooLarge, read_at_most
from bot.registry.redirects import get

#: Products of our table that are not among theirs.
NOT_THERE = frozenset({"azure-linux"})
_VERSIONED = re.compile(r"/v[0-9]+$")
_MAX_ANSWER = 2_000_000
_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class LifecycleReport:
    """What was fetched, and which products keep the dates they had, with the reason."""

    fetched: date
    products: int
    failed: tuple[tuple[str, str], ...] = ()


async def update_lifecycle(
    base_url: str, path: Path, client: httpx.AsyncClient, *, now: datetime, seconds: float = _SECONDS
) -> LifecycleReport:
    """Fetch the lines of every product of our table; raises LifecycleUnavailable when nothing came of it."""
    products = sorted(set(Lifecycle.default().products) - NOT_THERE)
    before = await asyncio.to_thread(_fetched_before, path)
    found: dict[str, tuple[Cycle, ...]] = {}
    failed: list[tuple[str, str]] = []
    try:
        async with asyncio.timeout(seconds):
            for product in products:
                try:
                    found[product] = await _fetch(client, _address(base_url, product), product)
                except _Unusable as exc:
                    failed.append((product, str(exc)))
    except TimeoutError:
        raise LifecycleUnavailable(f"{base_url} took longer than {seconds:g} seconds") from None
    except (httpx.HTTPError, httpx.InvalidURL) as exc:
        # What keeps one product from being fetched keeps all: waiting for each would take long.
        raise LifecycleUnavailable(f"{base_url}: {str(exc) or type(exc).__name__}") from exc
    if not found:
        raise LifecycleUnavailable(failed[0][1])
    await asyncio.to_thread(_save, path, base_url, now, {**before, **found})
    return LifecycleReport(now.date(), len(found), tuple(failed))


class _Unusable(Exception):
    """One product's answer cannot be used."""


def _address(base_url: str, product: str) -> str:
    base = base_url.rstrip("/")
    return f"{base}/products/{product}/" if _VERSIONED.search(base) else f"{base}/{product}.json"


async def _fetch(client: httpx.AsyncClient, url: str, product: str) -> tuple[Cycle, ...]:
    response = await get(client, url, {"Accept": "application/json"})
    try:
        if response.status_code != httpx.codes.OK:
            raise _Unusable(f"{url} answered {response.status_code}")
        document = json.loads(await read_at_most(response, _MAX_ANSWER))
        lines = document.get("result") if isinstance(document, dict) else document
        cycles = tuple(read_cycles(product, lines))
    except (TooLarge, LifecycleUnreadable) as exc:
        raise _Unusable(f"{url} cannot be used: {exc}") from None
    except (ValueError, RecursionError):
        raise _Unusable(f"{url} is not JSON") from None
    finally:
        await response.aclose()
    if not cycles:
        raise _Unusable(f"{url} names no line")
    return cycles


def _fetched_before(path: Path) -> dict[str, Any]:
    """Return what was fetched of products before, for those that do not come this time."""
    with suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        if read_state(path).fetched is not None:
            return dict(json.loads(path.read_bytes())["products"])
    return {}


def _save(path: Path, source: str, now: datetime, products: dict[str, Any]) -> None:
    lines = {
        product: [write_cycle(each) if isinstance(each, Cycle) else each for each in found]
        for product, found in products.items()
    }
    document = {"form": FORM, "fetched": now.date().isoformat(), "source": source, "products": lines}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(document, file)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
