"""Read an image configuration: who runs, with what environment, and how each layer came about.

Follows the OCI image-spec, config.md; Docker's form is the same with a few fields more.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from bot.inventory import HistoryEntry, ImageConfig, Skipped

_LARGEST = 4 << 20
_MOST = 1000
_LONGEST = 16 * 1024


class _Ambiguous(Exception):
    """A field is there twice."""


def parse_config(data: bytes) -> ImageConfig | Skipped:
    """Read the fields that say something about risk; a field of a wrong type counts as absent."""
    if len(data) > _LARGEST:
        return Skipped("image configuration", f"it is larger than {_LARGEST:,} bytes", transient=True)
    try:
        root = json.loads(data, object_pairs_hook=_once)
        if not isinstance(root, dict):
            return Skipped("image configuration", "it is not a JSON object")
        return _config(_fold(root))
    except _Ambiguous as exc:
        return Skipped("image configuration", f"it names the field {str(exc)[:100]!r} twice")
    except (ValueError, RecursionError) as exc:
        return Skipped("image configuration", f"it is not JSON: {type(exc).__name__}")


def _config(root: Mapping[str, Any]) -> ImageConfig:
    run = _fold(root.get("config"))
    diff_ids = _texts(_fold(root.get("rootfs")).get("diff_ids"))
    return ImageConfig(
        os=_text(root.get("os")),
        architecture=_text(root.get("architecture")),
        variant=_text(root.get("variant")),
        created=_text(root.get("created")),
        user=_text(run.get("user")),
        env=_texts(run.get("env")),
        exposed_ports=_texts(run.get("exposedports")),
        volumes=_texts(run.get("volumes")),
        labels=_labels(run.get("labels")),
        on_build=_texts(run.get("onbuild")),
        diff_ids=diff_ids,
        history=_history(root.get("history"), len(diff_ids)),
        healthcheck=_texts(_fold(run.get("healthcheck")).get("test")),
        entrypoint=_texts(run.get("entrypoint")),
        cmd=_texts(run.get("cmd")),
    )


def _history(value: object, layers: int) -> tuple[HistoryEntry, ...]:
    """Number the entries that made a layer; where their count is not that of the layers, trust none."""
    lines = [_fold(item) for item in value[:_MOST]] if isinstance(value, list) else []
    makes_layer = [line.get("empty_layer") is not True for line in lines]
    trusted = sum(makes_layer) == layers
    entries, index = [], 0
    for line, made in zip(lines, makes_layer, strict=True):
        entries.append(HistoryEntry(_text(line.get("created_by")), index if made and trusted else None))
        index += made
    return tuple(entries)


def _labels(value: object) -> tuple[tuple[str, str], ...]:
    items = list(value.items())[:_MOST] if isinstance(value, dict) else []
    return tuple((_text(key), _text(text)) for key, text in items if isinstance(text, str))


def _texts(value: object) -> tuple[str, ...]:
    """The strings of a list, or the keys of an object, which is how ports and volumes are written."""
    items: Iterable[object] = value if isinstance(value, list | dict) else ()
    return tuple(_text(item) for item in list(items)[:_MOST] if isinstance(item, str))


def _text(value: object) -> str:
    """A string that can be written as UTF-8: JSON may hold half of a surrogate pair."""
    return value[:_LONGEST].encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _fold(value: object) -> Mapping[str, Any]:
    """An object with its keys in one case: container runtimes are written in Go, which reads any case."""
    return _once((key.casefold(), item) for key, item in value.items()) if isinstance(value, dict) else {}


def _once(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse what Go would merge and Python would replace: two readers would see different images."""
    fields: dict[str, Any] = {}
    for key, value in pairs:
        if key in fields:
            raise _Ambiguous(key)
        fields[key] = value
    return fields
