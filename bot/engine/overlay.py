"""What one layer hides of the layers below it: whiteouts, opaque directories, other files in the same place.

Follows the OCI image-spec, layer.md, "Whiteouts": they apply to lower layers, never to their own.
"""

from typing import TypeVar

from bot.engine.document import LayerDocument
from bot.engine.paths import ancestors

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
        return {path: value for path, value in lower.items() if not self.hides(path)}
