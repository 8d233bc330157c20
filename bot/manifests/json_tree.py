"""Read JSON, also with comments and trailing commas as devcontainers have it, into a tree that keeps places.

Follows https://www.rfc-editor.org/rfc/rfc8259 and https://jsonc.org.
"""

import json
import re
from dataclasses import dataclass, field

from bot.manifests.errors import ManifestError
from bot.manifests.tree import Budget, Mapping, Node, Scalar, Sequence, check_depth

_SPACE = re.compile(r"[ \t\r\n\ufeff]+|//[^\n]*")
_STRING = re.compile(r'"[^"\\\n]*(?:\\.[^"\\\n]*)*"')
_WORD = re.compile(r"[A-Za-z0-9+.-]+")


def read_json(source: str) -> Node:
    """Read one document; raises ManifestError."""
    reader = _Reader(source)
    node = reader.value(1)
    reader.space()
    if reader.at < len(source):
        raise reader.error("there is something behind its end")
    return node


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    line: int = 1
    budget: Budget = field(default_factory=Budget)

    def error(self, reason: str) -> ManifestError:
        return ManifestError(f"it is not JSON: {reason}", self.line)

    def space(self) -> None:
        """Skip white space and comments."""
        while True:
            if found := _SPACE.match(self.source, self.at):
                self._go(found.end())
            elif self.source.startswith("/*", self.at):
                end = self.source.find("*/", self.at + 2)
                if end < 0:
                    raise self.error("a comment does not end")
                self._go(end + 2)
            else:
                return

    def _go(self, end: int) -> None:
        self.line += self.source.count("\n", self.at, end)
        self.at = end

    def _peek(self) -> str:
        self.space()
        return self.source[self.at : self.at + 1]

    def value(self, depth: int) -> Node:
        """Read a value."""
        check_depth(depth, self.line)
        self.budget.spend(1, self.line)
        match self._peek():
            case "{":
                return self._map(depth)
            case "[":
                return self._list(depth)
            case '"':
                return self._string()
            case _:
                return self._word()

    def _map(self, depth: int) -> Mapping:
        node = Mapping(self.line)
        self.at += 1
        while (char := self._peek()) != "}":
            if char != '"':
                raise self.error("a name in quotes is missing")
            name = self._string().value
            if self._peek() != ":":
                raise self.error("a ':' is missing")
            self.at += 1
            node.fields[name] = self.value(depth + 1)
            self._comma("}")
        self.at += 1
        return node

    def _list(self, depth: int) -> Sequence:
        node = Sequence(self.line)
        self.at += 1
        while self._peek() != "]":
            node.items.append(self.value(depth + 1))
            self._comma("]")
        self.at += 1
        return node

    def _comma(self, end: str) -> None:
        char = self._peek()
        if char == ",":
            self.at += 1
        elif char != end:
            raise self.error(f"a ',' or '{end}' is missing")

    def _string(self) -> Scalar:
        found = _STRING.match(self.source, self.at)
        if found is None:
            raise self.error("a text does not end")
        try:
            value = json.loads(found[0], strict=False)
        except ValueError:
            raise self.error("a text has an escape that does not exist") from None
        start, self.at = self.at, found.end()
        return Scalar(value, self.source, start, self.at, self.line, self.line, '"')

    def _word(self) -> Scalar:
        found = _WORD.match(self.source, self.at)
        if found is None:
            raise self.error("a value is missing")
        start, self.at = self.at, found.end()
        return Scalar(found[0], self.source, start, self.at, self.line, self.line)
