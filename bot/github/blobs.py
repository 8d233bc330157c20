"""Small files that were read lately, by their blob SHA, which says all there is in one.

A push brings one or two that are new; the Dockerfiles, manifests and policies around them are as they were. By
repository: that somebody may read one says nothing of another.
"""

from cachetools import LRUCache

MOST_KEPT = 32 << 20
"""Bytes, of all repositories together."""
MOST_KEPT_EACH = 256 << 10


class Blobs:
    """Keeps what was asked for last. Belongs to one event loop."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[int, str], bytes] = LRUCache(MOST_KEPT, getsizeof=_weight)

    def get(self, repository_id: int, sha: str) -> bytes | None:
        """Return the content of a file, if it is kept."""
        return self._kept.get((repository_id, sha))

    def keep(self, repository_id: int, sha: str, data: bytes) -> None:
        """Keep the content of a file that was checked against its SHA, unless it is large."""
        if len(data) <= MOST_KEPT_EACH:
            self._kept[repository_id, sha] = data


def _weight(data: bytes) -> int:
    """What one takes: an empty file too needs room for its name."""
    return max(len(data), 200)
