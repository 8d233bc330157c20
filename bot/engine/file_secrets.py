"""Search the files of a layer for secrets, and keep the places within a limit."""

from collections.abc import Iterator
from typing import Protocol

from bot.engine.limits import Limits
from bot.engine.secrets.model import SecretFinding
from bot.inventory import SkipKind, Skipped

#: Files too large to be searched that are named, and how many are noted at all.
_NAMED = 10
_LONGEST = 200
_RULES = 3


class SecretSearch(Protocol):
    """What finds secrets. It is asked for every file, from several threads at once."""

    def wants(self, path: str, size: int) -> bool:
        """Say whether a file of this name and size could hold a secret and is small enough to be searched."""
        ...

    def misses(self, path: str, size: int) -> bool:
        """Say whether a file should be searched and is too large for it."""
        ...

    def find(self, path: str, data: bytes, given_up: list[str]) -> list[SecretFinding]:
        """Return the secrets in a file; add to `given_up` the rules that are not told of to the end."""
        ...


class FileSecrets:
    """Takes files in the order of the archive."""

    def __init__(self, search: SecretSearch, limits: Limits) -> None:
        self._search = search
        self._limits = limits
        self._found: dict[str, list[SecretFinding]] = {}
        self._kept = 0
        self._more = 0
        self._missed: dict[str, str] = {}
        """Why each file that was not searched to its end was not; of very many only how many."""
        self._more_missed = 0

    @property
    def paths(self) -> tuple[str, ...]:
        """Files that hold secrets."""
        return tuple(self._found)

    def wants(self, path: str, size: int, *, sparse: bool = False) -> bool:
        """Say whether a file is to be searched; not the map and the pieces of a sparse one."""
        if 0 < size <= self._limits.file and self._search.wants(path, size):
            if sparse:
                self._miss(path, "it is stored as a sparse file")
            return not sparse
        if size and self._search.misses(path, size):
            self._miss(path, f"its {size:,} bytes are too many")
        return False

    def take(self, path: str, data: bytes) -> None:
        """Search one file."""
        given_up: list[str] = []
        found = self._search.find(path, data, given_up)
        if given_up:
            rules = ", ".join(sorted(given_up)[:_RULES])
            self._miss(path, f"it has more places that look like secrets than are judged ({rules})")
        if not found:
            return
        room = max(0, self._limits.secrets - self._kept)
        self._more += len(found[room:])
        if kept := found[:room]:
            self._kept += len(kept)
            self._found[path] = kept

    def forget(self, path: str) -> None:
        """Drop what an earlier entry of the same name said."""
        if self._found:
            self._kept -= len(self._found.pop(path, ()))
        if self._missed:
            self._missed.pop(path, None)

    def found(self) -> Iterator[SecretFinding]:
        """Yield what was found."""
        for path in sorted(self._found):
            yield from sorted(self._found[path])

    def skipped(self) -> Iterator[Skipped]:
        """Say what was too much."""
        if self._more:
            why = f"it holds more than {self._limits.secrets:,} secrets; {self._more:,} are not listed"
            yield Skipped("", why)
        # Said of the layer, which keeps the file when a later one deletes it.
        for path, reason in sorted(self._missed.items())[:_NAMED]:
            why = f"{path[-_LONGEST:]} was not searched for secrets to its end: {reason}"
            yield Skipped("", why, SkipKind.UNCATALOGUED)
        if (more := len(self._missed) - _NAMED + self._more_missed) > 0:
            why = f"{more:,} more files were not searched for secrets to their ends"
            yield Skipped("", why, SkipKind.UNCATALOGUED)

    def _miss(self, path: str, why: str) -> None:
        if path in self._missed or len(self._missed) < self._limits.unread:
            self._missed[path] = why
        else:
            self._more_missed += 1
