"""Take typed, bounded fields out of a JSON document nobody vouches for, or raise BrokenRecord."""

import json
from typing import Any

from bot.errors import BotError

MAX_NAME = 300
MAX_PROSE = 4_000


class BrokenRecord(BotError):
    """A record does not follow its schema; it is counted and left out, the others are used."""


Document = dict[str, Any]


def load(raw: bytes) -> Document:
    """Read one JSON object."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise BrokenRecord(f"not a JSON document: {str(exc)[:200]}") from exc
    return as_object(document, "the record")


def as_object(value: object, what: str) -> Document:
    """Insist on an object."""
    if not isinstance(value, dict):
        raise BrokenRecord(f"{what} is not an object")
    return value


def child(document: Document, key: str) -> Document:
    """Return an optional object, empty when it is missing."""
    value = document.get(key)
    return {} if value is None else as_object(value, repr(key))


def children(document: Document, key: str, limit: int) -> list[Document]:
    """Return an optional list of objects."""
    return [as_object(item, f"an entry of {key!r}") for item in _list(document, key, limit)]


def names(document: Document, key: str, limit: int) -> tuple[str, ...]:
    """Return an optional list of names, each once, in the document's order."""
    return tuple(dict.fromkeys(_as_name(item, key) for item in _list(document, key, limit)))


def name(document: Document, key: str) -> str:
    """Return a name that must be there: short, on one line, without control characters."""
    value = _as_name(document.get(key), key)
    if not value:
        raise BrokenRecord(f"{key!r} is missing")
    return value


def optional_name(document: Document, key: str) -> str:
    """Return a name, or nothing."""
    return "" if document.get(key) is None else _as_name(document[key], key)


def prose(document: Document, key: str) -> str:
    """Return text for people, cut to a bound."""
    value = document.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise BrokenRecord(f"{key!r} is not a text")
    return value[:MAX_PROSE].encode("utf-8", "replace").decode()


def word(document: Document, key: str) -> str:
    """Return a word from a part of the record that no schema describes; anything else is no word."""
    value = document.get(key)
    if not isinstance(value, str) or len(value) > MAX_NAME or not value.isprintable():
        return ""
    return value.strip().lower()


def _as_name(value: object, key: str) -> str:
    if not isinstance(value, str):
        raise BrokenRecord(f"{key!r} is not a text")
    if len(value) > MAX_NAME or not value.isprintable():
        raise BrokenRecord(f"{key!r} is too long or has unprintable characters")
    return value


def _list(document: Document, key: str, limit: int) -> list[object]:
    value = document.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise BrokenRecord(f"{key!r} is not a list")
    if len(value) > limit:
        raise BrokenRecord(f"{key!r} has {len(value)} entries, more than {limit}")
    return value
