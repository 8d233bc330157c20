"""Our frozen dataclasses to JSON and back, checked on the way in. The store and the caches keep values this way."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

T = TypeVar("T")


class Unreadable(ValueError):
    """The text does not hold a value of the wanted type; a cache treats it as missing."""


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(kind: Any, value: object) -> str:
    """Write a value of `kind` as JSON text."""
    return _adapter(kind).dump_json(value).decode()


def load(kind: Callable[..., T], text: str | bytes) -> T:
    """Read a value of `kind` from JSON text; raises Unreadable when it is none."""
    try:
        return cast(T, _adapter(kind).validate_json(text))
    except ValidationError as exc:
        raise Unreadable(
            f"not a stored {getattr(kind, '__name__', kind)}: {exc.error_count()} errors"
        ) from exc


def plain(value: Mapping[str, Any]) -> str:
    """Write what JSON made of a value before, as jobs carry their events."""
    return json.dumps(value)
