"""YAML text → a small tree in which everything knows its line. Nothing is constructed from tags.

Scalars keep their text: YAML 1.1 (https://yaml.org/spec/1.1/) would make `off` false and `22:00` a number.
"""

from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    Event,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceStartEvent,
)

LARGEST = 64_000
DEEPEST = 8
MOST_NODES = 5_000
LONGEST_SCALAR = 2_000


class Unreadable(ValueError):
    """The text is not what a repository file may be; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Scalar:
    """A single value, as written."""

    text: str
    line: int
    plain: bool
    """Without quotes, so that it may be a number or a boolean."""


@dataclass(slots=True)
class Listing:
    """A list."""

    line: int
    items: list["Node"] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A mapping, in the order of the file; a key that comes twice is there twice."""

    line: int
    entries: list[tuple[Scalar, "Node"]] = field(default_factory=list)
    key: Scalar | None = None
    """The key whose value comes next, while the file is read."""


Node = Scalar | Listing | Mapping


def read(content: bytes) -> Node | None:
    """Read one document, within bounds; None when there is nothing in it."""
    if len(content) > LARGEST:
        raise Unreadable(1, f"the file is larger than {LARGEST:,} bytes, which no such file needs")
    text = _decoded(content)
    try:
        return _Builder(text).build()
    except yaml.MarkedYAMLError as exc:
        mark = exc.problem_mark or exc.context_mark
        line = _line(text, mark.index) if mark else 1
        raise Unreadable(
            line, f"this is not YAML: {exc.problem or exc.context or 'it cannot be read'}"
        ) from exc
    except yaml.reader.ReaderError as exc:
        line = _line(text, exc.position)
        raise Unreadable(
            line, f"this is not YAML: the character U+{exc.character:04X} is not allowed"
        ) from exc
    except Unreadable:
        raise
    except (ValueError, OverflowError) as exc:
        # Numbers in escapes and directives that no character and no version has.
        raise Unreadable(1, "this is not YAML: an escape or a directive holds an impossible number") from exc


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        raise Unreadable(content.count(b"\n", 0, exc.start) + 1, "the file is not UTF-8 text") from exc


def _line(text: str, index: int) -> int:
    """Count as GitHub does: to YAML 1.1 some other characters break lines as well."""
    return text.count("\n", 0, index) + 1


class _Builder:
    """Builds the tree from events, so that depth and number are bounded before anything is built."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._root: Node | None = None
        self._open: list[Listing | Mapping] = []
        self._nodes = 0

    def build(self) -> Node | None:
        documents = 0
        for event in yaml.parse(self._text, Loader=yaml.SafeLoader):
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._wrong(event, "a second document begins here; only one is read")
            elif isinstance(event, CollectionEndEvent):
                self._open.pop()
            elif isinstance(event, NodeEvent):
                self._take(event)
        root = self._root
        return None if isinstance(root, Scalar) and root.plain and not root.text else root

    def _take(self, event: NodeEvent) -> None:
        self._check(event)
        node = self._node(event)
        self._place(node)
        if isinstance(node, Listing | Mapping):
            self._open.append(node)

    def _check(self, event: NodeEvent) -> None:
        self._nodes += 1
        if isinstance(event, AliasEvent) or event.anchor is not None:
            raise self._wrong(
                event, "anchors (&) and aliases (*) are not read here; write the value out, or quote it"
            )
        if getattr(event, "tag", None) is not None:
            raise self._wrong(event, "tags (!) are not read here; write the plain value")
        if self._nodes > MOST_NODES:
            raise self._wrong(event, f"the file holds more than {MOST_NODES:,} values")
        if len(self._open) >= DEEPEST:
            raise self._wrong(event, "this is nested too deeply")

    def _node(self, event: NodeEvent) -> Node:
        line = self._line(event)
        if isinstance(event, ScalarEvent):
            if len(event.value) > LONGEST_SCALAR:
                raise self._wrong(event, f"this value is longer than {LONGEST_SCALAR:,} characters")
            return Scalar(event.value, line, plain=event.style is None)
        if isinstance(event, SequenceStartEvent):
            return Listing(line)
        if isinstance(event, MappingStartEvent):
            return Mapping(line)
        raise self._wrong(event, "this cannot be read")

    def _place(self, node: Node) -> None:
        if not self._open:
            self._root = node
            return
        inside = self._open[-1]
        if isinstance(inside, Listing):
            inside.items.append(node)
        elif inside.key is not None:
            inside.entries.append((inside.key, node))
            inside.key = None
        elif isinstance(node, Scalar):
            inside.key = node
        else:
            raise Unreadable(node.line, "a key must be a word, not a list or a mapping")

    def _line(self, event: Event) -> int:
        return _line(self._text, event.start_mark.index) if event.start_mark else 1

    def _wrong(self, event: Event, message: str) -> Unreadable:
        return Unreadable(self._line(event), message)
