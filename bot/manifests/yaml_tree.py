"""Read YAML into trees, from PyYAML's events: no recursion, aliases as references, `<<` merged within bounds.

Follows https://yaml.org/spec/1.2.2/ as PyYAML reads it, and https://yaml.org/type/merge.html.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml
from yaml.events import Event

from bot.manifests.errors import BrokenYaml, ManifestError
from bot.manifests.tree import Budget, Mapping, Node, Scalar, Sequence, check_depth

_MERGE = "<<"
_PROPERTY = re.compile(r"[&!]\S*(?:\s+|$)|#[^\n]*\n\s*")


def read_yaml(source: str) -> list[Node]:
    """Read all documents of a stream; raises ManifestError, BrokenYaml for what is none."""
    reader = _Reader(source)
    line = 1
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            line = _span(event)[2]
            reader.take(event)
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        raise BrokenYaml(
            f"it is not YAML: {exc.problem or exc.context}", mark.line + 1 if mark else line
        ) from None
    except (yaml.YAMLError, ValueError, OverflowError):
        # Control characters, and escapes that name no character.
        raise BrokenYaml("it is not YAML: it holds characters that YAML does not allow", line) from None
    return reader.documents


def behind_properties(source: str, start: int, end: int) -> int:
    """Skip `&anchor` and `!tag`, which stand before the scalar itself."""
    while found := _PROPERTY.match(source, start, end):
        start = found.end()
    return start


def plain_scalars_at(source: str, places: Iterable[int]) -> set[tuple[int, int]]:
    """Find the unquoted scalars that cover any of these places."""
    waiting = sorted(places, reverse=True)
    found: set[tuple[int, int]] = set()
    for event in yaml.parse(source, Loader=yaml.SafeLoader):
        start, end, *_ = _span(event)
        while waiting and waiting[-1] < start:
            waiting.pop()
        if not waiting:
            break
        if isinstance(event, yaml.ScalarEvent) and event.style is None and waiting[-1] <= end:
            found.add((behind_properties(source, start, end), end))
    return found


def reads_otherwise(plain: str) -> bool:
    """Say whether an unquoted text becomes another one when a program reads it: `3.20` → `3.2`."""
    node = yaml.compose(plain, Loader=yaml.SafeLoader)
    tag = node.tag if isinstance(node, yaml.ScalarNode) and node.value == plain else ""
    if tag == "tag:yaml.org,2002:str":
        return False
    if tag == "tag:yaml.org,2002:int" and plain.isdecimal():
        return str(int(plain)) != plain
    if tag == "tag:yaml.org,2002:float" and plain.replace(".", "", 1).isdecimal():
        return repr(float(plain)) != plain
    return True


def _span(event: Event) -> tuple[int, int, int, int]:
    """First and last place, first and last line. Reading a text always gives marks."""
    start, end = event.start_mark, event.end_mark
    if start is None or end is None:
        return 0, 0, 1, 1
    return start.index, end.index, start.line + 1, end.line + 1


@dataclass(slots=True)
class _Open:
    """A map or list whose end has not come."""

    node: Mapping | Sequence
    key: Node | None = None
    merges: list[Node] = field(default_factory=list)

    def add(self, child: Node) -> None:
        if isinstance(self.node, Sequence):
            self.node.items.append(child)
        elif self.key is None:
            self.key = child
        else:
            self._put(self.node, self.key, child)
            self.key = None

    def _put(self, node: Mapping, key: Node, child: Node) -> None:
        if not isinstance(key, Scalar):
            return
        if key.value == _MERGE and not key.style:
            self.merges.append(child)
        else:
            node.fields[key.value] = child


@dataclass(slots=True)
class _Reader:
    source: str
    documents: list[Node] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    open: list[_Open] = field(default_factory=list)
    anchors: dict[str, Node] = field(default_factory=dict)

    def take(self, event: Event) -> None:
        line = _span(event)[2]
        match event:
            case yaml.DocumentStartEvent():
                self.anchors = {}
            case yaml.ScalarEvent():
                self._add(self._scalar(event), event.anchor, line)
            case yaml.AliasEvent():
                named = self.anchors.get(event.anchor or "")
                if named is None:
                    raise ManifestError(f"there is no anchor {str(event.anchor)[:100]!r}", line)
                self._add(named, None, line)
            case yaml.MappingStartEvent():
                self._begin(Mapping(line), event.anchor, line)
            case yaml.SequenceStartEvent():
                self._begin(Sequence(line), event.anchor, line)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self._end(self.open.pop(), line)
            case _:
                pass

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        start, end, line, end_line = _span(event)
        style = event.style or ""
        if event.anchor or event.tag:
            start = behind_properties(self.source, start, end)
        if style in ("|", ">"):
            # A block ends where the next thing begins.
            end_line = max(line, end_line - 1)
        return Scalar(event.value, self.source, start, end, line, end_line, style)

    def _begin(self, node: Mapping | Sequence, anchor: str | None, line: int) -> None:
        self._add(node, anchor, line)
        self.open.append(_Open(node))
        check_depth(len(self.open), line)

    def _add(self, node: Node, anchor: str | None, line: int) -> None:
        self.budget.spend(1, line)
        if anchor:
            self.anchors[anchor] = node
        if self.open:
            self.open[-1].add(node)
        else:
            self.documents.append(node)

    def _end(self, closed: _Open, line: int) -> None:
        if not isinstance(closed.node, Mapping) or not closed.merges:
            return
        merged: dict[str, Node] = {}
        for each in _merged_maps(closed.merges):
            self.budget.spend(len(each.fields), line)
            merged = each.fields | merged
        closed.node.fields = merged | closed.node.fields


def _merged_maps(merges: list[Node]) -> Iterator[Mapping]:
    """The maps named behind `<<`, the strongest first."""
    for each in merges:
        for part in each.items if isinstance(each, Sequence) else [each]:
            if isinstance(part, Mapping):
                yield part
