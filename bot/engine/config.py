"""Read an image configuration: who runs, with what environment, and how each layer came about.

Follows the OCI image-spec, config.md; Docker's form is the same with a few fields more.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from bot.inventory import HistoryEntry, ImageConfig, Skipped
from bot.json_problem import why_no_json

T = TypeVar("T")
_LARGEST = 4 << 20
#: Entries of one list: a hundred layers have two hundred lines of history.
_MOST = 1000
#: Characters of one text: builders keep whole lists of packages in labels, and scripts stand in the history.
_LONGEST = 1 << 20


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
        return Skipped("image configuration", why_no_json(exc))


def unread(config: ImageConfig) -> Iterator[Skipped]:
    """Say of which fields only the beginning was read."""
    for name in config.cut:
        why = f"of its {name} only the first {_MOST:,} entries were read, and {_LONGEST:,} characters of each"
        yield Skipped("image configuration", why, transient=True)


def _config(root: Mapping[str, Any]) -> ImageConfig:
    cut: dict[str, None] = {}
    whole = _Fields(root, cut)
    run = whole.inside("config")
    diff_ids = whole.inside("rootfs").texts("diff_ids")
    config = ImageConfig(
        os=whole.text("os"),
        architecture=whole.text("architecture"),
        variant=whole.text("variant"),
        created=whole.text("created"),
        user=run.text("user"),
        env=run.texts("env"),
        exposed_ports=run.texts("exposedports"),
        volumes=run.texts("volumes"),
        labels=run.labels(),
        on_build=run.texts("onbuild"),
        diff_ids=diff_ids,
        history=whole.history(len(diff_ids)),
        healthcheck=run.inside("healthcheck").texts("test"),
        entrypoint=run.texts("entrypoint"),
        cmd=run.texts("cmd"),
    )
    return replace(config, cut=tuple(cut))


class _Fields:
    """An object of the configuration; what of its fields is not kept is noted in `cut`."""

    def __init__(self, fields: Mapping[str, Any], cut: dict[str, None]) -> None:
        self._fields = fields
        self._cut = cut

    def inside(self, name: str) -> "_Fields":
        """Give the object in a field."""
        return _Fields(_fold(self._fields.get(name)), self._cut)

    def text(self, name: str) -> str:
        """Read a string."""
        return self._text(name, self._fields.get(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """Read the strings of a list, or the keys of an object, which is how ports and volumes are written."""
        value = self._fields.get(name)
        items: Iterable[object] = value if isinstance(value, list | dict) else ()
        return tuple(self._text(name, item) for item in self._first(name, items) if isinstance(item, str))

    def labels(self) -> tuple[tuple[str, str], ...]:
        """Read the strings of an object with their names."""
        value = self._fields.get("labels")
        items = self._first("labels", value.items()) if isinstance(value, dict) else []
        return tuple(
            (self._text("labels", key), self._text("labels", text))
            for key, text in items
            if isinstance(text, str)
        )

    def history(self, layers: int) -> tuple[HistoryEntry, ...]:
        """Number the entries that made a layer; where their count is not that of the layers, trust none."""
        value = self._fields.get("history")
        lines = [_fold(item) for item in self._first("history", value)] if isinstance(value, list) else []
        makes_layer = [line.get("empty_layer") is not True for line in lines]
        trusted = sum(makes_layer) == layers
        entries, index = [], 0
        for line, made in zip(lines, makes_layer, strict=True):
            text = self._text("history", line.get("created_by"))
            entries.append(HistoryEntry(text, index if made and trusted else None))
            index += made
        return tuple(entries)

    def _first(self, name: str, items: Iterable[T]) -> list[T]:
        found = list(items)
        if len(found) > _MOST:
            self._cut[name] = None
        return found[:_MOST]

    def _text(self, name: str, value: object) -> str:
        """A string that can be written as UTF-8: JSON may hold half of a surrogate pair."""
        if not isinstance(value, str):
            return ""
        if len(value) > _LONGEST:
            self._cut[name] = None
        return value[:_LONGEST].encode("utf-8", "replace").decode()


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
