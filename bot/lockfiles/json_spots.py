"""Read JSON with the lines of chosen maps and lists; what lies below is decoded at once, which is what takes no time.

Follows https://www.rfc-editor.org/rfc/rfc8259.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.spots import Spot

MAX_DEPTH = 60
_DECODER = json.JSONDecoder(strict=False)
_SPACE = re.compile(r"[ \t\n]*")
Opens = Callable[[tuple[str, ...]], bool]
"""Whether the members of the map or list at this path get lines of their own; items of a list count as `[]`."""


def read_json(source: str, opens: Opens, nested: str = "") -> Spot:
    """Read one document; raises LockfileError.

    A map that is not opened is plain, but for its member `nested`, if that one is.
    """
    reader = _Reader(source, opens, nested)
    try:
        spot = reader.value(())
    except json.JSONDecodeError as exc:
        raise LockfileError(f"it is not JSON: {exc.msg}", exc.lineno) from None
    except ValueError:
        raise reader.error("it holds a number too large to be one") from None
    except RecursionError:
        raise reader.error("it is nested too deep") from None
    if reader.char():
        raise reader.error("it is not JSON: there is something behind its end")
    return spot


def read_plain_json(source: str | None) -> object:
    """The value of a file beside the lockfile; None when it is not there or no JSON."""
    try:
        return None if source is None else json.loads(source)
    except (ValueError, RecursionError):
        return None


@dataclass(slots=True)
class _Reader:
    source: str
    opens: Opens
    nested: str = ""
    at: int = 0
    line: int = 1

    def error(self, reason: str) -> LockfileError:
        return LockfileError(reason, self.line)

    def char(self) -> str:
        """The next character that is no white space, which is skipped."""
        found = _SPACE.match(self.source, self.at)
        if found is not None:
            self._go(found.end())
        return self.source[self.at : self.at + 1]

    def _go(self, end: int) -> None:
        self.line += self.source.count("\n", self.at, end)
        self.at = end

    def value(self, path: tuple[str, ...]) -> Spot:
        if len(path) > MAX_DEPTH:
            raise self.error("it is nested too deep")
        char, line = self.char(), self.line
        value: Any
        if char == "{" and self.opens(path):
            value = self._map(path)
        elif char == "[" and self.opens(path):
            value = self._list(path)
        else:
            at = self.at
            value = self._plain()
            if self._has_nested(value, path):
                self.at, self.line = at, line
                value[self.nested] = self._map(path)[self.nested].value
        return Spot(value, line, self.line)

    def _has_nested(self, value: Any, path: tuple[str, ...]) -> bool:
        if not self.nested or not isinstance(value, dict):
            return False
        return isinstance(value.get(self.nested), dict) and self.opens((*path, self.nested))

    def _plain(self) -> object:
        value, end = _DECODER.raw_decode(self.source, self.at)
        self._go(end)
        return value

    def _map(self, path: tuple[str, ...]) -> dict[str, Spot]:
        members: dict[str, Spot] = {}
        self.at += 1
        while (char := self.char()) != "}":
            line = self.line
            name = self._plain() if char == '"' else None
            if not isinstance(name, str) or self.char() != ":":
                raise self.error("it is not JSON: a name in quotes and a ':' are missing")
            self.at += 1
            spot = self.value((*path, name))
            spot.line = line
            members[name] = spot
            self._comma("}")
        self.at += 1
        return members

    def _list(self, path: tuple[str, ...]) -> list[Spot]:
        items: list[Spot] = []
        self.at += 1
        while self.char() != "]":
            items.append(self.value((*path, "[]")))
            self._comma("]")
        self.at += 1
        return items

    def _comma(self, end: str) -> None:
        char = self.char()
        if char == ",":
            self.at += 1
        elif char != end:
            raise self.error(f"it is not JSON: a ',' or '{end}' is missing")
