"""What a catalog is, and what it finds before the distribution is known."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

#: Longer than any honest name or version, short enough for a table.
LONGEST = 256
#: Bytes of paths that the packages of one database own; what comes after them seems to be owned by none.
MOST_OWNED = 64 << 20


class CatalogError(Exception):
    """A package database cannot be understood; the text says why, for people."""


class CatalogLimitError(CatalogError):
    """It holds more than we are willing to keep."""


class CatalogGapError(CatalogError):
    """It was read, and some of its content names no package: the rest is in `packages`. Partial, not unreadable."""

    def __init__(self, why: str, packages: Sequence["RawPackage"] = ()) -> None:
        super().__init__(why)
        self.packages = tuple(packages)


@dataclass(frozen=True, slots=True, order=True)
class RawPackage:
    """One entry of a package database. Its ecosystem depends on the release, which is the image's."""

    name: str
    version: str
    source_name: str
    source_version: str
    arch: str = ""
    module: str = ""
    """The module stream of an RPM package."""
    type: str = ""
    """The purl type, where it is not the catalog's: an SBOM lists packages of any."""
    vendor: str = ""
    """Who built a system's package, where that is not the distribution, whose advisories then do not speak of it."""


class Claim(NamedTuple):
    """What one package owns."""

    package: str
    paths: bytes
    """Absolute paths, one a line."""


def lists_none(path: str, data: bytes) -> list[RawPackage]:
    """Find no package, as `parse` of a catalog that is `only_owned`."""
    return []


@dataclass(frozen=True, slots=True)
class Catalog:
    """How one kind of package database is recognised and read."""

    name: str
    """Written into layer documents."""
    type: str
    """The purl type of its packages."""
    claims: Callable[[str], bool]
    """Whether it reads the file at this path; asked only for paths with one of `names` or `extensions`."""
    parse: Callable[[str, bytes], list[RawPackage]]
    """From path and content; raises CatalogError and nothing else, whatever the content is. With CatalogGapError come
    the packages that could be named."""
    distributions: frozenset[str] = frozenset()
    """Ids of the releases whose packages these are; with another release they stay without an ecosystem. Empty for
    packages of a language, which are the same everywhere."""
    roots: tuple[str, ...] = ()
    """Fixed places: a database file, or a directory of them."""
    names: frozenset[str] = frozenset()
    """Last parts of the paths it may claim."""
    extensions: frozenset[str] = frozenset()
    """What follows the last dot of the paths it may claim."""
    folders: frozenset[str] = frozenset()
    """Directories whose direct content it may claim."""
    largest: int | None = None
    """Bytes of a file it reads; None for the limit of the layer."""
    parse_stream: Callable[[str, Iterable[bytes]], list[RawPackage]] | None = None
    """The same from pieces of the content, for files too large to be in memory."""
    owned: Callable[[str, bytes], Iterator[Claim]] | None = None
    """What its packages own, from the same content; what cannot be understood owns nothing."""
    only_owned: bool = False
    """Its files say what packages own and list none, like Debian's `*.list`."""

    @property
    def is_listed(self) -> bool:
        """Whether these are an operating system's own packages, or lists of what they own."""
        return self.is_system or self.only_owned

    @property
    def is_system(self) -> bool:
        """Whether these are an operating system's own packages."""
        return bool(self.distributions)


def field(raw: bytes) -> str:
    """Read one value: no white space around it, nothing that would not print, never long."""
    text = raw[: 4 * LONGEST].strip().decode("utf-8", "replace")
    if not text.isprintable():
        text = "".join(char for char in text if char.isprintable())
    return text[:LONGEST]
