"""Find the line of a product that a version, a codename or an alias belongs to.

`ends` is the last day of security support that is free for everybody: with Debian the end of its long-term support,
which volunteers give to all; with Ubuntu that of standard support, as what follows needs a subscription.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Self

from bot.image.lifecycle.model import Cycle
from bot.image.lifecycle.products import product_of
from bot.image.lifecycle.reading import read_cycles, read_row
from bot.image.lifecycle.table import TABLE

_SEPARATORS = "-._+~@ "
_LONGEST = 200
#: Words that name a line by its place among the released ones, the newest first.
_PLACES = {
    "debian": {"stable": 0, "oldstable": 1, "oldoldstable": 2},
    "ubuntu": {"rolling": 0},
    "nodejs": {"current": 0},
}
_COMING = {("debian", "testing"), ("ubuntu", "devel")}


class Lifecycle:
    """Which lines of which products are supported until when. Immutable."""

    def __init__(self, cycles: Iterable[Cycle]) -> None:
        lines: dict[str, dict[str, Cycle]] = {}
        for cycle in cycles:
            lines.setdefault(cycle.product, {})[cycle.name.lower()] = cycle
        self._lines = lines
        self._codenames = {
            (cycle.product, cycle.codename): cycle
            for found in lines.values()
            for cycle in found.values()
            if cycle.codename
        }

    @classmethod
    def default(cls) -> "Lifecycle":
        """Return the table that comes with this version."""
        return _default()

    @classmethod
    def of(cls, table: Mapping[str, object]) -> Self:
        """Read endoflife.date's form, product → list of lines; raises LifecycleUnreadable.

        A product may be named as its image is: `node` for `nodejs`.
        """
        return cls(cycle for name, lines in table.items() for cycle in read_cycles(_product(name), lines))

    @property
    def products(self) -> Mapping[str, tuple[Cycle, ...]]:
        """All lines, by product."""
        return MappingProxyType({name: tuple(lines.values()) for name, lines in self._lines.items()})

    def with_newer(self, newer: "Lifecycle") -> "Lifecycle":
        """Return this table with what another knows of the same lines, and with its further ones."""
        ours = (cycle for lines in self._lines.values() for cycle in lines.values())
        theirs = (cycle for lines in newer._lines.values() for cycle in lines.values())
        return Lifecycle((*ours, *(self._named(cycle) for cycle in theirs)))

    def find(self, product: str, word: str, day: date | None = None) -> Cycle | None:
        """Return the line a version, codename or alias belongs to, the longest that matches: 3.12.4 → 3.12.

        What an alias such as `oldstable` means changes, so it needs the day.
        """
        name = _product(product)
        lines = self._lines.get(name)
        if not lines or len(word) > _LONGEST:
            return None
        text = word.lower()
        for shorter in _prefixes(text.removeprefix("v") if text[1:2].isdigit() else text):
            found = lines.get(shorter) or self._codenames.get((name, shorter))
            if found is None and day is not None:
                found = self._alias(name, shorter, day)
            if found is not None:
                return found
        return None

    def product_of(self, image: str) -> str | None:
        """Return the product an image ships: docker.io/library/node → nodejs."""
        return product_of(image)

    def tells_lts(self, product: str) -> bool:
        """Whether a product tells long-term lines from others."""
        return any(cycle.lts for cycle in self._lines.get(_product(product), {}).values())

    def _named(self, cycle: Cycle) -> Cycle:
        known = self._lines.get(cycle.product, {}).get(cycle.name.lower())
        return replace(cycle, codename=known.codename) if known and not cycle.codename else cycle

    def _alias(self, product: str, word: str, day: date) -> Cycle | None:
        lines = sorted(self._lines[product].values(), key=lambda cycle: cycle.released or date.max)
        released = [cycle for cycle in reversed(lines) if cycle.released and cycle.released <= day]
        if (place := _PLACES.get(product, {}).get(word)) is not None:
            return released[place] if place < len(released) else None
        if (product, word) in _COMING:
            coming = (each for each in lines if each not in released and each.name != "sid")
            return next(coming, None)
        return next((cycle for cycle in released if cycle.is_lts(day)), None) if word == "lts" else None


def _product(name: str) -> str:
    return product_of(name) or name


def _prefixes(text: str) -> Iterable[str]:
    """`3.12.4-slim` → itself, 3.12.4, 3.12, 3. A letter behind a digit begins something else: 8u432 → 8."""
    yield text
    for end in range(len(text) - 1, 0, -1):
        if text[end] in _SEPARATORS or (text[end].isalpha() and text[end - 1].isdigit()):
            yield text[:end]


@cache
def _default() -> Lifecycle:
    return Lifecycle(read_row(product, row) for product, rows in TABLE.items() for row in rows)
