"""Split `Field: value` text into stanzas, the form both dpkg and apk keep their databases in.

Tolerant: lines that are neither field nor continuation are passed over. See deb822(5).
"""

from collections.abc import Callable, Iterator, Mapping
from io import BytesIO

from bot.engine.catalog.model import CatalogError, CatalogLimitError, RawPackage

#: Several times the largest installation we know of.
MOST = 20_000

Stanza = dict[str, bytes]


def read_packages(
    data: bytes, wanted: Mapping[bytes, str], read: Callable[[Stanza], RawPackage | None]
) -> list[RawPackage]:
    """Read every stanza that has a `name`; content without any is no package database."""
    found: list[RawPackage] = []
    named = 0
    for stanza in stanzas(data, wanted):
        named += "name" in stanza
        if named > MOST:
            raise CatalogLimitError(f"it lists more than {MOST:,} packages")
        if (package := read(stanza)) is not None:
            found.append(package)
    if not named and data.strip():
        raise CatalogError("it has content, but no package entry")
    return found


def stanzas(data: bytes, wanted: Mapping[bytes, str]) -> Iterator[Stanza]:
    """Yield the wanted fields of each stanza, named as `wanted` says; the first of a kind counts."""
    stanza: Stanza = {}
    for line in BytesIO(data):
        name, colon, value = line.partition(b":")
        if colon:
            key = wanted.get(name)
            if key is not None:
                stanza.setdefault(key, value)
        elif stanza and not line.strip():
            yield stanza
            stanza = {}
    if stanza:
        yield stanza
