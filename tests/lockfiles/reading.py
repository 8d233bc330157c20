"""Read a lockfile from a few files written down in a test."""

from bot.lockfiles import Lockfile, parse_lockfile

Row = tuple[str, str, int, bool, bool | None]


def read(path: str, files: dict[str, str]) -> Lockfile:
    """Parse `files[path]`, the others beside it."""
    contents = {name: text.encode() for name, text in files.items()}
    return parse_lockfile(path, contents[path], contents.get)


def lock(path: str, text: str, **beside: str) -> Lockfile:
    """Parse a text as if it lay at `path`; `package_json="…"` lies beside it as package.json."""
    others = {name.replace("_", "."): content for name, content in beside.items()}
    return read(path, {path: text, **others})


def rows(lockfile: Lockfile) -> list[Row]:
    """Name, version, first line, development and direct of each dependency."""
    assert not lockfile.problem, lockfile.problem
    return [
        (each.package.source_name, each.package.version, each.line, each.development, each.direct)
        for each in lockfile.dependencies
    ]


def names(lockfile: Lockfile) -> list[str]:
    """`name@version` of each dependency."""
    return [f"{name}@{version}" for name, version, *_ in rows(lockfile)]


def left_open(lockfile: Lockfile) -> list[tuple[str, str, int]]:
    """Name, requirement and line of what is left open."""
    return [(each.name, each.requirement, each.line) for each in lockfile.open]
