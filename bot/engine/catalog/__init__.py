"""Package databases the engine reads: one file and one line here for each."""

from collections.abc import Callable

from bot.engine.catalog import (
    apk,
    built,
    conda,
    dotnet,
    dpkg,
    java,
    node,
    php,
    python,
    rpm,
    ruby,
    runtime,
    sbom,
)
from bot.engine.catalog.model import (
    Catalog,
    CatalogError,
    CatalogGapError,
    CatalogLimitError,
    Claim,
    RawPackage,
)
from bot.engine.paths import ancestors, parent

_ALL = (
    dpkg.CATALOG,
    dpkg.FILES,
    apk.CATALOG,
    rpm.CATALOG,
    python.CATALOG,
    conda.CATALOG,
    node.CATALOG,
    java.CATALOG,
    ruby.CATALOG,
    php.CATALOG,
    dotnet.CATALOG,
    runtime.CATALOG,
    sbom.CATALOG,
    built.GO,
    built.RUST,
)
CATALOGS = {catalog.name: catalog for catalog in _ALL}
#: purl types of the packages of operating systems, and the releases whose packages they are.
SYSTEMS = {catalog.type: catalog.distributions for catalog in _ALL if catalog.is_system}

#: Fixed places of databases.
ROOTS = frozenset(root for catalog in CATALOGS.values() for root in catalog.roots)
#: The directories on the way to them: whatever else a layer puts there takes the database away or elsewhere.
WAYS = frozenset(directory for root in ROOTS for directory in ancestors(root))
#: Where a symbolic link means that the database is kept somewhere else: nothing but it lies there or below.
LINKABLE = ROOTS | {parent(root) for root in ROOTS}


def _by(places: Callable[[Catalog], frozenset[str]]) -> dict[str, tuple[Catalog, ...]]:
    found: dict[str, tuple[Catalog, ...]] = {}
    for catalog in CATALOGS.values():
        for place in places(catalog):
            found[place] = (*found.get(place, ()), catalog)
    return found


_BY_NAME = _by(lambda catalog: catalog.names)
_BY_EXTENSION = _by(lambda catalog: catalog.extensions)
_BY_FOLDER = _by(lambda catalog: catalog.folders)


def catalog_for(path: str) -> Catalog | None:
    """Return the catalog that reads the file at this path. Asked for every file of every layer, so it looks up."""
    folder, _, name = path.rpartition("/")
    extension = name.rpartition(".")[2]
    for catalogs in (_BY_NAME.get(name), _BY_FOLDER.get(folder), _BY_EXTENSION.get(extension)):
        for catalog in catalogs or ():
            if catalog.claims(path):
                return catalog
    return None


__all__ = [
    "CATALOGS",
    "LINKABLE",
    "ROOTS",
    "SYSTEMS",
    "WAYS",
    "Catalog",
    "CatalogError",
    "CatalogGapError",
    "CatalogLimitError",
    "Claim",
    "RawPackage",
    "catalog_for",
]
