"""SBOMs that images bring along: Bitnami's, those of Wolfi's packages, and any in `usr/local/share/sbom`.

They list packages of any type. What repeats the system's own database is left out where layers are put together.
"""

from bot.engine.catalog.jsonfile import refuse_many_values
from bot.engine.catalog.model import Catalog, CatalogError, CatalogLimitError, RawPackage
from bot.sbom.document import read_document
from bot.sbom.model import SbomError
from bot.sbom.purls import parse_purl

_PLACES = ("opt/bitnami/", "var/lib/db/sbom/", "usr/local/share/sbom/")
_ENDINGS = (".spdx", ".spdx.json", ".cdx.json")
_MOST = 20_000
_MOST_VALUES = 2_000_000


def claims(path: str) -> bool:
    """A document with one of the usual endings, in one of the places where images keep them."""
    return path.startswith(_PLACES) and path.endswith(_ENDINGS)


def parse(path: str, data: bytes) -> list[RawPackage]:
    """Return what the document lists under a package URL."""
    refuse_many_values(data, _MOST_VALUES)
    try:
        components = read_document(data).components
    except SbomError as exc:
        raise CatalogError(f"it is an SBOM that cannot be read: {exc}") from exc
    named = (parse_purl(each.purl, each.source) for each in components if each.is_package and each.purl)
    found = list(dict.fromkeys(each.raw for each in named if each is not None))
    if len(found) > _MOST:
        raise CatalogLimitError(f"it lists more than {_MOST:,} packages")
    return found


CATALOG = Catalog(
    name="sbom", type="generic", extensions=frozenset(("spdx", "json")), claims=claims, parse=parse
)
