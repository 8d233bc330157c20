"""Package databases the engine reads: one file and one line here for each."""

from bot.engine.catalog import apk, dpkg
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, RawPackage
from bot.engine.paths import ancestors, parent

CATALOGS = {catalog.name: catalog for catalog in (dpkg.CATALOG, apk.CATALOG)}

#: Fixed places of databases.
ROOTS = frozenset(root for catalog in CATALOGS.values() for root in catalog.roots)
#: The directories on the way to them: whatever else a layer puts there takes the database away or elsewhere.
WAYS = frozenset(directory for root in ROOTS for directory in ancestors(root))
#: Where a symbolic link means that the database is kept somewhere else: nothing but it lies there or below.
LINKABLE = ROOTS | {parent(root) for root in ROOTS}


def catalog_for(path: str) -> Catalog | None:
    """Return the catalog that reads the file at this path."""
    for catalog in CATALOGS.values():
        if catalog.claims(path):
            return catalog
    return None


__all__ = [
    "CATALOGS",
    "LINKABLE",
    "ROOTS",
    "WAYS",
    "Catalog",
    "CatalogError",
    "CatalogLimitError",
    "RawPackage",
    "catalog_for",
]
