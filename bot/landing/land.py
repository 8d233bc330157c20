"""Which lockfiles land in a Dockerfile's target: what is copied, where it is installed, and what becomes of it.

A lockfile counts where an instruction names it, where a command installs from it, or where an instruction copies its
very folder and nothing tells what installs. One that `COPY . .` sweeps along from a folder below does not.
"""

import posixpath
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.change import Contents
from bot.dockerfile.copies import Command, Copy, Event, Trigger, read_events
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.model import Span, Stage
from bot.dockerfile.resolve import Resolved
from bot.inspection import Gap, Location
from bot.landing.contexts import Context, Sources, context_at, guessed_folders
from bot.landing.entry import Entry, place_of
from bot.landing.flow import Flow, source_paths
from bot.landing.installs import Install, is_among, lies_below, read_install
from bot.landing.model import Landed, Landing
from bot.landing.named import named_places, with_named
from bot.lockfiles import Manager, manager_of

MAX_ENTRIES = 20_000
"""Lockfiles in all stages, each counted where it lies."""
MAX_LANDINGS = 200


@dataclass(frozen=True, slots=True)
class Build:
    """A Dockerfile as it is built in one way."""

    path: str
    """Of the Dockerfile."""
    resolved: Resolved
    shipped: frozenset[int]
    """The stages that the target is made of."""
    context: str | None = None
    """The folder that is the build context; None where no file says which."""


def land(build: Build, contents: Contents, triggers: Mapping[int, Sequence[Trigger]] | None = None) -> Landed:
    """Tell what lands; `triggers` are the ONBUILD instructions of base images, by the stage that is FROM them."""
    events = read_events(build.resolved, triggers)
    contents = with_named(contents, events)
    if build.context is not None:
        return _Landing(build, context_at(build.context, build.path, contents), events).result()
    folders = guessed_folders(build.path, events, contents)
    likelier, *rest = [
        _Landing(build, context_at(folder, build.path, contents), events).result() for folder in folders
    ]
    if not rest or not rest[0].landings:
        return likelier
    if not likelier.landings:
        return rest[0]
    if {each.path for each in likelier.landings} == {each.path for each in rest[0].landings}:
        return likelier
    what = f"which folder {posixpath.basename(build.path)} is built in"
    why = f"no file says so; taken to be {_folder_name(likelier.context)}"
    return replace(likelier, gaps=(*likelier.gaps, Gap(what, why, Location(build.path, 1, 1))))


def _folder_name(folder: str) -> str:
    return f"the folder {folder}" if folder else "the root of the repository"


def takes_from_context(events: Sequence[Sequence[Event]]) -> bool:
    """Whether anything comes out of the build context."""
    return any(
        isinstance(event, Copy) and event.origin.is_context and (event.sources or event.unknown)
        for stage in events
        for event in stage
    )


