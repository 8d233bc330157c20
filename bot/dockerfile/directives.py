"""Parser directives: `# syntax=`, `# escape=` and `# check=` at the top of a Dockerfile.

Follows https://docs.docker.com/reference/dockerfile/#parser-directives.
"""

import re
from dataclasses import dataclass

from bot.dockerfile.errors import DockerfileError
from bot.dockerfile.lines import LineReader
from bot.dockerfile.traced import SPACE, Traced

DEFAULT_ESCAPE = "\\"
_KNOWN = frozenset({"syntax", "escape", "check"})
_KEY = re.compile(r"[a-zA-Z][a-zA-Z0-9]*")
_BLANK = "\t\n\f\r "


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive: its name in lower case, its value, and where the value stands."""

    name: str
    value: str
    line: int
    word: Traced


def read_directives(source: str) -> tuple[Directive, ...]:
    """Read the directives; anything else, an ordinary comment included, ends them."""
    reader = LineReader(source)
    # BuildKit looks for `syntax`, and nothing else, below a shebang line too.
    shebang = source.startswith("#!", reader.offset)
    if shebang:
        reader.next_line()
    found: dict[str, Directive] = {}
    while (directive := _next_directive(reader)) is not None:
        if directive.name in found:
            raise DockerfileError(f"only one {directive.name} parser directive can be used", directive.line)
        found[directive.name] = directive
    return tuple(each for each in found.values() if each.name == "syntax" or not shebang)


def escape_token(directives: tuple[Directive, ...]) -> str:
    """Tell the character that escapes and continues lines."""
    for directive in directives:
        if directive.name == "escape":
            if directive.value not in ("`", "\\"):
                raise DockerfileError("the escape directive must be ` or \\", directive.line)
            return directive.value
    return DEFAULT_ESCAPE


def _next_directive(reader: LineReader) -> Directive | None:
    line = reader.next_line()
    if line is None:
        return None
    key, equals, value = reader.source[line.start : line.end].partition("=")
    key = key.lstrip(SPACE)
    if not equals or not key.startswith("#"):
        return None
    name = key[1:].lstrip(SPACE).rstrip(_BLANK)
    if not _KEY.fullmatch(name) or name.lower() not in _KNOWN or not value.strip(_BLANK):
        return None
    start = line.end - len(value.lstrip(_BLANK))
    word = Traced.read(reader.source, start, start + len(value.strip(_BLANK)))
    return Directive(name.lower(), word.text, line.number, word)
