"""Read YAML with the lines of everything. Scalars stay the texts they are written as, so `1.10` stays `1.10`.

Follows https://yaml.org/spec/1.2.2/ as libyaml reads it: events only, no objects, no recursion. Aliases lead to the
same value, so they cost nothing.
"""

from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml.events import (
    AliasEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.spots import Spot

MAX_NODES = 3_000_000
MAX_DEPTH = 60
#: Ten times as fast, where PyYAML was built with it; its wheels are.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(source: str) -> Spot:
    """Read one document, of which there may be no second; raises LockfileError."""
    builder = _Builder()
    try:
        for event in yaml.parse(source, Loader=_LOADER):
            builder.take(event)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = mark.line + 1 if mark else builder.line
        raise LockfileError(f"it is not YAML: {exc.problem or exc.context}", line) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        raise LockfileError(
            "it is not YAML: it holds characters that YAML does not allow", builder.line
        ) from None
    if len(builder.documents) != 1:
        raise LockfileError("it holds no YAML document, or several", builder.line)
    return builder.documents[0]


@dataclass(slots=True)
class _Builder:
    documents: list[Spot] = field(default_factory=list)
    line: int = 1
    _open: list[Spot] = field(default_factory=list)
    _keys: list[Spot | None] = field(default_factory=list)
    _anchors: dict[str, Spot] = field(default_factory=dict)
    _nodes: int = 0

    def take(self, event: Any) -> None:
        kind = type(event)
        if kind is ScalarEvent:
            # A block ends where the next thing begins.
            behind = 0 if event.style in ("|", ">") else 1
            self._add(
                Spot(event.value, event.start_mark.line + 1, event.end_mark.line + behind), event.anchor
            )
        elif kind is MappingStartEvent:
            self._begin(Spot({}, event.start_mark.line + 1, 0), event.anchor)
        elif kind is SequenceStartEvent:
            self._begin(Spot([], event.start_mark.line + 1, 0), event.anchor)
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            self._open.pop()
            self._keys.pop()
        elif kind is AliasEvent:
            named = self._anchors.get(event.anchor)
            if named is None:
                raise LockfileError("it is not YAML: there is no such anchor", event.start_mark.line + 1)
            self._add(Spot(named.value, event.start_mark.line + 1, event.start_mark.line + 1), None)

    def _begin(self, spot: Spot, anchor: str | None) -> None:
        self._add(spot, anchor)
        self._open.append(spot)
        self._keys.append(None)
        if len(self._open) > MAX_DEPTH:
            raise LockfileError("it is nested too deep", spot.line)

    def _add(self, spot: Spot, anchor: str | None) -> None:
        self.line = spot.line
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise LockfileError(f"it has more than {MAX_NODES:,} values", spot.line)
        if anchor:
            self._anchors[anchor] = spot
        # The end of a block is where the next thing begins, so it is told by what lies in it.
        last = spot.end_line or spot.line
        for outer in reversed(self._open):
            if outer.end_line >= last:
                break
            outer.end_line = last
        if not self._open:
            self.documents.append(spot)
        elif isinstance(self._open[-1].value, list):
            self._open[-1].value.append(spot)
        elif (key := self._keys[-1]) is None:
            self._keys[-1] = spot
        else:
            self._put(self._open[-1].value, key, spot)

    def _put(self, members: dict[str, Spot], key: Spot, spot: Spot) -> None:
        """A member's lines begin with its name; the last of a repeated name counts."""
        self._keys[-1] = None
        if isinstance(key.value, str):
            spot.line = key.line
            members[key.value] = spot
