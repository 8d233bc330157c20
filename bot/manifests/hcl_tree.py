"""Read the part of HCL that bake files are written in, into a tree that keeps places.

Follows https://github.com/hashicorp/hcl/blob/main/hclsyntax/spec.md. Texts keep their `${…}`; an expression of
any other kind becomes one text `${expression}`, so that `TAG` reads as `${TAG}`. Nothing is computed here.
"""

import re
from dataclasses import dataclass, field

from bot.manifests.errors import ManifestError
from bot.manifests.tree import Budget, Mapping, Node, Scalar, Sequence, check_depth

_SPACE = re.compile(r"[ \t\r\ufeff]+")
_BLANK = re.compile(r"[ \t\r\n\ufeff]+")
_COMMENT = re.compile(r"(?:#|//)[^\n]*")
_NAME = re.compile(r"[A-Za-z_][\w-]*")
_HEREDOC = re.compile(r"<<-?([A-Za-z_][\w-]*)[ \t\r]*\n")
_INSIDE = re.compile(r'[^"\\$%{}\n]+')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_ESCAPED = re.compile(r'\\(?:[nrt"\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})')
_CLOSING = {"(": ")", "[": "]", "{": "}"}


def read_hcl(source: str) -> Mapping:
    """Read a file; raises ManifestError. `target "a" { … }` becomes target → a → its attributes."""
    reader = _Reader(source)
    return reader.body(Mapping(1), "", 1)


