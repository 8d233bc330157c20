"""Packages that conda installed: `conda-meta/*.json` of an environment.

Those of Python have their dist-info too, which speaks for the advisories; no feed speaks of conda's own names. See
https://docs.conda.io/projects/conda/en/stable/dev-guide/specs/, "conda-meta".
"""

from bot.engine.catalog.jsonfile import read_object, text
from bot.engine.catalog.model import Catalog, CatalogError, RawPackage


def claims(path: str) -> bool:
    """The record of one package, not the history beside it."""
    folder = path.rpartition("/")[0]
    return path.endswith(".json") and (folder == "conda-meta" or folder.endswith("/conda-meta"))


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the one package, but not what pip installed: its dist-info says that."""
    root = read_object(data)
    name, version = text(root.get("name")), text(root.get("version"))
    if not name or not version:
        raise CatalogError("it names no package and version")
    if root.get("channel") == "pypi" or text(root.get("schannel")) == "pypi":
        return []
    return [RawPackage(name, version, name, version)]


CATALOG = Catalog(name="conda", type="conda", extensions=frozenset(("json",)), claims=claims, parse=parse)
