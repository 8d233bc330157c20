"""Content by digest on disk, within a size limit, and in which access scopes it is known.

Bytes are stored once; a *scope* (anonymous, or a credential's id) has to have fetched them itself before they
count as known in it, so a private layer is not readable through a public image that merely names its digest.
Layout: `content/<algorithm>/<xx>/<hex>` beside `scopes/…` with its size and scopes, one a line.
"""

import asyncio
import hashlib
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.registry.verified import Writer, file_matches, has_size, is_digest_of

_MAX_SCOPES = 1000
_STALE_SECONDS = 86400


class NoRoom(Exception):
    """What is in use leaves no room for more."""


@dataclass(slots=True)
class _Entry:
    size: int
    used: float
    scopes: dict[str, None] = field(default_factory=dict)
    verified: bool = False


class ContentCache:
    """One process and any number of tasks; everything but writing and hashing large content is immediate."""

    def __init__(
        self, root: Path, limit: int, *, grace: float = 300, clock: Callable[[], float] = time.time
    ) -> None:
        self._root = root
        self._limit = limit
        self._grace = grace
        self._clock = clock
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._reserved = 0
        self._incoming = root / "incoming"
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._load()
        self._total = sum(entry.size for entry in self._entries.values())

    @property
    def total(self) -> int:
        """Return the bytes stored."""
        return self._total

    async def find(self, scope: str, digest: str, size: int) -> Path | None:
        """Return the file with this content if it is known in the scope and still what it was."""
        entry = self._entries.get(digest)
        if entry is None or _mark(scope) not in entry.scopes or entry.size != size:
            return None
        path = self._content(digest)
        if not entry.verified:
            entry.verified = await asyncio.to_thread(file_matches, path, digest)
        if self._entries.get(digest) is not entry:
            return None
        if not entry.verified or not has_size(path, size):
            self._drop(digest)
            return None
        self._touch(digest, entry)
        return path

    def read(self, scope: str, digest: str) -> bytes | None:
        """Return small content if it is known in the scope; its digest is checked at every use."""
        entry = self._entries.get(digest)
        if entry is None or _mark(scope) not in entry.scopes:
            return None
        try:
            data = self._content(digest).read_bytes()
        except OSError:
            data = b""
        if len(data) != entry.size or not is_digest_of(digest, data):
            self._drop(digest)
            return None
        self._touch(digest, entry)
        return data

    def add(self, scope: str, digest: str, data: bytes) -> None:
        """Store small content; raises Corrupt, NoRoom."""
        with self.writing(scope, digest, len(data)) as writer:
            writer.write(data)

    @contextmanager
    def writing(self, scope: str, digest: str, size: int) -> Iterator[Writer]:
        """Take in content in the body of the `with`; afterwards it is known, if it was the promised one."""
        self._make_room(size)
        handle, name = tempfile.mkstemp(dir=self._incoming)
        os.close(handle)
        path = Path(name)
        self._reserved += size
        try:
            with closing(Writer(path, digest, size)) as writer:
                yield writer
                writer.check()
                writer.close()
                self._keep(path, scope, digest, size)
        finally:
            self._reserved -= size
            path.unlink(missing_ok=True)

    def _keep(self, path: Path, scope: str, digest: str, size: int) -> None:
        content = self._content(digest)
        content.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, content)
        entry = self._entries.get(digest)
        if entry is None:
            entry = self._entries[digest] = _Entry(size, self._clock())
            self._total += size
        entry.verified = True
        entry.scopes[_mark(scope)] = None
        if len(entry.scopes) > _MAX_SCOPES:
            del entry.scopes[next(iter(entry.scopes))]
        self._write_scopes(digest, entry)
        self._touch(digest, entry)

    def _make_room(self, size: int) -> None:
        """Evict what was not used for longest, but nothing that a task may just be reading."""
        recent = self._clock() - self._grace
        while self._total + self._reserved + size > self._limit:
            oldest = next(iter(self._entries), None)
            if oldest is None or self._entries[oldest].used > recent:
                raise NoRoom("the content cache is full of content in use")
            self._drop(oldest)

    def _touch(self, digest: str, entry: _Entry) -> None:
        entry.used = self._clock()
        self._entries.move_to_end(digest)
        with suppress(OSError):
            os.utime(self._content(digest), (entry.used, entry.used))

    def _drop(self, digest: str) -> None:
        entry = self._entries.pop(digest, None)
        if entry is not None:
            self._total -= entry.size
        self._scopes(digest).unlink(missing_ok=True)
        self._content(digest).unlink(missing_ok=True)

    def _content(self, digest: str) -> Path:
        return self._place("content", digest)

    def _scopes(self, digest: str) -> Path:
        return self._place("scopes", digest)

    def _place(self, kind: str, digest: str) -> Path:
        algorithm, _, encoded = digest.partition(":")
        return self._root / kind / algorithm / encoded[:2] / encoded

    def _write_scopes(self, digest: str, entry: _Entry) -> None:
        place = self._scopes(digest)
        place.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._incoming)
        with os.fdopen(handle, "w") as file:
            file.write("\n".join((str(entry.size), *entry.scopes)))
        os.replace(name, place)

    def _load(self) -> None:
        """Rebuild the index from the directory; what has no readable scopes beside it is removed."""
        found = []
        for path in self._root.glob("content/*/*/*"):
            digest = f"{path.parts[-3]}:{path.name}"
            entry = self._load_entry(path, digest)
            if entry is None:
                self._drop(digest)
            else:
                found.append((entry.used, digest, entry))
        for _, digest, entry in sorted(found, key=lambda each: each[0]):
            self._entries[digest] = entry
        self._remove_stale()

    def _load_entry(self, path: Path, digest: str) -> _Entry | None:
        try:
            size, *scopes = self._scopes(digest).read_text().split("\n")
            stat = path.stat()
        except (OSError, ValueError):
            return None
        if str(stat.st_size) != size:
            return None
        return _Entry(stat.st_size, stat.st_mtime, dict.fromkeys(scopes))

    def _remove_stale(self) -> None:
        oldest = time.time() - _STALE_SECONDS
        for path in self._incoming.iterdir():
            with suppress(OSError):
                if path.stat().st_mtime < oldest:
                    path.unlink()


def _mark(scope: str) -> str:
    return hashlib.sha256(scope.encode()).hexdigest()[:32]
