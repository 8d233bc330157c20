"""Values of JSON, YAML and TOML files with the lines they stand on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.lockfiles.errors import LockfileError


@dataclass(slots=True, eq=False)
class Spot:
    """A value: text, number, `dict[str, Spot]`, `list[Spot]`, or plain JSON below what was asked to be opened."""

    value: Any
    line: int
    end_line: int

    def fields(self) -> "dict[str, Spot]":
        """The members of an opened map; none of anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def items(self) -> "list[Spot]":
        """The items of an opened list; none of anything else."""
        return self.value if isinstance(self.value, list) else []

    def get(self, *names: str) -> "Spot":
        """Follow names down opened maps; an empty one where there is no such way."""
        spot = self
        for name in names:
            spot = spot.fields().get(name, NOWHERE)
        return spot

    @property
    def text(self) -> str:
        """What a text says; nothing for anything else."""
        return text(self.value)


NOWHERE = Spot(None, 1, 1)


def expect(spot: Spot, kind: type[dict[str, Spot]] | type[list[Spot]], what: str) -> Spot:
    """Return an opened value that is as the format wants it, or not there; raises LockfileError for any other."""
    if spot.value is None or isinstance(spot.value, kind):
        return spot
    raise LockfileError(f"{what} is no {'map' if kind is dict else 'list'}", spot.line)


def text(value: object) -> str:
    """What a text says; nothing for anything else."""
    return value if isinstance(value, str) else ""


def mapping(value: object) -> dict[str, Any]:
    """A plain map; an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def listing(value: object) -> list[Any]:
    """A plain list; an empty one for anything else."""
    return value if isinstance(value, list) else []


def names_in(*maps: object) -> Iterator[str]:
    """The names of several plain maps."""
    for each in maps:
        yield from mapping(each)
