"""Comments that excuse findings: `# plimsoll ignore=root-user,sudo the runner needs it` before an instruction.

`# hadolint ignore=DL3008 because …` is heard too, for hadolint's own ids and where a reason follows.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.dockerfile.model import Dockerfile, Instruction

#: Bounded, and without two quantifiers that could share a character.
_PRAGMA = re.compile(
    r"[ \t]*#[ \t]*(plimsoll|hadolint)[ \t]+(?:global[ \t]+)?ignore[ \t]*=(.*)", re.IGNORECASE
)
_GLOBAL = re.compile(r"[ \t]*#[ \t]*hadolint[ \t]+global[ \t]", re.IGNORECASE)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")
_LETTERS = re.compile(r"[^\W\d_]{2}")
_FOREIGN = re.compile(r"(?:DL|SC)[0-9]{4}", re.IGNORECASE)
_LONGEST_LINE = 2_000
MAX_PRAGMAS = 200
"""Comments that are heard in one file."""


@dataclass(frozen=True, slots=True)
class Pragma:
    """One comment, the instruction it stands before, and what is wrong with it, if anything is."""

    line: int
    first: int
    """The first line of the instruction."""
    last: int
    ids: tuple[str, ...]
    reason: str
    problem: str = ""
    own: bool = True
    """It speaks to this linter, not to hadolint."""

    def excuses(self, ids: Collection[str], line: int) -> bool:
        """Whether it speaks of a finding with one of these names on this line."""
        return not self.problem and self.first <= line <= self.last and not set(self.ids).isdisjoint(ids)


def read_pragmas(dockerfile: Dockerfile, known: Collection[str]) -> list[Pragma]:
    """Read the comments before instructions, each up to the instruction before."""
    lines = dockerfile.text.split("\n")
    found: list[Pragma] = []
    above = 0
    for instruction in dockerfile.instructions:
        for line in range(above + 1, instruction.start_line):
            text = lines[line - 1].strip("\ufeff \t\r")
            if text.startswith("#") and (pragma := _pragma(text, line, instruction, known)) is not None:
                if len(found) == MAX_PRAGMAS:
                    more = f"it is one of more than {MAX_PRAGMAS} such comments, and no more are heard"
                    return [*found, replace(pragma, problem=more)]
                found.append(pragma)
        above = instruction.end_line
    return found


def _pragma(text: str, line: int, instruction: Instruction, known: Collection[str]) -> Pragma | None:
    found = _PRAGMA.fullmatch(text[:_LONGEST_LINE])
    if found is None:
        return None
    own = found[1].lower() == "plimsoll"
    ids, reason = _split(found[2])
    # hadolint's ids are written in capitals, ours are not.
    ids = tuple(name.upper() if _FOREIGN.fullmatch(name) else name.lower() for name in ids)
    names = ids if own else tuple(name for name in ids if _FOREIGN.fullmatch(name))
    problem = _problem(names, reason, known)
    if _GLOBAL.match(text):
        problem = "it is meant for the whole file, and only the next instruction may be excused"
    lines = instruction.start_line, instruction.end_line
    return Pragma(line, *lines, names, reason, problem, own)


def _split(text: str) -> tuple[tuple[str, ...], str]:
    """` DL3008, DL3015 # pinned below` → (`DL3008`, `DL3015`), `pinned below`."""
    ids: list[str] = []
    rest = text.strip()
    while found := _ID.match(rest):
        ids.append(found[0])
        rest = rest[found.end() :].lstrip(" \t")
        if not rest.startswith(","):
            break
        rest = rest[1:].lstrip(" \t")
    return tuple(ids), rest.strip(" \t\r#:-–—")


def _problem(names: tuple[str, ...], reason: str, known: Collection[str]) -> str:
    """Why a comment excuses nothing, if so."""
    if not names:
        return "it names no rule"
    for name in names:
        if name not in known and not _FOREIGN.fullmatch(name):
            return f"there is no rule {name}"
    return "" if _LETTERS.search(reason) else "it gives no reason"
