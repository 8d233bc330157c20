"""Read the table of support dates that is in use: the fetched one, else the one that comes with this version."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.image.lifecycle import Lifecycle
from bot.image.lifecycle.reading import LifecycleUnreadable
from bot.image.lifecycle.table import AS_OF

FORM = 1
"""Of the file, which `lifecycle_update` writes."""
_MAX_FILE = 20_000_000


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
        if not isinstance(document, dict) or document.get("form") != FORM:
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
