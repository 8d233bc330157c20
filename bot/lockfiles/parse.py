"""Read one lockfile: by its name with its parser into dependencies. Never raises."""

from collections.abc import Callable
from pathlib import PurePosixPath

from bot.lockfiles.errors import LockfileError
from bot.lockfiles.found import MAX_BYTES, Found, Read, decode
from bot.lockfiles.go import read_go_mod, read_go_sum
from bot.lockfiles.model import Lockfile, Manager
from bot.lockfiles.names import manager_of
from bot.lockfiles.npm import read_package_lock
from bot.lockfiles.requirements import read_requirements

Parser = Callable[[str, Found], None]

#: Purl type and parser. Where a manager has several formats, one by name in `_BY_NAME` goes first.
_PARSERS: dict[Manager, tuple[str, Parser]] = {
    Manager.NPM: ("npm", read_package_lock),
    Manager.PIP: ("pypi", read_requirements),
    Manager.GO: ("golang", read_go_mod),
}
_BY_NAME: dict[str, tuple[str, Parser]] = {
    "go.sum": ("golang", read_go_sum),
}


def parse_lockfile(path: str, content: bytes, read: Read) -> Lockfile:
    """Read a lockfile; what is wrong with it is its `problem`. `read` is asked for the files it depends on."""
    manager = manager_of(path)
    if manager is None:
        return Lockfile(path, Manager.PIP, problem="it is no lockfile that is known by its name")
    if len(content) > MAX_BYTES:
        return Lockfile(path, manager, problem=f"it is larger than {MAX_BYTES:,} bytes")
    chosen = _BY_NAME.get(PurePosixPath(path).name.lower()) or _PARSERS.get(manager)
    if chosen is None:
        return Lockfile(path, manager, problem="this version cannot read it")
    found = Found(path, chosen[0], read)
    try:
        chosen[1](decode(content), found)
    except LockfileError as exc:
        return Lockfile(path, manager, problem=exc.reason, line=exc.line)
    return Lockfile(path, manager, tuple(found.dependencies), tuple(found.open), tuple(found.includes))
