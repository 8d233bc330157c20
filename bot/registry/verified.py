"""Bytes that are checked against their digest and size, while they are written or where they lie.

Follows https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests.
"""

import hashlib
from pathlib import Path


class Corrupt(Exception):
    """The bytes are not what the digest or the size promises; the text says in which way."""


class Writer:
    """Takes the bytes of one content as they arrive, and knows whether they are the promised ones."""

    def __init__(self, path: Path, digest: str, size: int) -> None:
        self._path = path
        self._digest = digest
        self._size = size
        self._written = 0
        self._hash = hashlib.new(digest.partition(":")[0])
        self._file = path.open("wb")

    def write(self, chunk: bytes) -> None:
        """Append; raises Corrupt as soon as there is more than promised."""
        self._written += len(chunk)
        if self._written > self._size:
            raise Corrupt(f"more than the promised {self._size} bytes")
        self._hash.update(chunk)
        self._file.write(chunk)

    def close(self) -> None:
        """Give the file back to the system."""
        self._file.close()

    def check(self) -> None:
        """Raise Corrupt unless all of the promised bytes were written."""
        if self._written != self._size:
            raise Corrupt(f"{self._written} of the promised {self._size} bytes")
        if self._hash.hexdigest() != self._digest.partition(":")[2]:
            raise Corrupt("bytes that do not have the promised digest")


def is_digest_of(digest: str, data: bytes) -> bool:
    algorithm, _, encoded = digest.partition(":")
    return hashlib.new(algorithm, data).hexdigest() == encoded


def has_size(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def file_matches(path: Path, digest: str) -> bool:
    algorithm, _, encoded = digest.partition(":")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest() == encoded
    except OSError:
        return False
