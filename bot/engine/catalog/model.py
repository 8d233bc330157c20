"""What a catalog is, and what it finds before the distribution is known."""

from collections.abc import Callable
from dataclasses import dataclass

#: Longer than any honest name or version, short enough for a table.
LONGEST = 256


class CatalogError(Exception):
    """A package database cannot be understood; the text says why, for people."""


class CatalogLimitError(CatalogError):
    """It holds more than we are willing to keep."""


@dataclass(frozen=True, slots=True, order=True)
class RawPackage:
    """One entry of a package database. Its ecosystem depends on the release, which is the image's."""

    name: str
    version: str
    source_name: str
    source_version: str
    arch: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """How one kind of package database is recognised and read."""

    name: str
    """Written into layer documents."""
    type: str
    """The purl type of its packages."""
    distributions: frozenset[str]
    """Ids of the releases whose packages these are; with another release they stay without an ecosystem."""
    roots: tuple[str, ...]
    """Fixed places: a database file, or a directory of them."""
    claims: Callable[[str], bool]
    parse: Callable[[str, bytes], list[RawPackage]]
    """From path and content; raises CatalogError and nothing else, whatever the content is."""


def field(raw: bytes) -> str:
    """Read one value: no white space around it, nothing that would not print, never long."""
    text = raw[: 4 * LONGEST].strip().decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable())
    return text[:LONGEST]
