"""What every form of SBOM comes down to, before anything is concluded from a package URL."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.inventory import Release

#: Components of one document; a full distribution with its languages has some thousands.
MOST = 50_000
LONGEST = 1024


class SbomError(Exception):
    """The document cannot be understood; the text says why, for people."""


@dataclass(frozen=True, slots=True)
class Component:
    """One entry that may be a package."""

    name: str
    version: str = ""
    purl: str = ""
    source: str = ""
    """`glibc 2.36-9` or `glibc`: what it was built from, where the purl does not say."""
    path: str = ""
    """Where it was found, without a leading slash."""
    layer: str = ""
    """Digest of the layer it was found in."""
    is_package: bool = True
    """Whether it claims to be software with a version: not a file, a system, or the thing described itself."""


@dataclass(frozen=True, slots=True)
class Document:
    """An SBOM, whatever its form."""

    form: str
    """`CycloneDX 1.6`"""
    name: str
    components: tuple[Component, ...]
    release: Release | None = None
    layers: tuple[str, ...] = ()
    """Digests of the layers, lowest first, where it tells."""
    version: str = ""
    """The version of its form, where that is none of those that are known."""


Json = Mapping[str, object]


def text(value: object, longest: int = LONGEST) -> str:
    """A string that can be shown: printable, on one line, not long; empty for anything else."""
    if not isinstance(value, str):
        return ""
    clean = value[:longest].encode("utf-8", "replace").decode().strip()
    return clean if clean.isprintable() else "".join(char for char in clean if char.isprintable())


def place(value: object) -> str:
    """A path as evidence is written here."""
    return text(value).lstrip("/")


def objects(value: object) -> list[Json]:
    """The objects of a list; nothing for anything else. SbomError when there are too many."""
    if not isinstance(value, list):
        return []
    if len(value) > MOST:
        raise SbomError(f"it lists more than {MOST:,} components")
    return [item for item in value if isinstance(item, dict)]


ODD: Json = {"name": "an entry that is no object", "version": "?", "versionInfo": "?"}
"""Stands for what is listed and is no component of any form: named as a gap, as one without a package URL is."""


def listed(value: Json, key: str) -> list[Json]:
    """The objects at a key, where a document lists what it is of; SbomError when there is something else."""
    found = value.get(key)
    if found is not None and not isinstance(found, list):
        raise SbomError(f"its `{key}` are not a list")
    return objects([item if isinstance(item, dict) else ODD for item in found or ()])


def child(value: Json, key: str) -> Json:
    """The object at a key, or an empty one."""
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def pairs(value: object) -> dict[str, str]:
    """`[{"name": …, "value": …}]` as a dict; the first of a name counts."""
    found: dict[str, str] = {}
    for item in objects(value):
        found.setdefault(text(item.get("name")), text(item.get("value")))
    return found
