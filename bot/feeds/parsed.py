"""Keep advisories that were parsed, by the digest of their record: the same ones are wanted again and again."""

from collections import OrderedDict
from threading import Lock

from bot.advisory import Advisory
from bot.feeds.compact import unpack

MOST_BYTES = 12 << 20
"""As they are stored. In memory they take about four times as much."""


class ParsedAdvisories:
    """Holds what was used last, up to a bound; safe to share between threads and between indexes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._size = 0
        self._held: OrderedDict[bytes, tuple[Advisory, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, digest: bytes) -> Advisory | None:
        """Return a record that was read before."""
        with self._lock:
            held = self._held.get(digest)
            if held is None:
                return None
            self._held.move_to_end(digest)
            return held[0]

    def read(self, digest: bytes, raw: bytes) -> Advisory:
        """Parse a record and keep it."""
        advisory = unpack(raw)
        with self._lock:
            if digest not in self._held:
                self._size += len(raw)
            self._held[digest] = (advisory, len(raw))
            while self._size > self._most:
                _, (_, size) = self._held.popitem(last=False)
                self._size -= size
        return advisory
