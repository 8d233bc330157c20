"""Node packages: the `package.json` of each in a `node_modules`, nested, scoped, bundled or in pnpm's store.

See https://docs.npmjs.com/cli/configuring-npm/package-json and https://nodejs.org/api/modules.html. The application's
own `package.json` lies in no `node_modules`: it is no dependency.
"""

from bot.engine.catalog.jsonfile import read_object, text
from bot.engine.catalog.model import Catalog, RawPackage


def claims(path: str) -> bool:
    """`node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`, at any depth."""
    folder = path.rpartition("/")[0]
    root, found, name = folder.rpartition("node_modules/")
    if not found or (root and not root.endswith("/")):
        return False
    return bool(name) and name.count("/") == name.startswith("@") and not name.startswith(".")


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the package. Files without a name or version are no packages: they only say how to load a folder."""
    root = read_object(data)
    name, version = text(root.get("name")), text(root.get("version")).removeprefix("v")
    return [RawPackage(name, version, name, version)] if name and version else []


CATALOG = Catalog(name="node", type="npm", names=frozenset(("package.json",)), claims=claims, parse=parse)
