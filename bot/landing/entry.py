"""A lockfile in the file system of a stage, and where an instruction puts it."""

import posixpath
from collections.abc import Collection
from dataclasses import dataclass, replace

from bot.dockerfile.copies import Copy
from bot.lockfiles import Manager, form_at, manager_of


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
    called: str = ""
    """As `Landing.called`."""

    @property
    def is_known(self) -> bool:
        """Whether a name says that it is a lockfile; any other is there because a command may name it."""
        return manager_of(self.path) is not None or bool(manager_of(self.place))

    def at(self, place: str) -> "Entry":
        """The same file where it is copied to; a name that says nothing leaves it what it is."""
        if manager_of(place) is None:
            return replace(self, place=place)
        manager, called = form_at(self.path, place)
        return replace(self, place=place, manager=manager or self.manager, called=called)


def entry_at(path: str, place: str, copy: Copy, depth: int) -> Entry:
    """A file of the context where an instruction puts it.

    What has the name of no lockfile on either side is there because a command of pip names it.
    """
    manager, called = form_at(path, place)
    return Entry(path, manager or Manager.PIP, place, copy, depth, called)


def place_of(copy: Copy, rest: str, named: Collection[str], *, is_file: bool) -> str:
    """Where a file comes to lie. A single file takes the name that is written, where it looks like one.

    `named` are places that commands name for files.
    """
    if is_file and copy.destination in named:
        return copy.destination
    name = posixpath.basename(copy.destination)
    plain = copy.is_single and not copy.parents and not copy.destination.endswith("/")
    # Of a pattern a single file is found there as well: else Docker wants a slash.
    if is_file and plain and manager_of(copy.destination) is not None:
        return copy.destination
    if is_file and plain and not is_pattern(copy.sources[0].path):
        same = posixpath.splitext(name)[1] == posixpath.splitext(rest)[1]
        if copy.mounted or name == posixpath.basename(rest) or (same and "." in name):
            return copy.destination
    return posixpath.normpath(posixpath.join(copy.destination, rest))


def is_pattern(source: str) -> bool:
    """Whether a source stands for whatever matches it."""
    return any(char in source for char in "*?[\\")
