"""Expand variables in a word as BuildKit does: `$x`, `${x:-w}`, `${x%p}`, `${x/a/b}`, quotes, escapes.

Follows https://docs.docker.com/reference/dockerfile/#environment-replacement; bounded in size and work.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.globs import Glob
from bot.dockerfile.traced import NOTHING, Traced

MAX_LENGTH = 65_536
MAX_DEPTH = 50
_SPECIAL_NAMES = "@*#?-$!"
_PLAIN = {escape: re.compile(rf"[^'\"$}}/{re.escape(escape)}]+") for escape in ("\\", "`")}


@dataclass(slots=True)
class Budget:
    """How many characters may still be looked at, over all words that share it."""

    left: int = 20_000_000

    def spend(self, work: int) -> None:
        """Take work off, or raise DockerfileError when there is too little left."""
        self.left -= work
        if self.left < 0:
            raise DockerfileError("expanding the variables takes too much work")


@dataclass(slots=True)
class Expanded:
    """An expanded word, and the names that its text depends on."""

    word: Traced = NOTHING
    used: list[str] = field(default_factory=list)
    unset: list[str] = field(default_factory=list)
    """Names without a value that were used as if they had one, and so left the empty text."""


def expand(word: str, env: Mapping[str, str], escape: str = "\\") -> str:
    """Expand a word. An unset variable is empty; raises DockerfileError for bad syntax and `${x?}`.

    At most 65,536 characters come out, and `${` nests at most 50 deep.
    """
    if escape not in _PLAIN:
        raise DockerfileError("the escape token must be ` or \\")
    values = {name: Traced.foreign(value) for name, value in env.items()} if "$" in word else {}
    return expand_traced(Traced.foreign(word), values, escape, Budget()).word.text


def expand_traced(word: Traced, env: Mapping[str, Traced], escape: str, budget: Budget) -> Expanded:
    """Expand a word, keeping for every character where in the file it was written."""
    expansion = _Expansion(word, env, escape, budget)
    try:
        expansion.result.word = expansion.until("", raw=False)
    except ValueError as exc:
        raise DockerfileError(f"cannot expand {word.text[:100]!r}: {exc}") from None
    return expansion.result


class _Expansion:
    """One walk over a word. `raw` keeps escapes for the pattern that is read."""

    def __init__(self, word: Traced, env: Mapping[str, Traced], escape: str, budget: Budget) -> None:
        self.word = word
        self.text = word.text
        self.at = 0
        self.depth = 0
        self.env = env
        self.escape = escape
        self.plain = _PLAIN[escape]
        self.budget = budget
        self.result = Expanded()

    def until(self, stop: str, *, raw: bool) -> Traced:
        """Read up to the stop character, or to the end when it is empty."""
        parts: list[Traced] = []
        size = 0
        while self.at < len(self.text):
            if self.text[self.at] == stop:
                self.at += 1
                return Traced.join(parts)
            parts.append(self._part(raw))
            size += len(parts[-1])
            self.budget.spend(len(parts[-1]) + 1)
            if size > MAX_LENGTH:
                raise ValueError(f"it grows beyond {MAX_LENGTH} characters")
        if stop:
            raise ValueError(f"missing {stop!r}")
        return Traced.join(parts)

    def _part(self, raw: bool) -> Traced:
        match self.text[self.at]:
            case "'":
                return self._single_quoted()
            case '"':
                return self._double_quoted(raw)
            case "$":
                return self._variable()
            case self.escape:
                return self._escaped(raw)
            case _:
                found = self.plain.match(self.text, self.at)
                return self._take(len(found[0]) if found else 1)

    def _take(self, length: int) -> Traced:
        self.at += length
        return self.word[self.at - length : self.at]

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _escaped(self, raw: bool) -> Traced:
        taken = self._take(min(2, len(self.text) - self.at))
        return taken if raw else taken[1:]

    def _single_quoted(self) -> Traced:
        end = self.text.find("'", self.at + 1)
        if end < 0:
            raise ValueError("missing a closing single quote")
        return self._take(end + 1 - self.at)[1:-1]

    def _double_quoted(self, raw: bool) -> Traced:
        self.at += 1
        parts: list[Traced] = []
        while (char := self._peek()) != '"':
            if not char:
                raise ValueError("missing a closing double quote")
            if char == "$":
                parts.append(self._variable())
            elif char == self.escape:
                parts.append(self._escaped_in_quotes(raw))
            else:
                found = self.plain.match(self.text, self.at)
                parts.append(self._take(len(found[0]) if found else 1))
            self.budget.spend(len(parts[-1]) + 1)
        self.at += 1
        return Traced.join(parts)

    def _escaped_in_quotes(self, raw: bool) -> Traced:
        """Only a double quote, `$` and the escape token can be escaped; else the token stands for itself."""
        follows = self.text[self.at + 1 : self.at + 2]
        if follows and follows in ('"', "$", self.escape):
            taken = self._take(2)
            return taken if raw else taken[1:]
        taken = self._take(1)
        return Traced.join([taken, taken]) if raw else taken

    def _variable(self) -> Traced:
        dollar = self._take(1)
        if self._peek() != "{":
            name = self._name()
            return self._value(name) if name else dollar
        self.at += 1
        if self._peek() in ("", "{", "}", ":"):
            raise ValueError("bad substitution" if self._peek() else "missing '}'")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ValueError(f"substitutions are nested more than {MAX_DEPTH} deep")
        value = self._braced(self._name())
        self.depth -= 1
        return value

    def _name(self) -> str:
        start = self.at
        first = self._peek()
        if first and first in _SPECIAL_NAMES:
            self.at += 1
        elif first.isdecimal():
            while self._peek().isdecimal():
                self.at += 1
        else:
            while (char := self._peek()) and (char == "_" or char.isalpha() or char.isdecimal()):
                self.at += 1
        return self.text[start : self.at]

    def _value(self, name: str) -> Traced:
        self.result.used.append(name)
        value = self.env.get(name)
        if value is None:
            self.result.unset.append(name)
        return value or NOTHING

    def _braced(self, name: str) -> Traced:
        operator = self._take(1).text
        match operator:
            case "}":
                return self._value(name)
            case "/":
                return self._substituted(name)
            case ":":
                return self._modified(name, self._take(1).text, empty_is_unset=True)
            case "":
                raise ValueError("missing '}'")
            case _:
                return self._modified(name, operator, empty_is_unset=False)

    def _modified(self, name: str, operator: str, *, empty_is_unset: bool) -> Traced:
        if not operator or operator not in "-+?#%":
            raise ValueError(f"unsupported modifier ({operator}) in a substitution")
        before = len(self.result.used), len(self.result.unset)
        word = self.until("}", raw=operator in "#%")
        if operator in "#%":
            return self._trimmed(name, operator, word.text)
        value = self.env.get(name)
        present = value is not None and not (empty_is_unset and not value.text)
        if operator == "?" and not present:
            raise ValueError(f"{name}: {word.text or 'is not allowed to be empty or unset'}")
        takes_word = (operator == "-") != present
        if operator == "?" or not takes_word:
            # What the discarded word used does not matter.
            del self.result.used[before[0] :], self.result.unset[before[1] :]
        self.result.used.append(name)
        if operator == "+":
            return word if present else NOTHING
        return value if present and value is not None else word

    def _trimmed(self, name: str, operator: str, pattern: str) -> Traced:
        value = self._value(name)
        longest = pattern.startswith(operator)
        pattern = pattern[1:] if longest else pattern
        self.budget.spend(len(value) * (len(pattern) + 1))
        glob = Glob.parse(pattern)
        if operator == "#":
            length = glob.prefix(value.text, longest=longest)
            return value[length or 0 :]
        length = glob.suffix(value.text, longest=longest)
        return value[: len(value) - (length or 0)]

    def _substituted(self, name: str) -> Traced:
        everywhere = self._peek() == "/"
        self.at += everywhere
        pattern = self.until("/", raw=True).text
        replacement = self.until("}", raw=True)
        value = self._value(name)
        self.budget.spend(len(value) * (len(pattern) + 1))
        parts, done = [], 0
        size = len(value)
        for start, end in Glob.parse(pattern).find_all(value.text):
            parts += [value[done:start], replacement]
            done, size = end, size + len(replacement)
            if size > MAX_LENGTH:
                raise ValueError(f"it grows beyond {MAX_LENGTH} characters")
            if not everywhere:
                break
        return Traced.join([*parts, value[done:]])
