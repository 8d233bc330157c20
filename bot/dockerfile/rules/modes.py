"""Which permissions instructions give: `chmod`, `install -m`, `mkdir -m`, `COPY --chmod`."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.dockerfile.calls import Call
from bot.dockerfile.rules.facts import Facts, Step
from bot.dockerfile.rules.reading import program

_OCTAL = re.compile(r"[0-7]{1,5}")
_CLAUSE = re.compile(r"([ugoa]*)([+=])([rwxXst]*)")
_SYSTEM = frozenset("bin boot dev etc lib lib32 lib64 opt root sbin usr var".split())
_SHARED = ("/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run", "/var/lock")  # noqa: S108


@dataclass(frozen=True, slots=True)
class Mode:
    """Permissions that one call or flag gives to some paths."""

    step: Step
    text: str
    """As written."""
    paths: tuple[str, ...]
    lines: tuple[int, int]

    @property
    def world_writable(self) -> bool:
        """Whether anybody may write, without the bit that keeps others' files safe in a shared folder."""
        if _OCTAL.fullmatch(self.text):
            value = int(self.text, 8)
            return bool(value & 0o002) and not value & 0o1000
        return any(
            "w" in rights and ("o" in who or "a" in who) and "t" not in rights
            for who, _, rights in self._clauses()
        )

    @property
    def set_user_id(self) -> bool:
        """Whether what runs then runs as its owner."""
        if _OCTAL.fullmatch(self.text):
            return bool(int(self.text, 8) & 0o4000)
        return any(
            "s" in rights and (not who or "u" in who or "a" in who) for who, _, rights in self._clauses()
        )

    @property
    def set_group_id(self) -> bool:
        """Whether what runs then runs as its group; of a folder, that new files belong to it."""
        if _OCTAL.fullmatch(self.text):
            return bool(int(self.text, 8) & 0o2000)
        return any(
            "s" in rights and (not who or "g" in who or "a" in who) for who, _, rights in self._clauses()
        )

    @property
    def on_system_path(self) -> bool:
        """Whether one of the paths belongs to the system, or is everything."""
        return any(map(_is_system, self.paths))

    def _clauses(self) -> Iterator[tuple[str, str, str]]:
        for clause in self.text.split(",")[:20]:
            if found := _CLAUSE.fullmatch(clause):
                yield found[1], found[2], found[3]


def modes(facts: Facts) -> Iterator[Mode]:
    """List the permissions that the instructions give, in file order."""
    for step in facts.of("COPY", "ADD"):
        if (flag := step.instruction.flag("chmod")) and step.words:
            yield Mode(step, flag, (step.words[-1] or step.instruction.args[-1],), step.lines)
    for step in facts.runs():
        for call in step.calls:
            yield from _of_call(step, call)


def _of_call(step: Step, call: Call) -> Iterator[Mode]:
    words = list(call.words)
    name = program(words)
    if name == "find" and "chmod" in words:
        # `find / … -exec chmod 777 {} +`: the paths are where it looks.
        at = words.index("chmod")
        paths = [word for word in words[1:at] if word.startswith(("/", "."))][:1]
        words, name = [*words[at:][: _end(words[at:])], *paths], "chmod"
    lines = call.line, call.line
    if name == "chmod":
        plain = [word for word in words[1:] if not re.fullmatch(r"-[RvcfHLP]+|--[a-z-]+(=.*)?", word)]
        if plain:
            yield Mode(step, plain[0], tuple(plain[1:]), lines)
    elif name in ("install", "mkdir"):
        for index, word in enumerate(words[1:], 1):
            mode = word[7:] if word.startswith("--mode=") else word[2:] if word.startswith("-m") else ""
            if word in ("-m", "--mode"):
                mode = next(iter(words[index + 1 : index + 2]), "")
            if mode:
                yield Mode(step, mode, tuple(words[-1:]), lines)


def _end(words: list[str]) -> int:
    return next((index for index, word in enumerate(words) if word in ("{}", "+", ";", "\\;")), len(words))


def _is_system(path: str) -> bool:
    whole = posixpath.normpath("/" + path.strip("'\"").lstrip("/")) if path.startswith("/") else ""
    if not whole or whole.startswith(_SHARED):
        return False
    first = whole.split("/")[1]
    return not first or first == "*" or first in _SYSTEM
