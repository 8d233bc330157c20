"""A lockfile in the file system of a stage, and where an instruction puts it."""

import posixpath
from collections.abc import Collection
from dataclasses import dataclass

from bot.dockerfile.copies import Copy
from bot.lockfiles import Manager


@dataclass(frozen=True, slots=True)
class Entry:
    """A lockfile in the file system of a stage."""

    path: str
    """In the repository."""
    manager: Manager
    place: str
    """In the stage."""
    copy: Copy
    """The instruction that took it out of the context."""
    depth: int
    """As `Found.depth`."""


def place_of(copy: Copy, rest: str, named: Collection[str], *, is_file: bool) -> str:
    """Where a file comes to lie. A single file takes the name that is written, where it looks like one.

    `named` are places that commands name for files.
    """
    if is_file and copy.destination in named:
        return copy.destination
    name = posixpath.basename(copy.destination)
    single = len(copy.sources) == 1 and not any(char in copy.sources[0].path for char in "*?[")
    if is_file and single and not copy.parents and not copy.destination.endswith("/"):
        same = posixpath.splitext(name)[1] == posixpath.splitext(rest)[1]
        if copy.mounted or name == posixpath.basename(rest) or (same and "." in name):
            return copy.destination
    return posixpath.normpath(posixpath.join(copy.destination, rest))
