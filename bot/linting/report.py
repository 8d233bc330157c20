"""What hadolint says, read strictly, and the text it is given: it stumbles over documents inside a Dockerfile.

hadolint gives up on the whole file (DL1000) when anything but a blank line follows a document, and at `<<-`.
Follows https://github.com/hadolint/hadolint, `-f json`.
"""

import json
import re
from bisect import bisect_left
from dataclasses import dataclass

from bot.dockerfile.model import Dockerfile, Instruction

MAX_REPORTS = 5_000
MAX_MESSAGE = 1_000
UNREAD = "DL1000"
_CODE = re.compile(r"(DL|SC)[0-9]{4}")
_LEVELS = frozenset({"error", "warning", "info", "style", "ignore"})


@dataclass(frozen=True, slots=True)
class Report:
    """One line of hadolint's."""

    code: str
    level: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Prepared:
    """A Dockerfile as hadolint can read it."""

    text: str
    added: tuple[int, ...] = ()
    """Numbers, in this text, of the lines that are not in the file, in order."""

    def line(self, number: int) -> int:
        """The line of the file that a line of this text is; of an added one, the line before."""
        return max(1, number - bisect_left(self.added, number + 1))


class NoReport(ValueError):
    """What came back is no report of hadolint's."""


def prepare(dockerfile: Dockerfile) -> Prepared:
    """End every document with a blank line, and take the tabs before its lines away."""
    source = dockerfile.text
    parts: list[str] = []
    added: list[int] = []
    at = 0
    for instruction in dockerfile.instructions:
        if not instruction.heredocs:
            continue
        parts += [source[at : instruction.span[0]], _untabbed(instruction, source)]
        at = instruction.span[1]
        rest = source[at : at + 4].lstrip("\r")
        if rest.startswith("\n") and not rest[1:].lstrip("\r").startswith("\n"):
            end = source.index("\n", at) + 1
            parts.append(source[at:end] + "\n")
            at = end
            added.append(instruction.end_line + 1 + len(added))
    parts.append(source[at:])
    return Prepared("".join(parts), tuple(added))


def _untabbed(instruction: Instruction, source: str) -> str:
    """The instruction with `<<` for `<<-`, and its documents without the tabs that this leaves out."""
    start, end = instruction.span
    if not any(document.strip_tabs for document in instruction.heredocs):
        return source[start:end]
    parts = [source[start : instruction.heredocs[0].span[0]].replace("<<-", "<<")]
    for index, document in enumerate(instruction.heredocs):
        last = index + 1 == len(instruction.heredocs)
        stop = end if last else instruction.heredocs[index + 1].span[0]
        delimiter = source[document.span[1] : stop]
        parts += [document.text, delimiter.lstrip("\t") if document.strip_tabs else delimiter]
    return "".join(parts)


def read_reports(output: bytes) -> tuple[Report, ...]:
    """Read hadolint's JSON, raising NoReport for anything else."""
    try:
        items = json.loads(output)
    except (ValueError, RecursionError) as exc:
        raise NoReport("its answer is not JSON") from exc
    if not isinstance(items, list) or len(items) > MAX_REPORTS:
        raise NoReport(f"its answer is no list of at most {MAX_REPORTS:,} reports")
    return tuple(map(_report, items))


def _report(item: object) -> Report:
    if not isinstance(item, dict):
        raise NoReport("one of its reports is no object")
    code, level, line, message = (item.get(key) for key in ("code", "level", "line", "message"))
    if not (isinstance(code, str) and _CODE.fullmatch(code) and level in _LEVELS):
        raise NoReport("one of its reports has no code or level that hadolint uses")
    if not (isinstance(line, int) and not isinstance(line, bool) and 0 < line < 10_000_000):
        raise NoReport("one of its reports has no line")
    if not isinstance(message, str):
        raise NoReport("one of its reports has no message")
    return Report(code, str(level), line, message[:MAX_MESSAGE].encode("utf-8", "replace").decode())
