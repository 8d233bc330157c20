"""Commands that put another file in a lockfile's place: `cp locked.json package-lock.json`. Pure.

They are told, not followed: what lies where after a script, only running it would say for certain.
"""

import posixpath

from bot.dockerfile.copies import Command
from bot.lockfiles import manager_of

_MOVING = frozenset(("cp", "install", "ln", "mv"))
_SHOWN = 80


def place_moved_onto(command: Command) -> str:
    """Where in the stage a command puts another file under the name of a lockfile; empty if it does not."""
    words = command.call.words
    if not words or words[0].rpartition("/")[2] not in _MOVING:
        return ""
    plain = [word for word in words[1:] if not word.startswith("-")]
    if len(plain) < 2 or manager_of(plain[-1]) is None:
        return ""
    name = posixpath.basename(plain[-1])
    if all(posixpath.basename(word) == name for word in plain[:-1]):
        return ""
    return posixpath.normpath(posixpath.join(command.folder, plain[-1]))


def moving(command: Command) -> str:
    """The command as the report shows it."""
    return " ".join(command.call.words)[:_SHOWN]
