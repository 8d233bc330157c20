"""Files that pip is told to read, whatever they are called: `-r deps/prod.in`, `-c pins.txt`. Pure."""

import posixpath
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.change import Contents
from bot.dockerfile.copies import Command, Copy, Event
from bot.landing.installs import read_install
from bot.lockfiles import Manager, manager_of

MOST_NAMED = 500
"""Files of the repository with a name that some command gives."""


def named_places(events: Sequence[Sequence[Event]]) -> frozenset[str]:
    """Where in their stages the files lie that commands name."""
    installs = (read_install(each) for stage in events for each in stage if isinstance(each, Command))
    return frozenset(
        place
        for install in installs
        if install is not None and install.manager is Manager.PIP
        for place in (*install.files, *install.constraints)
    )


def with_named(contents: Contents, events: Sequence[Sequence[Event]]) -> Contents:
    """Take the files of the repository that may be those for lockfiles, besides what is known by its name."""
    places = named_places(events)
    names = {posixpath.basename(place) for place in places} | set(_renamed(events, places))
    names = {name for name in names if name and "$" not in name and manager_of(name) is None}
    if not names:
        return contents
    ends = tuple(f"/{name}" for name in names)
    more = [path for path in contents.paths if path in names or path.endswith(ends)][:MOST_NAMED]
    return replace(contents, lockfiles=tuple(sorted({*contents.lockfiles, *more})))


def _renamed(events: Sequence[Sequence[Event]], places: frozenset[str]) -> Iterator[str]:
    """`COPY deps/prod.in /tmp/requirements.txt` → `prod.in`."""
    for event in (event for stage in events for event in stage):
        if isinstance(event, Copy) and event.origin.is_context and event.destination in places:
            yield from (posixpath.basename(source.path) for source in event.sources)
