"""Node packages: the `package.json` of each in a `node_modules`, nested, scoped, bundled or in pnpm's store.

See https://docs.npmjs.com/cli/configuring-npm/package-json and https://nodejs.org/api/modules.html. Elsewhere it tells
of what was unpacked there, such as yarn in Node's own images or Debian's modules in `/usr/share/nodejs`, or of the
application itself. That one is private as a rule: nobody publishes it, so no advisory speaks of it.
"""

import re

from bot.engine.catalog.jsonfile import read_object, text
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, RawPackage

_MODULES = "node_modules/"
#: Where Debian's Node looks for modules. Some are built of sources whose root is private, such as lodash's.
_DEBIAN = re.compile(r"usr/(?:share|lib(?:/[^/]+)?)/nodejs/")


def claims(path: str) -> bool:
    """`node_modules/NAME/package.json` or `node_modules/@SCOPE/NAME/package.json`, at any depth, or in no module."""
    folder, _, file = path.rpartition("/")
    if file != "package.json":
        return False
    if not _in_modules(path):
        return True
    name = folder.rpartition(_MODULES)[2]
    return bool(name) and name.count("/") == name.startswith("@") and not name.startswith(".")


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return the package. Files without a name or version are no packages: they only say how to load a folder."""
    installed = _in_modules(path)
    try:
        root = read_object(data)
    except CatalogError as exc:
        # Generators keep templates under this name; only in a module folder is it certainly a package.
        if installed or isinstance(exc, CatalogLimitError):
            raise
        return []
    name, version = text(root.get("name")), text(root.get("version")).removeprefix("v")
    own = root.get("private") is True and not installed and not _DEBIAN.match(path)
    if not name or not version or own:
        return []
    return [RawPackage(name, version, name, version)]


def _in_modules(path: str) -> bool:
    return path.startswith(_MODULES) or f"/{_MODULES}" in path


CATALOG = Catalog(name="node", type="npm", names=frozenset(("package.json",)), claims=claims, parse=parse)
