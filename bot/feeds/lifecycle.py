"""Fetch support dates from endoflife.date's API into one file, and read the table that is in use.

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

from bot.feeds.problems import LifecycleUnavailable
from bot.image.lifecycle import Cycle, Lifecycle
from bot.image.lifecycle.reading import LifecycleUnreadable, read_cycles, write_cycle
from bot.image.lifecycle.table import AS_OF
from bot.registry.reading import TooLarge, read_at_most
from bot.registry.redirects import get

DEFAULT_BASE = "https://endoflife.date/api/v1"
#: Products of our table that are not among theirs.
NOT_THERE = frozenset({"azure-linux"})
_VERSIONED = re.compile(r"/v[0-9]+$")
_MAX_ANSWER = 2_000_000
_MAX_FILE = 20_000_000
_SECONDS = 120.0
_FORM = 1


@dataclass(frozen=True, slots=True)
class LifecycleReport:
    """What was fetched, and which products keep the dates they had, with the reason."""

    fetched: date
    products: int
    failed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class LifecycleState:
    """The table in use. `fetched` is None for the one that comes with this version."""

    lifecycle: Lifecycle
    fetched: date | None = None
    source: str = ""
    problem: str = ""
    """Why a fetched table is not in use, if there is one that cannot be read."""


class LifecycleFile:
    """The fetched table, read again whenever its file changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._state = LifecycleState(Lifecycle.default())

    def current(self) -> Lifecycle:
        """Return the support dates in use."""
        return self.state().lifecycle

    def state(self) -> LifecycleState:
        """Return the table in use and where it comes from."""
        try:
            found = self._path.stat()
        except OSError:
            self._stamp, self._state = None, LifecycleState(Lifecycle.default())
            return self._state
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._stamp, self._state = stamp, read_state(self._path)
        return self._state


def read_state(path: Path) -> LifecycleState:
    """Read a fetched table; one that cannot be read leaves what comes with this version in use, and says so."""
    try:
        if path.stat().st_size > _MAX_FILE:
            raise LifecycleUnreadable(f"it has more than {_MAX_FILE} bytes")
        document = json.loads(path.read_bytes())
        if not isinstance(document, dict) or document.get("form") != _FORM:
            raise LifecycleUnreadable("another version wrote it")
        newer = Lifecycle.of(document["products"])
        fetched = date.fromisoformat(document["fetched"])
        if fetched < AS_OF:
            # This version knows better than the one that left the file.
            return LifecycleState(Lifecycle.default())
        table = Lifecycle.default().with_newer(newer)
        return LifecycleState(table, fetched, str(document.get("source", "")))
    except OSError as exc:
        problem = str(exc.strerror)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as exc:
        problem = str(exc)
    return LifecycleState(Lifecycle.default(), problem=f"{path} cannot be read: {problem[:200]}")


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
    document = {"form": _FORM, "fetched": now.date().isoformat(), "source": source, "products": lines}
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(handle, "w") as file:
            json.dump(document, file)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
