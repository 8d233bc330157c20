"""Packages inside executables: no file is claimed by its path, `bot.engine.binaries` finds them while reading."""

from bot.engine.catalog.model import Catalog, CatalogError, RawPackage


def _claims(path: str) -> bool:
    """Nothing."""
    return False


def _parse(path: str, data: bytes) -> list[RawPackage]:
    """Never asked, as nothing is claimed."""
    raise CatalogError("it is read as an executable, not as a database")


GO = Catalog(name="go-binary", type="golang", claims=_claims, parse=_parse)
RUST = Catalog(name="rust-binary", type="cargo", claims=_claims, parse=_parse)
