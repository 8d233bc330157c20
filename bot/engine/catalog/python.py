"""Installed Python packages: `*.dist-info/METADATA`, `*.egg-info`, `*.egg`.

See https://packaging.python.org/specifications/core-metadata/ and .../recording-installed-packages/.
"""

from io import BytesIO

from bot.engine.catalog import zipped
from bot.engine.catalog.model import Catalog, CatalogError, RawPackage, field
from bot.package.language import canonical_name

#: Bytes before the description; those of packages with hundreds of requirements have fifty thousand.
_FIELDS = 256 << 10
_HEADERS = {b"name": "name", b"version": "version"}
_INSIDE = "EGG-INFO/PKG-INFO"


def claims(path: str) -> bool:
    """The metadata of an installed distribution, in a folder, as one file, or in a zipped egg."""
    folder, _, name = path.rpartition("/")
    match name:
        case "METADATA":
            return folder.endswith(".dist-info")
        case "PKG-INFO":
            return folder.endswith((".egg-info", ".egg/EGG-INFO"))
        case _:
            return name.endswith((".egg-info", ".egg"))


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the one package the metadata is about."""
    if path.endswith(".egg"):
        data = _from_egg(data)
    found = _headers(data)
    name, version = canonical_name("pypi", found.get("name", "")), found.get("version", "")
    if not name or not version:
        raise CatalogError("its metadata names no package and version")
    return [RawPackage(name, version, name, version)]


def _headers(data: bytes) -> dict[str, str]:
    """The fields before the first empty line: what follows is a description, which may hold anything."""
    found: dict[str, str] = {}
    for line in BytesIO(data[:_FIELDS]):
        if not line.strip():
            break
        name, colon, value = line.partition(b":")
        key = _HEADERS.get(name.lower()) if colon else None
        if key is not None:
            found.setdefault(key, field(value))
    return found


def _from_egg(data: bytes) -> bytes:
    with zipped.opened(data) as archive:
        if _INSIDE not in archive.NameToInfo:
            raise CatalogError(f"it holds no {_INSIDE}")
        return zipped.inflate(archive, archive.getinfo(_INSIDE), _FIELDS)


CATALOG = Catalog(
    name="python",
    type="pypi",
    names=frozenset(("METADATA", "PKG-INFO")),
    extensions=frozenset(("egg-info", "egg")),
    claims=claims,
    parse=parse,
)
