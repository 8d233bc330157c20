"""What one layer hides of the layers below it: whiteouts, opaque directories, other files in the same place.

Follows the OCI image-spec, layer.md, "Whiteouts": they apply to lower layers, never to their own.
"""

from bisect import bisect_left
from typing import TypeVar

from bot.engine.document import LayerDocument
from bot.engine.paths import ancestors

#: So many paths are looked at one by one.
_FEW = 2000
Value = TypeVar("Value")


class Veil:
    """The hiding side of a layer."""

    def __init__(self, layer: LayerDocument) -> None:
        written = (database.path for database in layer.databases)
        self._gone = frozenset(layer.whiteouts).union(layer.occupied, written)
        self._opaque = frozenset(layer.opaque)
        self._directories = frozenset(layer.directories)

    def hides(self, path: str) -> bool:
        """Tell whether a file that lower layers have at this path is no longer there."""
        if path in self._gone or path in self._directories or "" in self._opaque:
            return True
        return any(directory in self._gone or directory in self._opaque for directory in ancestors(path))

    def keep(self, lower: dict[str, Value]) -> dict[str, Value]:
        """Return what is left of the lower layers' notes, which are filed by path."""
        if not self._gone and not self._opaque and not self._directories:
            return lower
        if len(lower) <= _FEW:
            return {path: value for path, value in lower.items() if not self.hides(path)}
        hidden = self._below(sorted(lower))
        places = self._gone | self._directories
        return {path: value for path, value in lower.items() if path not in hidden and path not in places}

    def _below(self, paths: list[str]) -> set[str]:
        """Return the paths below what is gone: to go up from each would take a step for each of its directories."""
        if "" in self._opaque:
            return set(paths)
        found: set[str] = set()
        reached = 0
        for directory in sorted(f"{each}/" for each in self._gone | self._opaque):
            start = max(reached, bisect_left(paths, directory))
            # `0` follows the slash, so what is below lies between the two.
            reached = max(reached, bisect_left(paths, f"{directory[:-1]}0"))
            found.update(paths[start:reached])
        return found
