"""Read pax extended headers: `LENGTH KEY=VALUE\\n`, the length counting itself.

Follows POSIX.1-2017, pax, "pax Extended Header"; kept are the keys that say where a file is and how long.
"""

from collections.abc import Mapping

from bot.engine.limits import Allowance, DamagedError, LimitError

_MAJOR, _MINOR = b"GNU.sparse.major", b"GNU.sparse.minor"
#: The map of sparse files without a version: 0.1 writes it in one record, 0.0 began with an offset.
_OFFSET = b"GNU.sparse.offset"
_MAPS = frozenset((b"GNU.sparse.map", _OFFSET))
_VERSIONS = frozenset(((b"0", b"0"), (b"0", b"1"), (b"1", b"0")))
_KEPT = _MAPS | {b"path", b"linkpath", b"size", b"GNU.sparse.name", _MAJOR, _MINOR}


def is_sparse(records: Mapping[bytes, bytes]) -> bool:
    """Whether the content is a map and pieces (GNU tar manual, "PAX Format").

    A file of an unknown version is a plain one under its plain name, as Go's archive/tar reads it.
    """
    version = records.get(_MAJOR, b""), records.get(_MINOR, b"")
    return version in _VERSIONS if any(version) else not _MAPS.isdisjoint(records)


class PaxReader:
    """Reads headers within one budget of records, since a hostile layer could hold a billion of them."""

    def __init__(self, records: int) -> None:
        self._records = Allowance(records)

    def read(self, payload: bytes) -> Mapping[bytes, bytes]:
        """Return the kept records. An empty value takes the key back, so the plain header counts again."""
        if not any(key in payload for key in _KEPT):
            return {}
        kept: dict[bytes, bytes] = {}
        at = 0
        while at < len(payload):
            key, value, at = self._record(payload, at)
            if key in _KEPT:
                kept[key] = value
        return {key: value for key, value in kept.items() if value}

    def _record(self, payload: bytes, at: int) -> tuple[bytes, bytes, int]:
        if not self._records.take(1):
            raise LimitError("it has too many pax records")
        space = payload.find(b" ", at, at + 8)
        length = payload[at:space] if space > at else b""
        end = at + int(length) if length.isdigit() else at
        if not at < space < end <= len(payload) or payload[end - 1] != 0x0A:
            raise DamagedError("it has a pax header that cannot be read")
        key, equals, value = payload[space + 1 : end - 1].partition(b"=")
        if not equals or (key in _KEPT and b"\0" in value) or (key == _OFFSET and not value):
            raise DamagedError("it has a pax header that cannot be read")
        return key, value, end
