"""Places of lockfiles that an instruction fills with a file that nobody can read: a heredoc, a download. Pure."""

import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.dockerfile.copies import Copy
from bot.landing.entry import is_pattern
from bot.lockfiles import Manager, manager_of

_QUOTES = "\"'"


@dataclass(frozen=True, slots=True)
class Unread:
    """A lockfile in the file system of a stage of which nothing is known but its name."""

    place: str
    manager: Manager
    why: str
    copy: Copy
    replaces: bool = False
    """What lay there before is surely gone; else it may be that very file."""


def unread_at(copy: Copy, is_found: Callable[[str], bool]) -> Iterator[Unread]:
    """Tell which lockfiles an instruction puts there unread; `is_found` says of a source whether it is known."""
    for name, why, replaces in _unread_names(copy, is_found):
        place = _place(copy, name)
        manager = manager_of(place)
        if manager is not None:
            yield Unread(place, manager, why, copy, replaces and not copy.mounted)


def _unread_names(copy: Copy, is_found: Callable[[str], bool]) -> Iterator[tuple[str, str, bool]]:
    for name in copy.written:
        yield name, "a heredoc holds it, which is not read", True
    for address in copy.fetched:
        plain = address.partition("?")[0].partition("#")[0]
        yield posixpath.basename(plain), "it is fetched from an address", True
    for word in copy.unknown:
        yield posixpath.basename(word.strip(_QUOTES)), "its variable has no known value", False
    for source in copy.sources:
        if not is_found(source.path):
            yield posixpath.basename(source.path), _why(copy, source.path), False


def _why(copy: Copy, source: str) -> str:
    if copy.origin.is_context and is_pattern(source):
        return "which file fits its pattern is not looked for"
    if copy.origin.is_context:
        return "the repository has no such file"
    return "it is made in another stage" if copy.origin.stage is not None else "it is taken from an image"


def _place(copy: Copy, name: str) -> str:
    plain = copy.is_single and not copy.parents and not copy.destination.endswith("/")
    if plain and manager_of(copy.destination) is not None:
        return copy.destination
    return "" if is_pattern(name) else posixpath.normpath(posixpath.join(copy.destination, name))
