"""Read the JSON files of catalogs: objects of a few known fields, whatever else is in them."""

import json
from collections.abc import Mapping
from typing import Any

from bot.engine.catalog.model import LONGEST, CatalogError, field

#: Several times the largest list we know of.
MOST = 20_000


def read_object(data: bytes) -> Mapping[str, Any]:
    """Return the object a file holds."""
    root = read_json(data)
    if not isinstance(root, dict):
        raise CatalogError("it is not a JSON object")
    return root


def read_json(data: bytes) -> Any:
    """Return what a file holds; a byte order mark does no harm."""
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise CatalogError(f"it is not JSON: {type(exc).__name__}") from exc


def text(value: object) -> str:
    """Return a string as it may be kept; empty for anything else, and for what is too long to be a name."""
    clean = field(value.encode("utf-8", "replace")) if isinstance(value, str) else ""
    return clean if len(clean) < LONGEST else ""
