"""The form in which the index keeps an advisory: fields by position, as JSON, read back in microseconds.

Of the prose only what a match can show is kept.
"""

import json
from dataclasses import fields
from typing import Any

from bot.advisory import Advisory, Affected, Range

#: What a match shows of a record that has no summary comes from the beginning of its details.
_DETAILS = 1_200
_ADVISORY = tuple(field.name for field in fields(Advisory))
_AFFECTED = tuple(field.name for field in fields(Affected))
_RANGE = tuple(field.name for field in fields(Range))
#: Changes whenever the fields do, so that no index is read with other fields than it was written with.
FORM = repr((_ADVISORY, _AFFECTED, _RANGE))


def pack(advisory: Advisory) -> bytes:
    """Write an advisory down."""
    values = {name: getattr(advisory, name) for name in _ADVISORY}
    values["details"] = "" if advisory.summary else advisory.details[:_DETAILS]
    values["affected"] = [_affected(part) for part in advisory.affected]
    return json.dumps(list(values.values()), separators=(",", ":"), ensure_ascii=False).encode(
        errors="replace"
    )


def unpack(raw: bytes) -> Advisory:
    """Read an advisory back; raises ValueError or TypeError for what `pack` did not write."""
    values = dict(zip(_ADVISORY, json.loads(raw), strict=True))
    parts = values.pop("affected")
    return Advisory(affected=tuple(map(_to_affected, parts)), **{k: _frozen(v) for k, v in values.items()})


def _affected(part: Affected) -> list[Any]:
    values = {name: getattr(part, name) for name in _AFFECTED}
    values["ranges"] = [[getattr(span, name) for name in _RANGE] for span in part.ranges]
    return list(values.values())


def _to_affected(row: list[Any]) -> Affected:
    values = dict(zip(_AFFECTED, row, strict=True))
    spans = values.pop("ranges")
    ranges = tuple(Range(*map(_frozen, span)) for span in spans)
    return Affected(ranges=ranges, **{name: _frozen(value) for name, value in values.items()})


def _frozen(value: Any) -> Any:
    """Lists come back as the tuples they were. A list holds either texts or lists."""
    if type(value) is not list:
        return value
    return tuple(map(_frozen, value)) if value and type(value[0]) is list else tuple(value)
