"""What install commands of a Dockerfile bring: which of it stays, and which of it ends in the target."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from bot.dockerfile.copies import Command, Event
from bot.dockerfile.managers import Verb
from bot.dockerfile.model import Span
from bot.dockerfile.packages import PackageCommand
from bot.finding import Origin
from bot.inspection import ANY, Brought, Gap, Location
from bot.landing.commands import Added, added_by, is_local, program_of, read_command, type_of
from bot.landing.flow import Flow
from bot.landing.installs import Install, read_install
from bot.landing.land import Build
from bot.lockfiles import package_type

UNKNOWN_LOCKFILE = "no lockfile that it reads is known to be there"
ELSEWHERE = "which packages these are is only known when it is built"
MOST_ADDED = 2_000
#: Where programs put what they install, unless told otherwise.
_PLACES = {
    "pypi": ("/usr/local/lib", "/usr/lib/python3", "/root/.local"),
    "npm": ("/usr/local/lib/node_modules", "/usr/lib/node_modules"),
    "gem": ("/usr/local/bundle", "/usr/local/lib/ruby", "/usr/lib/ruby", "/var/lib/gems"),
    "golang": ("/go/bin", "/root/go/bin"),
    "cargo": ("/usr/local/cargo/bin", "/root/.cargo/bin"),
    "composer": ("/root/.composer", "/root/.config/composer"),
    "nuget": ("/root/.dotnet/tools",),
    "maven": ("/root/.m2",),
    "hex": ("/root/.mix",),
    "pub": ("/root/.pub-cache",),
}
_TARGETS = ("--target", "--prefix", "--root", "--install-dir", "--tool-path")
_ENVIRONMENT = re.compile(r"(?:venv|virtualenv)")


@dataclass(slots=True)
class _Item:
    """What one command adds, as long as nothing takes it away again."""

    stage: int
    event: Command
    added: Added
    names: set[str]

    @property
    def brought(self) -> Added:
        """Without what was removed."""
        return Added(
            self.added.command,
            self.added.type,
            tuple(each for each in self.added.packages if each.package.name in self.names),
            tuple(each for each in self.added.unresolved if each.name in self.names),
        )


class Programs:
    """The install commands of one Dockerfile as it is built in one way."""

    def __init__(
        self,
        build: Build,
        events: Sequence[Sequence[Event]],
        served: frozenset[tuple[int, str]],
        places: Mapping[str, Location],
    ) -> None:
        self._build = build
        self._events = events
        self._served = served
        self._places = places
        """Where the triggers of an image stand in for: its FROM."""
        self._flow = Flow(build.resolved, events, build.shipped)
        self._has_modules = any(map(_installs_modules, chain.from_iterable(events)))
        self.carrying: set[Span] = set()
        self.gaps: list[Gap] = []

    def brought(self) -> Iterator[Brought]:
        """What the commands add; `gaps` and `carrying` are filled on the way."""
        items: list[_Item] = []
        for stage, events in enumerate(self._events):
            for event in events:
                if isinstance(event, Command):
                    self._follow(stage, event, items)
        for item in items[:MOST_ADDED]:
            if item.names:
                yield self._one(item)
        if more := len(items[MOST_ADDED:]):
            where = Location(self._build.path, 1, 1)
            self.gaps.append(Gap(f"{more} more install commands", "too many to look at", where))

    def _follow(self, stage: int, event: Command, items: list[_Item]) -> None:
        command = read_command(event)
        if command is not None and command.verb is Verb.REMOVE:
            if command.certain:
                self._remove(stage, command, items)
            return
        added = added_by(self._build.path, command) if command is not None else None
        if added is not None:
            self._add(stage, event, added, items)
        elif stage in self._build.shipped:
            self._miss(event, command)
        else:
            self._miss_elsewhere(stage, event)

    def _add(self, stage: int, event: Command, added: Added, items: list[_Item]) -> None:
        if is_local(added.command) and self._has_modules:
            return
        names = {each.package.name for each in added.packages} | {each.name for each in added.unresolved}
        items.append(_Item(stage, event, added, names))
        if added.command.files and stage in self._build.shipped:
            self._miss(event, replace(added.command, packages=()))

    def _remove(self, stage: int, command: PackageCommand, items: list[_Item]) -> None:
        """Take away what was added in this stage or those it is FROM."""
        chained = {
            each.index for each in self._build.resolved.chain(self._build.resolved.dockerfile.stages[stage])
        }
        named = {word.name for word in command.packages if not word.unresolved}
        for item in items:
            if item.stage in chained and item.added.type == type_of(command):
                item.names = set() if item.added.group in named and item.added.group else item.names - named

    def _miss(self, event: Command, command: PackageCommand | None) -> None:
        """An install that takes its packages from where nothing is known."""
        install = read_install(event)
        if install is not None and not install.only_drops:
            self._unserved(event, install, _named(command) if command is not None else f"`{install.shown}`")
        elif command is not None and command.verb is Verb.INSTALL and not _is_noted(command):
            kinds = (type_of(command) or ANY,)
            self.gaps.append(Gap(f"{_named(command)}{_by(event)}", ELSEWHERE, self._where(event), kinds))

    def _miss_elsewhere(self, stage: int, event: Command) -> None:
        """The same in a stage whose results may be taken over."""
        install = read_install(event)
        if install is not None and not install.only_drops and self._flow.way(stage, (install.folder,)):
            self._unserved(event, install, f"`{install.shown}`")

    def _unserved(self, event: Command, install: Install, what: str) -> None:
        if (install.line, install.shown) not in self._served:
            kinds = (package_type(install.manager),)
            self.gaps.append(Gap(f"{what}{_by(event)}", UNKNOWN_LOCKFILE, self._where(event), kinds))

    def _one(self, item: _Item) -> Brought:
        added, stage = item.brought, self._build.resolved.dockerfile.stages[item.stage]
        shipped, why = item.stage in self._build.shipped, ""
        if not shipped and added.type in _PLACES:
            way = self._flow.way(item.stage, self._lies_in(item), made=False)
            if way is not None:
                shipped = True
                self.carrying |= {copy.span for copy in way.copies}
                why = f"line {way.copies[-1].instruction.start_line} copies it" if way.copies else ""
        where = self._where(item.event)
        return Brought(
            origin=Origin.INSTRUCTION,
            source=added.program,
            manager=added.program,
            location=where,
            stage=stage.name or str(stage.index),
            shipped=shipped,
            packages=tuple(replace(each, location=where) for each in added.packages),
            unresolved=tuple(replace(each, location=where) for each in added.unresolved),
            why=f"a trigger of {item.event.trigger} installs it" if item.event.trigger else why,
        )

    def _lies_in(self, item: _Item) -> tuple[str, ...]:
        command, event = item.added.command, item.event
        if target := command.option(*_TARGETS) or (
            command.option("-t", "-i") if item.added.type != "apk" else ""
        ):
            return (posixpath.normpath(posixpath.join(event.folder, target)),)
        program = event.call.words[0]
        if program.startswith("/") and program.rpartition("/")[0].endswith("/bin"):
            own = posixpath.dirname(posixpath.dirname(program))
            if own not in ("/usr", "/", "/usr/local"):
                return (own,)
        environments = tuple(
            place
            for other in self._events[item.stage]
            if isinstance(other, Command)
            for place in _environments(other)
        )
        local = (f"{event.folder.rstrip('/')}/node_modules",) if item.added.type == "npm" else ()
        return (*_PLACES[item.added.type], *environments, *local)

    def _where(self, event: Command) -> Location:
        if event.trigger:
            return self._places[event.trigger]
        return Location(self._build.path, event.call.line, event.call.line)


def _installs_modules(event: Event) -> bool:
    """Whether it fills a folder `node_modules` from a lockfile."""
    install = read_install(event) if isinstance(event, Command) else None
    return install is not None and package_type(install.manager) == "npm" and not install.only_drops


def _environments(event: Command) -> Iterator[str]:
    """`python3 -m venv /opt/venv` → `/opt/venv`."""
    words = event.call.words
    for at, word in enumerate(words[:3]):
        if _ENVIRONMENT.fullmatch(posixpath.basename(word)):
            targets = [each for each in words[at + 1 :] if not each.startswith("-")]
            yield posixpath.normpath(posixpath.join(event.folder, targets[-1] if targets else ".venv"))
            return


def _is_noted(command: PackageCommand) -> bool:
    """Whether nothing is brought: `apt-get install` of nothing but options, `apk fix`."""
    return command.word == "fix"


def _by(event: Command) -> str:
    return f" by a trigger of {event.trigger}" if event.trigger else ""


def _named(command: PackageCommand) -> str:
    """An install in words."""
    names = [word.name for word in command.packages] + list(command.files)
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    program = program_of(command)
    return f"{program} install of {shown}" if shown else f"{program} install"
