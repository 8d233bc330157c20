"""Read TOML lockfiles with the lines of each `[[package]]`.

Follows https://toml.io/en/v1.0.0. The file is cut where a package begins and each piece read by itself, which gives the
lines that the library does not tell.
"""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.spots import Spot, listing

MAX_BYTES = 8_000_000
MAX_LINE = 20_000
MAX_TABLES = 150_000
MAX_DOTS = 40
"""A name of many parts takes the square of their number."""
_TOKEN = re.compile(
    r"""#[^\n]*|\"{3}|'{3}|"(?:[^"\\\n]|\\[^\n])*"?|'[^'\n]*'?|^[ \t]*\[\[[ \t]*(?P<table>[\w-]+)[ \t]*\]\]""",
    re.M,
)
_REST = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"{0,5}', re.S),
    "'''": re.compile(r"(?:[^']|'(?!''))*+'{0,5}", re.S),
}
_PLACE = re.compile(r"at line (\d{1,9})")
#: Files of a package and their hashes: most of the bytes, and nothing that is asked for here.
_FILE = re.compile(
    r'^[ \t]*\{ ?(?:url|file|path) = "[^"\n\\]*", hash = "[^"\n\\]*"'
    r'(?:, size = \d+)?(?:, upload-time = "[^"\n\\]*")? ?\},?$',
    re.M,
)


def read_toml(source: str, table: str = "package") -> tuple[dict[str, Any], list[Spot]]:
    """Read what stands outside of packages, and the packages with their lines; raises LockfileError."""
    _check(source)
    source = _FILE.sub("", source)
    # Another table ends the package.
    other = re.compile(rf"^\[(?!\[?[ \t]*{table}[ \t]*[.\]])", re.M)
    rest: dict[str, Any] = {}
    packages: list[Spot] = []
    for piece, line in _pieces(source, table):
        values = _load(piece, line)
        own = values.pop(table, None)
        for name, value in values.items():
            if name in rest and isinstance(value, dict) and isinstance(rest[name], dict):
                rest[name] |= value
            else:
                rest[name] = value
        behind = other.search(piece, 1)
        end = line + piece[: behind.start() if behind else len(piece)].rstrip().count("\n")
        if own is not None and not isinstance(own, list):
            raise LockfileError(f"{table!r} is no list of tables", line)
        packages += [Spot(each, line, end) for each in listing(own)]
    return rest, packages


def read_plain_toml(source: str | None) -> dict[str, Any]:
    """The values of a file beside the lockfile; none when it is not there or no TOML."""
    try:
        if source is None:
            return {}
        _check(source)
        return _load(source, 1)
    except LockfileError:
        return {}


def _load(source: str, line: int) -> dict[str, Any]:
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as exc:
        place = _PLACE.search(str(exc))
        reason = re.sub(r" \(at .*\)$", "", str(exc))
        raise LockfileError(
            f"it is not TOML: {reason}", line + int(place[1]) - 1 if place else line
        ) from None
    except (RecursionError, ValueError):
        raise LockfileError("it is not TOML that can be read", line) from None


def _check(source: str) -> None:
    if len(source) > MAX_BYTES:
        raise LockfileError(f"it is larger than {MAX_BYTES:,} bytes")
    if source.count("\n[") > MAX_TABLES:
        raise LockfileError(f"it has more than {MAX_TABLES:,} tables")
    for number, line in enumerate(source.split("\n"), 1):
        if len(line) > MAX_LINE or line.count(".") > MAX_DOTS:
            raise LockfileError("it has a line longer than such a file needs", number)


def _pieces(source: str, table: str) -> Iterator[tuple[str, int]]:
    """Cut at each header of a package that stands in no quoted text; each piece with its first line."""
    start, line, at = 0, 1, 0
    while found := _TOKEN.search(source, at):
        at = found.end()
        if rest := _REST.get(found[0]):
            closed = rest.match(source, at)
            at = closed.end() if closed else len(source)
        elif found["table"] == table:
            yield source[start : found.start()], line
            line += source.count("\n", start, found.start())
            start = found.start()
    yield source[start:], line
