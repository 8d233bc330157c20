"""Lockfiles by any name: what pip is told to read (`-r deps/prod.in`, `-c pins.txt`), and what an instruction puts in
a lockfile's place. Pure."""

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
    names = {name for name in names if posixpath.basename(name) and "$" not in name}
    names = {name for name in names if manager_of(name) is None}
    if not names:
        return contents
    ends = tuple(f"/{name}" for name in names)
    more = [path for path in contents.paths if path in names or path.endswith(ends)]
    # A build takes what lies nearer to the top: files of that name further below may be anything.
    more = sorted(more, key=lambda path: path.count("/"))[:MOST_NAMED]
    return replace(contents, lockfiles=tuple(sorted({*contents.lockfiles, *more})))


def _renamed(events: Sequence[Sequence[Event]], places: frozenset[str]) -> Iterator[str]:
    """`COPY deps/prod.in /tmp/r.in` → `prod.in`, `COPY ci/locked.json package-lock.json` → `ci/locked.json`.

    What comes from another stage was put there under that name from wherever it is.
    """
    for event in (event for stage in events for event in stage):
        if not isinstance(event, Copy):
            continue
        if event.origin.is_context and event.destination in places:
            yield from (posixpath.basename(source.path) for source in event.sources)
        if event.is_single and manager_of(event.destination) is not None:
            in_context = event.origin.is_context
            yield from (
                source.path if in_context else posixpath.basename(source.path) for source in event.sources
            )
