"""Read typed values from the tree of a repository file, noting each problem on its line and going on."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from bot.inspection import Location
from bot.policy import tree
from bot.policy.gate import PolicyProblem
from bot.policy.tree import Listing, Node, Scalar

T = TypeVar("T")
MOST_PROBLEMS = 20
SHOWN = 60
_NUMBER = re.compile(r"[0-9]{1,6}(?:\.[0-9]{1,6})?")


@dataclass(slots=True)
class Problems:
    """What is wrong with one file, in the order of its lines."""

    path: str
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, line: int, message: str) -> None:
        """Note one."""
        self.found.append((line, message))

    def all(self) -> tuple[PolicyProblem, ...]:
        """The first of them; the last says how many more there are."""
        found = sorted(self.found)
        more = len(found) - MOST_PROBLEMS
        if more > 0:
            line = found[MOST_PROBLEMS - 1][0]
            found = [*found[: MOST_PROBLEMS - 1], (line, f"{more + 1} more problems from here on")]
        return tuple(PolicyProblem(Location(self.path, line, line), message) for line, message in found)


def shown(text: str) -> str:
    """Quote what a person wrote, shortened."""
    return repr(text if len(text) <= SHOWN else text[:SHOWN] + "…")


class Section:
    """One mapping of the file: known keys are taken from it, what is left is unknown."""

    def __init__(self, node: Node, place: str, keys: Iterable[str], problems: Problems) -> None:
        self._place = place
        self._problems = problems
        self._values: dict[str, Node] = {}
        self.line = node.line
        if isinstance(node, tree.Mapping):
            self._take(node, list(keys))
        else:
            problems.add(
                node.line, f"{place or 'the file'} must be a mapping with the keys {', '.join(keys)}"
            )

    def _take(self, node: tree.Mapping, keys: list[str]) -> None:
        lines: dict[str, int] = {}
        for key, value in node.entries:
            if key.text in lines:
                self._problems.add(
                    key.line, f"the key {shown(key.text)} stands in line {lines[key.text]} already"
                )
            elif key.text in keys:
                self._values[key.text] = value
            else:
                where = f" in {self._place}" if self._place else ""
                self._problems.add(key.line, f"unknown key {shown(key.text)}{where}{nearest(key.text, keys)}")
            lines.setdefault(key.text, key.line)

    def node(self, key: str) -> Node | None:
        """The value of a key, if it is there."""
        return self._values.get(key)

    def read(self, key: str, reader: Callable[["Value"], T], default: T) -> T:
        """Read the value of a key; the default when it is missing, or a problem that is noted."""
        node = self._values.get(key)
        if node is None:
            return default
        place = f"{self._place}.{key}" if self._place else key
        return Value(node, place, self._problems).read(reader, default)


@dataclass(frozen=True, slots=True)
class Value:
    """One value, and what a person calls it."""

    node: Node
    place: str
    problems: Problems

    def read(self, reader: Callable[["Value"], T], default: T) -> T:
        """Read it; a reader raises ValueError with what is allowed."""
        try:
            return reader(self)
        except ValueError as exc:
            said = f", not {shown(self.node.text)}" if isinstance(self.node, Scalar) else ""
            self.problems.add(self.node.line, f"{self.place} {exc}{said}")
            return default

    def items(self) -> Iterator["Value"]:
        """The members of a list; raises ValueError when it is none."""
        if not isinstance(self.node, Listing):
            raise ValueError("must be a list")
        return (Value(node, self.place, self.problems) for node in self.node.items)

    def text(self) -> str:
        """The text of a single value that people can read; raises ValueError when it is none."""
        if not isinstance(self.node, Scalar) or (self.node.plain and not self.node.text):
            raise ValueError("must be a single value")
        if not self.node.text.isprintable():
            raise ValueError("must be one line of text without control characters")
        return self.node.text

    def one_of(self, known: Mapping[str, T]) -> T:
        """What one of these words means; raises ValueError when it is none of them."""
        text = self.text().lower()
        if text not in known:
            raise ValueError(f"must be one of {', '.join(known)}")
        return known[text]

    def flag(self) -> bool:
        """A boolean; raises ValueError when it is none."""
        word = self._unquoted().lower()
        if word not in ("true", "false"):
            raise ValueError("must be true or false")
        return word == "true"

    def number(self, most: int) -> float:
        """A number from 0 to `most`; raises ValueError when it is none."""
        text = self._unquoted()
        if not _NUMBER.fullmatch(text) or float(text) > most:
            raise ValueError(f"must be a number from 0 to {most}")
        return float(text)

    def _unquoted(self) -> str:
        """The text of a number or a boolean; empty when it is none."""
        return self.node.text if isinstance(self.node, Scalar) and self.node.plain else ""


def nearest(word: str, known: Iterable[str]) -> str:
    """What a person may have meant, else what there is."""
    known = list(known)
    plain = word[:SHOWN].lower().replace("_", "-")
    found = difflib.get_close_matches(plain, known, n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else f"; the keys are {', '.join(known)}"
