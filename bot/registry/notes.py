"""What registries said besides content, in small files: their lists of tags, when something was published.

Who may read a note is a part of its key, so nothing is told across access scopes. A note that is lost is only asked
for again, so a full disk is no failure.
"""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from bot import codec

T = TypeVar("T")
_PRUNE_EVERY = 100


class Notes:
    """Values by key, within a size limit; what was not written for longest goes first."""

    def __init__(self, root: Path, limit: int = 200_000_000) -> None:
        self._root = root
        self._limit = limit
        self._written = 0
        root.mkdir(parents=True, exist_ok=True)
        self._prune()

    def read(self, kind: type[T], *key: str) -> T | None:
        """Return what was noted, if it is still there and can be read."""
        try:
            return codec.load(kind, self._place(kind, key).read_bytes())
        except (OSError, codec.Unreadable):
            return None

    def write(self, value: object, *key: str) -> None:
        """Note a value under its type and key, in place of the one before."""
        text = codec.dump(type(value), value)
        with suppress(OSError):
            handle, name = tempfile.mkstemp(dir=self._root, suffix=".part")
            try:
                with os.fdopen(handle, "w") as file:
                    file.write(text)
                os.replace(name, self._place(type(value), key))
            finally:
                Path(name).unlink(missing_ok=True)
        self._written += 1
        if self._written % _PRUNE_EVERY == 0:
            self._prune()

    def _place(self, kind: type, key: tuple[str, ...]) -> Path:
        # No part of a key holds a zero byte, so no two keys are written alike.
        named = hashlib.sha256("\0".join((kind.__name__, *key)).encode()).hexdigest()
        return self._root / f"{named}.json"

    def _prune(self) -> None:
        files = []
        for path in self._root.iterdir():
            with suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        total = 0
        for _, size, path in sorted(files, reverse=True):
            total += size
            if total > self._limit:
                path.unlink(missing_ok=True)
