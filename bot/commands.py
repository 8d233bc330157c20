"""Commands in pull request comments: one a line, at the start of the line, such as `/rescan --fresh`.

Code blocks, quotes and HTML comments are skipped, so quoting a command does not run it. A line that starts with a
slash but names none of our commands is somebody else's, unless it is close to one of ours.
"""

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum


class Verb(StrEnum):
    """What can be asked for."""

    RESCAN = "rescan"
    HELP = "help"


OPTIONS: dict[Verb, frozenset[str]] = {Verb.RESCAN: frozenset({"--fresh"}), Verb.HELP: frozenset()}


@dataclass(frozen=True, slots=True)
class Command:
    """One command with its options."""

    verb: Verb
    options: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A line that was meant for us but cannot be carried out. `nearest` is the closest thing that can."""

    written: str
    nearest: str


MAX_COMMANDS = 10
MAX_WRITTEN = 60
LINE = re.compile(r"/([a-z][a-z-]{0,30})(?:[ \t]+([^\r\n]{0,200}))?[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def parse_commands(body: str) -> list[Command | Misunderstood]:
    """Read the commands of a comment, in order; at most ten."""
    found = (_parse_line(line) for line in _spoken_lines(body))
    return [command for command in found if command is not None][:MAX_COMMANDS]


def _spoken_lines(body: str) -> list[str]:
    """Lines outside code fences, indented code, quotes and HTML comments."""
    spoken: list[str] = []
    fence = ""
    for line in _without_html_comments(body).splitlines():
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        elif line.startswith("/"):
            spoken.append(line)
    return spoken


def _without_html_comments(body: str) -> str:
    parts = body.split("<!--")
    return parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])


def _parse_line(line: str) -> Command | Misunderstood | None:
    match = LINE.fullmatch(line.rstrip())
    if match is None:
        return None
    word, options = match[1], frozenset((match[2] or "").split())
    if word not in {verb.value for verb in Verb}:
        near = difflib.get_close_matches(word, [verb.value for verb in Verb], n=1, cutoff=0.75)
        return Misunderstood(f"/{word}", f"/{near[0]}") if near else None
    verb = Verb(word)
    if unknown := options - OPTIONS[verb]:
        usage = " ".join([f"/{verb}", *(f"[{option}]" for option in sorted(OPTIONS[verb]))])
        return Misunderstood(f"/{verb} {sorted(unknown)[0]}"[:MAX_WRITTEN], usage)
    return Command(verb, options)
