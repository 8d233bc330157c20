"""Match paths against the patterns of COPY and of `.dockerignore`: Go's filepath.Match, and `**`.

Follows https://pkg.go.dev/path/filepath#Match and https://docs.docker.com/build/concepts/context/#syntax. All ways a
pattern can match are followed side by side, so none takes more steps than its length times that of the path.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

from bot.dockerfile.errors import BeyondLimits

MAX_PATTERN = 1_000
MAX_WORK = 1_000_000
"""Steps: about three seconds."""


class BadPattern(ValueError):
    """A pattern that Docker refuses."""


@dataclass(slots=True)
class Work:
    """How many steps may still be taken by all patterns that share it."""

    left: int = field(default_factory=lambda: MAX_WORK)

    def spend(self, steps: int) -> None:
        """Take steps off, or raise BeyondLimits."""
        self.left -= steps
        if self.left < 0:
            raise BeyondLimits("comparing the files of the build context takes too much work")


class _Kind(Enum):
    TEXT = auto()
    ONE = auto()
    """`?` or a class: one character that is no slash."""
    MANY = auto()
    """`*`: any number of characters that are no slash."""
    ENTRY = auto()
    """Before `**/`: go into folders, or pass both by."""
    FOLDERS = auto()
    """`**/`: anything up to a slash."""
    REST = auto()
    """`**` at the end: anything."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str = ""
    ranges: tuple[tuple[str, str], ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern for whole paths, which have no leading slash."""

    text: str
    plain: str
    """What it begins with, all of it where it has no wild card."""
    tokens: tuple[_Token, ...] = field(repr=False, compare=False)
    """What follows that."""

    @classmethod
    def parse(cls, text: str) -> "Pattern":
        """Read a pattern; raises BadPattern."""
        if len(text) > MAX_PATTERN:
            raise BadPattern(f"a pattern has more than {MAX_PATTERN} characters")
        tokens = tuple(_tokens(text))
        wild = next((at for at, token in enumerate(tokens) if token.kind is not _Kind.TEXT), len(tokens))
        return cls(text, "".join(token.text for token in tokens[:wild]), tokens[wild:])

    def matches(self, path: str, work: Work) -> bool:
        """Whether the whole path matches."""
        work.spend(1)
        if not path.startswith(self.plain):
            return False
        active = self._opened({0})
        for char in path[len(self.plain) :]:
            work.spend(len(active))
            active = self._opened({to for at in active for to in self._after(at, char)})
            if not active:
                return False
        return len(self.tokens) in active

    def matches_or_holds(self, path: str, work: Work) -> bool:
        """Whether the path, or a folder it lies in, matches."""
        return any(self.matches(each, work) for each in places(path))

    def _after(self, at: int, char: str) -> Iterator[int]:
        """Where a character leads from one place in the pattern."""
        if at == len(self.tokens):
            return
        token = self.tokens[at]
        match token.kind:
            case _Kind.TEXT:
                if char == token.text:
                    yield at + 1
            case _Kind.ONE:
                inside = any(low <= char <= high for low, high in token.ranges)
                if char != "/" and inside != token.negated:
                    yield at + 1
            case _Kind.MANY:
                if char != "/":
                    yield at
            case _Kind.FOLDERS:
                yield at
                if char == "/":
                    yield at + 1
            case _Kind.REST:
                yield at
            case _Kind.ENTRY:
                return

    def _opened(self, active: set[int]) -> set[int]:
        """Add the places that are reached without a character."""
        waiting = list(active)
        while waiting:
            at = waiting.pop()
            kind = self.tokens[at].kind if at < len(self.tokens) else None
            steps = (1, 2) if kind is _Kind.ENTRY else (1,) if kind in (_Kind.MANY, _Kind.REST) else ()
            for step in steps:
                if at + step not in active:
                    active.add(at + step)
                    waiting.append(at + step)
        return active


def places(path: str) -> Iterator[str]:
    """`a/b/c` → `a`, `a/b`, `a/b/c`."""
    at = path.find("/")
    while at >= 0:
        yield path[:at]
        at = path.find("/", at + 1)
    yield path


def _tokens(text: str) -> Iterator[_Token]:
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            stars = 1
            while text[at : at + 1] == "*":
                at, stars = at + 1, stars + 1
            if stars == 1:
                yield _Token(_Kind.MANY)
            else:
                at += text[at : at + 1] == "/"
                if at == len(text):
                    yield _Token(_Kind.REST)
                else:
                    yield _Token(_Kind.ENTRY)
                    yield _Token(_Kind.FOLDERS)
        elif char == "?":
            yield _Token(_Kind.ONE, negated=True)
        elif char == "[":
            token, at = _class(text, at)
            yield token
        elif char == "\\":
            if at == len(text):
                raise BadPattern(f"{text[:100]!r} ends with a backslash")
            yield _Token(_Kind.TEXT, text[at])
            at += 1
        else:
            yield _Token(_Kind.TEXT, char)


def _class(text: str, at: int) -> tuple[_Token, int]:
    """`a-z]` behind the bracket → the class, and where it ends."""
    ranges: list[tuple[str, str]] = []
    start, negated = at, text[at : at + 1] == "^"
    at += negated
    while True:
        if text[at : at + 1] == "]" and ranges:
            return _Token(_Kind.ONE, ranges=tuple(ranges), negated=negated), at + 1
        low, at = _member(text, at, start)
        high = low
        if text[at : at + 1] == "-":
            high, at = _member(text, at + 1, start)
        ranges.append((low, high))


def _member(text: str, at: int, start: int) -> tuple[str, int]:
    char = text[at : at + 1]
    if char == "\\":
        at += 1
        char = text[at : at + 1]
    elif char in ("-", "]"):
        char = ""
    if not char:
        raise BadPattern(f"{text[start - 1 : start + 99]!r} is no class of characters")
    return char, at + 1
