"""Read the JSON files of catalogs: objects of a few known fields, whatever else is in them."""

import json
from collections.abc import Mapping
from typing import Any

from bot.engine.catalog.model import CatalogError, CatalogLimitError, field
from bot.json_problem import why_no_json

#: Several times the largest list we know of.
MOST = 20_000
#: What stands between the values of a file: each may take a hundred bytes of memory for two in the file.
_MOST_VALUES = 1_000_000


def read_object(data: bytes) -> Mapping[str, Any]:
    """Return the object a file holds."""
    root = read_json(data)
    if not isinstance(root, dict):
        raise CatalogError("it is not a JSON object")
    return root


def read_json(data: bytes) -> Any:
    """Return what a file holds; a byte order mark does no harm."""
    refuse_many_values(data)
    try:
        return json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as exc:
        raise CatalogError(why_no_json(exc)) from exc


def refuse_many_values(data: bytes, most: int = _MOST_VALUES) -> None:
    """Raise CatalogLimitError for JSON that would take several hundred megabytes when it is read."""
    if sum(map(data.count, (b",", b"[", b"{"))) > most:
        raise CatalogLimitError(f"it holds more than {most:,} values")


def text(value: object) -> str:
    """Return a string as it may be kept; empty for anything else."""
    return field(value.encode("utf-8", "replace")) if isinstance(value, str) else ""
