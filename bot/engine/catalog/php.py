"""PHP packages: `vendor/composer/installed.json`, as Composer 1 (a list) and 2 (an object) write it.

See https://github.com/composer/composer, src/Composer/Repository/FilesystemRepository.php.
"""

from bot.engine.catalog.jsonfile import MOST, read_json, text
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, RawPackage


def claims(path: str) -> bool:
    """The list beside Composer's autoloader."""
    return path.endswith("/composer/installed.json") or path == "composer/installed.json"


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return what is installed, packages for development among it: they are there to be attacked."""
    root = read_json(data)
    listed = root.get("packages") if isinstance(root, dict) else root
    if not isinstance(listed, list):
        raise CatalogError("it has no list of packages")
    if len(listed) > MOST:
        raise CatalogLimitError(f"it lists more than {MOST:,} packages")
    return [package for item in listed if isinstance(item, dict) and (package := _package(item))]


def _package(item: dict[str, object]) -> RawPackage | None:
    name, version = text(item.get("name")).lower(), text(item.get("version"))
    return RawPackage(name, version, name, version) if name and version else None


CATALOG = Catalog(
    name="php", type="composer", names=frozenset(("installed.json",)), claims=claims, parse=parse
)
