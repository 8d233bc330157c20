"""What lockfiles and install commands add to a target, and what of its instructions is still not looked at. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from bot.dockerfile.copies import Command, Copy, Event, Trigger, read_events
from bot.inspection import Brought, Gap, Location
from bot.landing.land import land
from bot.landing.lockfiles import Lockfiles
from bot.landing.programs import Programs
from bot.landing.ways import Way

NOT_YET = "not looked at yet"
MOST_FETCHED = 50
_FETCHERS = ("curl", "wget", "aria2c", "axel")
_CLONERS = {
    "git": frozenset({"clone", "fetch", "pull"}),
    "hg": frozenset({"clone"}),
    "svn": frozenset({"checkout", "co", "export"}),
}
_REPOSITORY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{0,20}://|[A-Za-z0-9._-]{1,50}@[A-Za-z0-9.-]{1,200}:")


def predict(
    path: str,
    ways: Sequence[Way],
    lockfiles: Lockfiles,
    triggers: Mapping[int, Sequence[Trigger]] | None = None,
    places: Mapping[str, Location] | None = None,
) -> tuple[tuple[Brought, ...], tuple[Gap, ...]]:
    """Put together what all ways to build a Dockerfile bring: what they share once, what differs by its builder.

    `places` say where the triggers of an image stand in for.
    """
    found = [_one(path, way, lockfiles, triggers or {}, places or {}) for way in ways]
    brought: list[Brought] = []
    shared = [each for each in found[0][0] if all(each in other[0] for other in found)] if found else []
    brought += shared
    for way, (own, _) in zip(ways, found, strict=True):
        label = way.variant.given.label if way.variant.given else ""
        brought += [replace(each, part=label) for each in own if each not in shared]
    gaps = dict.fromkeys(gap for _, own in found for gap in own)
    return tuple(brought), tuple(gaps)


def _one(
    path: str,
    way: Way,
    lockfiles: Lockfiles,
    triggers: Mapping[int, Sequence[Trigger]],
    places: Mapping[str, Location],
) -> tuple[list[Brought], list[Gap]]:
    build = way.build(path)
    events = read_events(way.resolved, triggers)
    landed = land(build, lockfiles.contents, triggers)
    programs = Programs(build, events, landed.served, places)
    brought = [lockfiles.brought(landing) for landing in landed.landings]
    brought += programs.brought()
    carried = landed.carrying | programs.carrying
    gaps = [
        *programs.gaps,
        *landed.gaps,
        *_uncarried(path, way, events, carried),
        *_fetched(path, way, events),
    ]
    return brought, gaps


def _uncarried(
    path: str,
    way: Way,
    events: Sequence[Sequence[Event]],
    carried: frozenset[tuple[int, int]] | set[tuple[int, int]],
) -> Iterator[Gap]:
    """Files taken from stages of which nothing is known."""
    shipped = {stage.index for stage in way.shipped.stages}
    stages = way.resolved.dockerfile.stages
    for stage in sorted(shipped):
        for copy in events[stage]:
            if not isinstance(copy, Copy) or copy.origin.stage is None or copy.span in carried:
                continue
            if copy.origin.stage in shipped:
                # It is part of the target, and looked at as such.
                continue
            taken = stages[copy.origin.stage]
            done = "mounted" if copy.mounted else "copied"
            lines = Location(path, copy.instruction.start_line, copy.instruction.end_line)
            yield Gap(f"files {done} from stage {taken.name or taken.index}", NOT_YET, lines)


def _fetched(path: str, way: Way, events: Sequence[Sequence[Event]]) -> Iterator[Gap]:
    """What a program fetches from an address into the target: nothing tells what it holds."""
    count = 0
    for stage in sorted(stage.index for stage in way.shipped.stages):
        for event in events[stage]:
            address = _address(event.call.words) if isinstance(event, Command) else ""
            if isinstance(event, Command) and address and not event.trigger and count < MOST_FETCHED:
                count += 1
                line = Location(path, event.call.line, event.call.line)
                yield Gap(f"what is fetched from {address[:200]}", NOT_YET, line)


def _address(words: Sequence[str]) -> str:
    """`wget -q https://x.io/y`, `git clone -b v1 git@x.io:y.git /src` → what it fetches; empty for other calls."""
    program = words[0].rpartition("/")[2] if words else ""
    if program in _FETCHERS:
        return next((word for word in words[1:] if "://" in word), "")
    if program in _CLONERS and not _CLONERS[program].isdisjoint(words[1:]):
        return next((word for word in words[1:] if _REPOSITORY.match(word)), "")
    return ""
