"""What YAML, JSON and HCL files are read into: scalars, maps and lists that know where they stand.

Bounded in nodes and depth. A node that is reached in two ways, through an alias, is one and the same object.
"""

from dataclasses import dataclass, field

from bot.dockerfile.traced import Traced
from bot.manifests.errors import ManifestError

MAX_SIZE = 1_000_000
MAX_NODES = 120_000
MAX_DEPTH = 100
MAX_TEXT = 20_000
"""Characters of a text that is looked into: many times what a reference, or a list of build arguments, needs."""


@dataclass(slots=True, eq=False)
class Scalar:
    """A text. What it says may differ from what is written: escapes, folded lines, quotes."""

    value: str
    source: str = field(repr=False)
    start: int
    end: int
    line: int
    end_line: int
    style: str = ""
    """The opening quote; `|` or `>` for a block; empty for a plain one; `=` for an expression."""
    _traced: Traced | None = field(default=None, init=False, repr=False)

    @property
    def is_null(self) -> bool:
        """Whether it is written as nothing, null or ~."""
        return not self.style and self.value in ("", "~", "null", "Null", "NULL")

    @property
    def traced(self) -> Traced:
        """The value, with the place of each character as far as it is written as it is."""
        # Aliases ask for the same text again and again.
        if self._traced is None:
            if len(self.value) > MAX_TEXT:
                raise ManifestError(f"a text here is longer than {MAX_TEXT:,} characters", self.line)
            self._traced = self._trace()
        return self._traced

    def _trace(self) -> Traced:
        if self.style == "=":
            return Traced.foreign(self.value)
        if self.style in ("|", ">"):
            return self._block()
        quote = len(self.style)
        start, end = self.start + quote, self.end - quote
        inner = self.source[start:end]
        if inner != self.value:
            if not self.value or inner.count(self.value) != 1:
                return Traced.foreign(self.value)
            start += inner.index(self.value)
        return Traced.read(self.source, start, start + len(self.value))

    def _block(self) -> Traced:
        """Line by line: each is the end of a line of the file."""
        parts: list[Traced] = []
        at = self.source.find("\n", self.start) + 1
        for line in self.value.splitlines(keepends=True):
            text = line.rstrip("\n")
            end = self.source.find("\n", at)
            end = len(self.source) if end < 0 else end
            written = self.source[at:end].rstrip("\r")
            # Folding joins lines; from there on nothing is written as it is.
            if not at or not written.endswith(text) or written[: len(written) - len(text)].strip(" "):
                return Traced.foreign(self.value)
            first = at + len(written) - len(text)
            parts += [Traced.read(self.source, first, first + len(text)), Traced.foreign(line[len(text) :])]
            at = end + 1
        return Traced.join(parts)


@dataclass(slots=True, eq=False)
class Mapping:
    """Names and values; of a repeated name the last counts, and own ones before those of merged maps."""

    line: int
    fields: "dict[str, Node]" = field(default_factory=dict)

    def get(self, *names: str) -> "Node | None":
        """Give the value of the first name that has one."""
        return next((self.fields[name] for name in names if name in self.fields), None)


@dataclass(slots=True, eq=False)
class Sequence:
    """A list."""

    line: int
    items: "list[Node]" = field(default_factory=list)


Node = Scalar | Mapping | Sequence


@dataclass(slots=True)
class Budget:
    """How many more nodes may be made."""

    left: int = MAX_NODES

    def spend(self, nodes: int, line: int) -> None:
        """Take some off, or raise ManifestError when there are too few left."""
        self.left -= nodes
        if self.left < 0:
            raise ManifestError(f"the file has more than {MAX_NODES:,} values", line)


def check_depth(depth: int, line: int) -> None:
    """Raise ManifestError for what is nested too deep."""
    if depth > MAX_DEPTH:
        raise ManifestError(f"it is nested more than {MAX_DEPTH} deep", line)


def fields_of(node: Node | None) -> "dict[str, Node]":
    """The names and values of a map; none for anything else."""
    return node.fields if isinstance(node, Mapping) else {}


def items_of(node: Node | None) -> "list[Node]":
    """The items of a list; none for anything else."""
    return node.items if isinstance(node, Sequence) else []


def get(node: Node | None, *path: str) -> "Node | None":
    """Follow names down; None where there is no such way."""
    for name in path:
        node = fields_of(node).get(name)
    return node


def scalar_of(node: Node | None) -> Scalar | None:
    """A scalar that says something."""
    return node if isinstance(node, Scalar) and not node.is_null and node.value else None


def value_of(node: "Node | None") -> Scalar | None:
    """A scalar that gives a value, be it the empty one: `""`, but not nothing at all."""
    return node if isinstance(node, Scalar) and not node.is_null else None


def text_of(node: Node | None) -> str:
    """What a scalar says; nothing for anything else."""
    scalar = scalar_of(node)
    return scalar.value if scalar else ""
