"""Where lockfiles lie in the file systems of stages: instruction by instruction, what is put there and what goes."""

import posixpath
from collections.abc import Collection, Iterator, Sequence

from bot.dockerfile.copies import Command, Copy, Event
from bot.dockerfile.errors import BeyondLimits
from bot.dockerfile.resolve import Resolved
from bot.landing.contexts import Context, Sources
from bot.landing.entry import Entry, entry_at, is_pattern, place_of
from bot.landing.flow import source_paths
from bot.landing.installs import Install, lies_below, read_install
from bot.landing.named import named_places
from bot.landing.unread import Unread, unread_at
from bot.lockfiles import Manager

MAX_ENTRIES = 20_000
"""Lockfiles in all stages, each counted where it lies."""


class Stages:
    """The stages of one Dockerfile, filled from one context."""

    def __init__(self, resolved: Resolved, context: Context, events: Sequence[Sequence[Event]]) -> None:
        self._resolved = resolved
        self._context = context
        self._named = named_places(events)
        self._lying: list[dict[str, Entry]] = []
        self._count = 0
        self.sources = Sources(context)
        self.entries: list[tuple[Entry, ...]] = []
        """By stage: what lies there in the end, and what was installed from before something took its place."""
        self.unread: list[tuple[Unread, ...]] = []
        """By stage: the lockfiles that cannot be read."""
        for stage in resolved.dockerfile.stages:
            self._fill(stage.index, events[stage.index])

    def _fill(self, stage: int, events: Sequence[Event]) -> None:
        """A stage that comes later in the file has nothing to give."""
        parent = self._resolved.bases[stage].parent
        filling = _Filling(dict(self._lying[parent]) if parent is not None else {})
        for event in events:
            if isinstance(event, Command):
                filling.run(event)
                continue
            taken = list(self._taken(event))
            for entry in taken:
                filling.put(entry, mounted=event.mounted)
            for unread in self._unread(event, taken, filling.lying):
                filling.hold(unread)
        self._lying.append(filling.lying)
        self.entries.append(filling.entries)
        self.unread.append(tuple(filling.unread))
        self._count += len(filling.entries)
        if self._count > MAX_ENTRIES:
            line = self._resolved.dockerfile.stages[stage].start_line
            raise BeyondLimits(f"more than {MAX_ENTRIES:,} lockfiles lie in the stages", line)

    def _taken(self, copy: Copy) -> Iterator[Entry]:
        if copy.origin.is_context:
            for found in self.sources.of(copy):
                place = place_of(copy, found.rest, self._named, is_file=found.is_file)
                yield entry_at(self._context.in_repository(found.path), place, copy, found.depth)
        elif copy.origin.stage is not None and copy.origin.stage < copy.stage:
            folder = copy.destination.rstrip("/") or "/"
            for source in source_paths(copy):
                for entry in self._lying[copy.origin.stage].values():
                    if entry.place == source:
                        yield entry.at(place_of(copy, posixpath.basename(source), self._named, is_file=True))
                    elif lies_below(entry.place, source):
                        inside = entry.place[len(source) :].lstrip("/")
                        yield entry.at(posixpath.normpath(posixpath.join(folder, inside)))

    def _unread(self, copy: Copy, taken: Sequence[Entry], lying: Collection[str]) -> Iterator[Unread]:
        """A `go.sum` says nothing that the `go.mod` beside it does not."""
        contents, places = self._context.contents, {entry.place for entry in taken}

        def is_found(source: str) -> bool:
            if not copy.origin.is_context:
                return False
            return not is_pattern(source) and contents.has(self._context.in_repository(source))

        if contents.paths:
            unread = (each for each in unread_at(copy, is_found) if each.place not in places)
            yield from (each for each in unread if _says_more(each.place, lying))


def _says_more(place: str, lying: Collection[str]) -> bool:
    folder, name = posixpath.split(place)
    return name != "go.sum" or posixpath.join(folder, "go.mod") not in lying


class _Filling:
    """One stage while its instructions fill it."""

    def __init__(self, lying: dict[str, Entry]) -> None:
        self.lying = lying
        self.unread: list[Unread] = []
        self._besides: dict[tuple[str, str], Entry] = {}
        self._installs: dict[tuple[Manager, str, tuple[str, ...]], Install] = {}

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Everything that counts."""
        return (*self.lying.values(), *self._besides.values())

    def run(self, command: Command) -> None:
        """Note what installs from what lies there by now."""
        if install := read_install(command):
            self._installs.setdefault((install.manager, install.folder, install.files), install)

    def put(self, entry: Entry, *, mounted: bool) -> None:
        """Lay a file in its place."""
        known = self.lying.get(entry.place)
        # Copied once more, as with `COPY . .` behind the install, it is the same file.
        if known is None or (known.path == entry.path and entry.depth < known.depth):
            self.lying[entry.place] = entry
        elif known.path != entry.path and mounted:
            # It lies over the other one only as long as its command runs.
            self._keep(entry)
        elif known.path != entry.path:
            self._displace(known)
            self.lying[entry.place] = entry

    def hold(self, unread: Unread) -> None:
        """Note a file that nobody can read, which may take a place."""
        self.unread.append(unread)
        known = self.lying.get(unread.place)
        if unread.replaces and known is not None:
            self._displace(known)

    def _displace(self, entry: Entry) -> None:
        """What was installed from it before stays installed, whatever lies there now."""
        del self.lying[entry.place]
        if any(install.serves(entry.manager, entry.place) for install in self._installs.values()):
            self._keep(entry)

    def _keep(self, entry: Entry) -> None:
        self._besides.setdefault((entry.path, entry.place), entry)