@dataclass(slots=True)
class _Reader:
    source: str
    at: int = 0
    counted: int = 0
    line: int = 1
    budget: Budget = field(default_factory=Budget)

    def error(self, reason: str) -> ManifestError:
        return ManifestError(f"it is not HCL: {reason}", self._line())

    def _line(self) -> int:
        """Count lines only as far as a place is asked for, each once."""
        self.line += self.source.count("\n", self.counted, self.at)
        self.counted = max(self.counted, self.at)
        return self.line

    def _skip(self, space: re.Pattern[str]) -> str:
        """Skip white space and comments, and show the next character."""
        while True:
            if found := space.match(self.source, self.at) or _COMMENT.match(self.source, self.at):
                self.at = found.end()
            elif self.source.startswith("/*", self.at):
                end = self.source.find("*/", self.at + 2)
                if end < 0:
                    raise self.error("a comment does not end")
                self.at = end + 2
            else:
                return self.source[self.at : self.at + 1]

    def _name(self) -> str:
        found = _NAME.match(self.source, self.at)
        if found is None:
            raise self.error("a name is missing")
        self.at = found.end()
        return found[0]

    def body(self, node: Mapping, end: str, depth: int) -> Mapping:
        """Read attributes and blocks up to the closing brace, or the end of the file."""
        check_depth(depth, self._line())
        while (char := self._skip(_BLANK)) != end:
            if not char:
                raise self.error("a '}' is missing")
            self.budget.spend(1, self._line())
            name = self._name()
            if self._skip(_SPACE) == "=":
                self.at += 1
                node.fields[name] = self._expression(depth + 1)
            else:
                self._block(node, name, depth)
        self.at += len(end)
        return node

    def _block(self, node: Mapping, name: str, depth: int) -> None:
        labels = [name]
        while (char := self._skip(_SPACE)) != "{":
            labels.append(self._string().value if char == '"' else self._name())
            check_depth(len(labels), self._line())
        self.at += 1
        for label in labels:
            inner = node.fields.get(label)
            if not isinstance(inner, Mapping):
                inner = node.fields[label] = Mapping(self._line())
            node = inner
        self.body(node, "}", depth + 1)

    def _expression(self, depth: int) -> Node:
        check_depth(depth, self._line())
        self.budget.spend(1, self._line())
        self._skip(_SPACE)
        start, node = self.at, self._primary(depth)
        after = self._skip(_SPACE)
        if node is not None and after in ("", "\n", ",", "]", "}", ")"):
            return node
        return self._opaque(start)

    def _primary(self, depth: int) -> Node | None:
        match self.source[self.at : self.at + 1]:
            case '"':
                return self._string()
            case "[":
                return self._list(depth)
            case "{":
                return self._map(depth)
            case "<":
                return self._heredoc()
            case _:
                return None

    def _list(self, depth: int) -> Sequence | None:
        node = Sequence(self._line())
        self.at += 1
        while self._skip(_BLANK) != "]":
            if _NAME.match(self.source, self.at) and self.source.startswith("for ", self.at):
                return None
            node.items.append(self._expression(depth + 1))
            if self._skip(_BLANK) == ",":
                self.at += 1
            elif self._skip(_BLANK) != "]":
                raise self.error("a ',' or ']' is missing")
        self.at += 1
        return node

    def _map(self, depth: int) -> Mapping | None:
        node = Mapping(self._line())
        self.at += 1
        while (char := self._skip(_BLANK)) != "}":
            if char == "(" or self.source.startswith("for ", self.at):
                return None
            name = self._string().value if char == '"' else self._name()
            if self._skip(_SPACE) not in ("=", ":"):
                raise self.error("a '=' is missing")
            self.at += 1
            node.fields[name] = self._expression(depth + 1)
            if self._skip(_BLANK) == ",":
                self.at += 1
        self.at += 1
        return node

    def _heredoc(self) -> Scalar | None:
        found = _HEREDOC.match(self.source, self.at)
        if found is None:
            return None
        start, line = self.at, self._line()
        ends = re.compile(rf"^[ \t]*{found[1]}[ \t\r]*$", re.MULTILINE).search(self.source, found.end())
        if ends is None:
            raise self.error(f"a heredoc has no end {found[1][:100]!r}")
        self.at = ends.end()
        text = self.source[found.end() : ends.start()]
        return Scalar(text, self.source, start, self.at, line, self._line(), "=")

    def _string(self) -> Scalar:
        start, line = self.at, self._line()
        self._pass_string()
        inner = self.source[start + 1 : self.at - 1]
        return Scalar(_ESCAPED.sub(_unescape, inner), self.source, start, self.at, line, line, '"')

    def _pass_string(self) -> None:
        """Go behind a text in quotes; `${…}` may hold others. Each level is the quote or brace it ends with."""
        levels = ['"']
        self.at += 1
        while levels:
            check_depth(len(levels), self._line())
            if found := _INSIDE.match(self.source, self.at):
                self.at = found.end()
            char = self.source[self.at : self.at + 1]
            if not char or (char == "\n" and levels[-1] == '"'):
                raise self.error("a text does not end")
            self.at += self._step(levels, char)

    def _step(self, levels: list[str], char: str) -> int:
        """Take in one character that matters, and say how many it was."""
        in_text = levels[-1] == '"'
        if char == "\\":
            return 2
        if in_text and self.source.startswith(("$${", "%%{"), self.at):
            return 3
        if in_text and self.source.startswith(("${", "%{"), self.at):
            levels.append("}")
            return 2
        if char == levels[-1]:
            levels.pop()
        elif not in_text and char in ('"', "{"):
            levels.append('"' if char == '"' else "}")
        return 1

    def _opaque(self, start: int) -> Scalar:
        """Take everything up to the end of the expression for one text that would have to be computed."""
        self.at = start
        line, open_ = self._line(), list[str]()
        while char := self._skip(_SPACE):
            if char == '"':
                self._pass_string()
                continue
            if not open_ and char in "\n,]})":
                break
            if char in _CLOSING:
                open_.append(_CLOSING[char])
                check_depth(len(open_), line)
            elif open_ and char == open_[-1]:
                open_.pop()
            self.at += 1
        # What an expression holds is read once more with the one around it.
        self.budget.spend((self.at - start) // 10, line)
        text = self.source[start : self.at].strip()
        if not text or open_:
            raise self.error("a value is missing, or does not end")
        if re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?|true|false|null", text):
            return Scalar(text, self.source, start, start + len(text), line, line)
        return Scalar(f"${{{text}}}", self.source, start, self.at, line, line, "=")


def _unescape(found: re.Match[str]) -> str:
    code = found[0][1:]
    if code in _ESCAPES:
        return _ESCAPES[code]
    number = int(code[1:], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number < 0x110000 else "\ufffd"