class _Landing:
    """One Dockerfile in one context."""

    def __init__(self, build: Build, context: Context, events: Sequence[Sequence[Event]]) -> None:
        self._build = build
        self._context = context
        self._events = events
        self._stages: Sequence[Stage] = build.resolved.dockerfile.stages
        self._sources = Sources(context)
        self._flow = Flow(build.resolved, events, build.shipped)
        self._named = named_places(events)
        self._count = 0
        self._aside: dict[str, str] = {}
        self._carrying: set[Span] = set()
        self._served_by: set[tuple[int, str]] = set()
        self._entries: list[dict[str, Entry]] = []
        for stage in self._stages:
            self._entries.append(self._entries_of(stage.index, events[stage.index]))
        self._installs = [
            [install for each in stage if isinstance(each, Command) and (install := read_install(each))]
            for stage in events
        ]

    def result(self) -> Landed:
        """Everything that lands, each lockfile once."""
        best: dict[str, Landing] = {}
        for path, candidates in self._candidates().items():
            lowest = min(each.rank for each in candidates)
            ways = [each for each in candidates if each.rank == lowest]
            best[path] = replace(ways[0], development=any(each.development for each in ways))
        for path in self._sources.hidden:
            why = f"{self._context.ignore.path} leaves it out"
            self._aside.setdefault(self._context.in_repository(path), why)
        aside = tuple((path, why) for path, why in self._aside.items() if path not in best)
        return Landed(
            tuple(best[path] for path in sorted(best)),
            tuple(self._gaps()),
            self._context.folder,
            frozenset(self._served_by),
            frozenset(self._carrying),
            aside,
        )

    def _entries_of(self, stage: int, events: Sequence[Event]) -> dict[str, Entry]:
        """What lies in a stage in the end, by place; a stage that comes later in the file has nothing to give."""
        parent = self._build.resolved.bases[stage].parent
        entries = dict(self._entries[parent]) if parent is not None else {}
        for copy in events:
            if isinstance(copy, Copy):
                for entry in self._taken(copy):
                    known = entries.get(entry.place)
                    # Copied once more, as with `COPY . .` behind the install, it is the same file.
                    if known is None or known.path != entry.path or entry.depth < known.depth:
                        entries[entry.place] = entry
        self._count += len(entries)
        if self._count > MAX_ENTRIES:
            raise BeyondLimits(
                f"more than {MAX_ENTRIES:,} lockfiles lie in the stages", self._stages[stage].start_line
            )
        return entries

    def _taken(self, copy: Copy) -> Iterator[Entry]:
        if copy.origin.is_context:
            for found in self._sources.of(copy):
                path = self._context.in_repository(found.path)
                place = place_of(copy, found.rest, self._named, is_file=found.is_file)
                # What has the name of no lockfile is there because a command of pip names it.
                yield Entry(path, manager_of(path) or Manager.PIP, place, copy, found.depth)
        elif copy.origin.stage is not None and copy.origin.stage < copy.stage:
            folder = copy.destination.rstrip("/") or "/"
            for source in source_paths(copy):
                for entry in self._entries[copy.origin.stage].values():
                    if entry.place == source:
                        yield replace(
                            entry, place=place_of(copy, posixpath.basename(source), self._named, is_file=True)
                        )
                    elif lies_below(entry.place, source):
                        inside = entry.place[len(source) :].lstrip("/")
                        yield replace(entry, place=posixpath.normpath(posixpath.join(folder, inside)))

    def _candidates(self) -> dict[str, list[Landing]]:
        found: dict[str, list[Landing]] = defaultdict(list)
        for stage in self._stages:
            served = self._served(stage.index)
            for entry in self._entries[stage.index].values():
                serving = served[entry.place]
                if any(not each.only_drops for each in serving):
                    found[entry.path].append(self._installed(stage, entry, serving))
                    _check_number(found)
        for stage in self._stages:
            for entry in self._entries[stage.index].values():
                if manager_of(entry.path) is None or any(each.rank < 3 for each in found.get(entry.path, ())):
                    continue
                why = self._why_aside(stage.index, entry)
                if why and entry.path not in found:
                    self._aside.setdefault(entry.path, why)
                elif not why:
                    found[entry.path].append(self._as_file(stage, entry))
                    _check_number(found)
        return found

    def _served(self, stage: int) -> dict[str, list[Install]]:
        """The commands of a stage by the places they install from: of folders above, only the nearest counts."""
        served: dict[str, list[Install]] = defaultdict(list)
        for install in self._installs[stage]:
            places = [
                entry.place
                for entry in self._entries[stage].values()
                if install.serves(entry.manager, entry.place)
            ]
            above = [posixpath.dirname(place) for place in places]
            above = [folder for folder in above if lies_below(install.folder, folder)]
            nearest = max(above, key=len, default="")
            for place in places:
                folder = posixpath.dirname(place)
                if install.files or folder == nearest or folder not in above:
                    served[place].append(install)
        return served

    def _installed(self, stage: Stage, entry: Entry, serving: Sequence[Install]) -> Landing:
        folder = posixpath.dirname(entry.place)
        others = {
            posixpath.dirname(each.place)
            for each in self._entries[stage.index].values()
            if not lies_below(folder, posixpath.dirname(each.place)) and each.path != entry.path
        }
        way = self._flow.way(stage.index, (folder,), others)
        install = next(each for each in serving if not each.only_drops)
        self._served_by |= {(each.line, each.shown) for each in serving}
        self._carrying |= {copy.span for copy in way.copies} if way else set()
        why = f"`{install.shown}` installs it in line {install.line}"
        if way is not None and way.copies:
            last = way.copies[-1].instruction
            why += f", and line {last.start_line} takes over what that stage makes"
        rank = 3 if way is None else 1 if way.copies else 0
        development = all(each.development for each in serving if each.only_drops) and any(
            each.development for each in serving if not each.only_drops
        )
        constraints = {
            each.path
            for each in self._entries[stage.index].values()
            if any(is_among(each.place, one.constraints) for one in serving)
        }
        landing = self._landing(stage, entry, rank, development=development, why=why)
        return replace(landing, constraints=tuple(sorted(constraints)))

    def _as_file(self, stage: Stage, entry: Entry) -> Landing:
        """Nothing that is known installs from it, so it counts as it is."""
        way = self._flow.way(stage.index, (posixpath.dirname(entry.place),))
        self._carrying |= {copy.span for copy in way.copies} if way else set()
        why = "it is copied, and no command that is known installs from it"
        return self._landing(stage, entry, 4 if way is None else 2, development=True, why=why)

    def _why_aside(self, stage: int, entry: Entry) -> str:
        """Why a lockfile from which nothing installs counts for nothing; empty where it counts."""
        if entry.manager is Manager.PIP and self._names_requirements(stage):
            return "pip installs other files"
        if entry.depth == 0 or entry.copy.mounted:
            return ""
        if entry.depth > 1:
            line = entry.copy.instruction.start_line
            return f"line {line} copies it along with a folder above, and nothing installs from it"
        known = [each for stage_installs in self._installs for each in stage_installs]
        return f"`{known[0].shown}` installs in line {known[0].line}, and nothing from it" if known else ""

    def _names_requirements(self, stage: int) -> bool:
        return any(each.files for each in self._installs[stage])

    def _landing(self, stage: Stage, entry: Entry, rank: int, *, development: bool, why: str) -> Landing:
        instruction = entry.copy.instruction
        if entry.copy.trigger:
            stage_from = self._stages[entry.copy.stage].instructions[0]
            lines = (stage_from.start_line, stage_from.end_line)
            why = f"a trigger of {entry.copy.trigger} takes it in"
        else:
            lines = (instruction.start_line, instruction.end_line)
        return Landing(
            entry.path,
            Location(self._build.path, *lines),
            stage.name or str(stage.index),
            rank < 3,
            development,
            why,
            rank,
        )

    def _gaps(self) -> Iterator[Gap]:
        """Sources with a value that nobody knows, where there is anything they may mean."""
        if self._context.ignore.problem:
            where = Location(self._context.ignore.path, 1, 1)
            yield Gap(f"what {self._context.ignore.path} leaves out", self._context.ignore.problem, where)
        if not self._context.lockfiles:
            return
        for event in (event for stage in self._events for event in stage):
            if isinstance(event, Copy) and event.origin.is_context and event.unknown and not event.trigger:
                lines = Location(self._build.path, event.instruction.start_line, event.instruction.end_line)
                yield Gap(f"files copied from {event.unknown[0]}", "its variable has no known value", lines)


def _check_number(found: Collection[str]) -> None:
    if len(found) > MAX_LANDINGS:
        raise BeyondLimits(f"more than {MAX_LANDINGS} lockfiles are copied")
