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
from bot.inspection import ANY, Gap, Location
from bot.landing.contexts import Context, context_at, guessed_folders
from bot.landing.entry import Entry
from bot.landing.flow import Flow
from bot.landing.installs import Install, is_among, lies_below, read_install
from bot.landing.model import Landed, Landing
from bot.landing.moved import moving, place_moved_onto
from bot.landing.named import with_named
from bot.landing.stages import Stages
from bot.lockfiles import Manager, manager_of, package_type

MAX_LANDINGS = 200
_Key = tuple[str, str]
"""A lockfile in the repository, and what it is called where it lands."""


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
        self._lying = Stages(build.resolved, context, events)
        self._flow = Flow(build.resolved, events, build.shipped)
        self._aside: dict[str, str] = {}
        self._carrying: set[Span] = set()
        self._served_by: set[tuple[int, str]] = set()
        self._entries = self._lying.entries
        self._installs = [
            [install for each in stage if isinstance(each, Command) and (install := read_install(each))]
            for stage in events
        ]

    def result(self) -> Landed:
        """Everything that lands, each lockfile once."""
        best: dict[_Key, Landing] = {}
        for key, candidates in self._candidates().items():
            lowest = min(each.rank for each in candidates)
            ways = [each for each in candidates if each.rank == lowest]
            best[key] = replace(ways[0], development=any(each.development for each in ways))
        for path in self._lying.sources.hidden:
            why = f"{self._context.ignore.path} leaves it out"
            self._aside.setdefault(self._context.in_repository(path), why)
        landing = {path for path, _ in best}
        aside = tuple((path, why) for path, why in self._aside.items() if path not in landing)
        return Landed(
            tuple(best[key] for key in sorted(best)),
            tuple(self._gaps()),
            self._context.folder,
            frozenset(self._served_by),
            frozenset(self._carrying),
            aside,
        )

    def _candidates(self) -> dict[_Key, list[Landing]]:
        found: dict[_Key, list[Landing]] = defaultdict(list)
        for stage in self._stages:
            served = self._served(stage.index)
            for entry in self._entries[stage.index]:
                serving = [each for each in served[entry.place] if each.manager is entry.manager]
                if any(not each.only_drops for each in serving):
                    found[entry.path, entry.called].append(self._installed(stage, entry, serving))
                    _check_number(found)
        for stage in self._stages:
            for entry in self._entries[stage.index]:
                key = entry.path, entry.called
                if not entry.is_known or any(each.rank < 3 for each in found.get(key, ())):
                    continue
                why = self._why_aside(stage.index, entry)
                if why and key not in found:
                    self._aside.setdefault(entry.path, why)
                elif not why:
                    found[key].append(self._as_file(stage, entry))
                    _check_number(found)
        return found

    def _served(self, stage: int) -> dict[str, list[Install]]:
        """The commands of a stage by the places they install from: of folders above, only the nearest counts."""
        served: dict[str, list[Install]] = defaultdict(list)
        # Several may have lain in one place, one after the other.
        lying = dict.fromkeys((entry.manager, entry.place) for entry in self._entries[stage])
        for install in self._installs[stage]:
            places = [place for manager, place in lying if install.serves(manager, place)]
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
            for each in self._entries[stage.index]
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
        told = {place for one in serving for place in one.constraints}
        constraints = {
            each.path for each in self._entries[stage.index] if told and is_among(each.place, told)
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
        return Landing(
            entry.path,
            self._where(entry.copy),
            stage.name or str(stage.index),
            rank < 3,
            development,
            f"a trigger of {entry.copy.trigger} takes it in" if entry.copy.trigger else why,
            rank,
            called=entry.called,
        )

    def _where(self, event: Event) -> Location:
        """The lines of an instruction; a trigger's is in the image, so its FROM stands in for it."""
        written = self._stages[event.stage].instructions[0] if event.trigger else event.instruction
        return Location(self._build.path, written.start_line, written.end_line)

    def _gaps(self) -> Iterator[Gap]:
        """Sources with a value that nobody knows, where there is anything they may mean."""
        if self._context.ignore.problem:
            where = Location(self._context.ignore.path, 1, 1)
            yield Gap(f"what {self._context.ignore.path} leaves out", self._context.ignore.problem, where)
        yield from self._unread()
        if not self._context.lockfiles:
            return
        for event in (event for stage in self._events for event in stage):
            if isinstance(event, Copy) and event.origin.is_context and event.unknown and not event.trigger:
                what, why = f"files copied from {event.unknown[0]}", "its variable has no known value"
                yield Gap(what, why, self._where(event), (ANY,))

    def _unread(self) -> Iterator[Gap]:
        """Lockfiles that nobody can read, where what is made from them is shipped."""
        for stage, unread in enumerate(self._lying.unread):
            for each in unread:
                if self._flow.way(stage, (posixpath.dirname(each.place),)) is not None:
                    what, kinds = f"the lockfile at {each.place}", (package_type(each.manager),)
                    yield Gap(what, each.why, self._where(each.copy), kinds, overlies=True)
        for event in (event for events in self._events for event in events):
            if isinstance(event, Command) and (place := place_moved_onto(event)):
                yield from self._moved(event, place)

    def _moved(self, command: Command, place: str) -> Iterator[Gap]:
        """The same for what a command puts there; the lockfile that is known goes on counting."""
        manager = manager_of(place)
        if manager is not None and self._flow.way(command.stage, (posixpath.dirname(place),)) is not None:
            what, why = (
                f"the lockfile at {place}",
                f"`{moving(command)}` puts it there, which is not followed",
            )
            yield Gap(what, why, self._where(command), (package_type(manager),), overlies=True)


def _check_number(found: Collection[_Key]) -> None:
    if len(found) > MAX_LANDINGS:
        raise BeyondLimits(f"more than {MAX_LANDINGS} lockfiles are copied")
