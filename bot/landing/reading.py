"""Which files have to be read to tell what lands in a Dockerfile, and whether that differs between two sides."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import repeat

from bot.builds import Given, Variant, source_arg_names
from bot.change import Contents, FileVersion
from bot.dockerfile import DockerfileError, parse
from bot.dockerfile.copies import read_events
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.landing.contexts import guessed_folders
from bot.landing.further import content_of_further
from bot.landing.ignore import ignore_paths
from bot.landing.land import land, takes_from_context
from bot.landing.model import Landed, Landing
from bot.landing.named import with_named
from bot.landing.ways import Way, ways_of
from bot.lockfiles import Lockfile, Manager, beside, manager_of, parse_lockfile
from bot.lockfiles.errors import LockfileError


class Reading:
    """One Dockerfile on one side, before its lockfiles are read."""

    def __init__(
        self,
        version: FileVersion,
        given: Iterable[Given],
        build_args: Mapping[str, str],
        platform: Platform = DEFAULT_PLATFORM,
    ) -> None:
        self.path = version.path
        self._version = version
        self._platform = platform
        self._ways: list[Way] = []
        self._beyond: tuple[Variant, ...] = ()
        if version.content is None:
            return
        try:
            self._ways, self._beyond = ways_of(parse(version.content), given, build_args, platform)
        except DockerfileError:
            # Whoever judges it says so.
            return

    def asks_builder(self, contents: Contents) -> bool:
        """Whether it is for a builder to say what lands: by the context, or by a value that a source depends on."""
        return any(self._is_open(way, contents) for way in self._ways)

    def _is_open(self, way: Way, contents: Contents) -> bool:
        try:
            events = read_events(way.resolved)
        except DockerfileError:
            return False
        if not takes_from_context(events) or not with_named(contents, events).lockfiles:
            return False
        return len(guessed_folders(self.path, events, contents)) > 1 or bool(
            source_arg_names(way.resolved.dockerfile)
        )

    def takes_lockfiles(self, contents: Contents) -> bool:
        """Whether there is any lockfile that it may take in: one by its name, or one that a command names."""
        return bool(contents.lockfiles) or any(map(self._names_files, self._ways, repeat(contents)))

    def _names_files(self, way: Way, contents: Contents) -> bool:
        try:
            return bool(with_named(contents, read_events(way.resolved)).lockfiles)
        except DockerfileError:
            return False

    def ignore_files(self, contents: Contents) -> Iterator[str]:
        """The ignore files that may count."""
        for way in self._ways:
            for folder in self._folders(way, contents):
                yield from (path for path in ignore_paths(self.path, folder) if contents.has(path))

    def landed(self, contents: Contents) -> Iterator[Landed]:
        """What lands, by way; its ignore files have been read."""
        for way in self._ways:
            try:
                yield land(way.build(self.path), contents)
            except DockerfileError:
                continue

    def is_beyond(self, contents: Contents) -> bool:
        """Whether more lands than is followed, so that nobody can say what differs."""
        return sum(1 for _ in self.landed(contents)) < len(self._ways)

    def further(self, contents: Contents) -> str:
        """A name for the ways beyond those that are followed, the same while nothing of them changes."""
        if not self._beyond:
            return ""
        return content_of_further(self._version, self._ways, self._beyond, self._platform, contents)

    def lockfiles(self, contents: Contents) -> Iterator[Landing]:
        """The lockfiles that land in any way."""
        for landed in self.landed(contents):
            yield from landed.landings

    def for_triggers(self, contents: Contents) -> Iterator[str]:
        """Lockfiles at the top of the context, which a trigger of the base image may take in."""
        for way in self._ways:
            try:
                if takes_from_context(read_events(way.resolved)):
                    continue
            except DockerfileError:
                continue
            for folder in self._folders(way, contents):
                start = f"{folder}/" if folder else ""
                for path in contents.lockfiles:
                    if path.startswith(start) and "/" not in path[len(start) :]:
                        yield path

    def _folders(self, way: Way, contents: Contents) -> tuple[str, ...]:
        if way.variant.context is not None:
            return (way.variant.context,)
        try:
            return guessed_folders(self.path, read_events(way.resolved), contents)
        except DockerfileError:
            return ()


def read_lockfile(
    path: str,
    contents: Contents,
    asked: set[str] | None = None,
    constraints: Sequence[str] = (),
    called: str = "",
) -> Lockfile | None:
    """Read a lockfile with what it depends on; None when it was not read. `asked` collects what it asks for.

    One that is not known by its name is what an instruction calls it, or what a command says it is: a file of
    requirements.
    """

    def read(other: str) -> bytes | None:
        found = contents.content(other)
        if asked is not None:
            asked.add(other)
        elif found is None and contents.has(other) and manager_of(called or path) in (None, Manager.PIP):
            # What others ask for besides only explains; what a file of requirements includes is installed.
            raise LockfileError(f"{other}, which it includes, was not read")
        return found

    content = contents.content(path)
    if content is None:
        return None
    return parse_lockfile(path, content, read, constraints, otherwise=Manager.PIP, called=called)


def files_of(
    path: str, contents: Contents, constraints: Sequence[str] = (), called: str = ""
) -> Iterator[str]:
    """A lockfile and what it needs besides, as far as it is there."""
    yield path
    yield from constraints
    known_as = posixpath.join(posixpath.dirname(path), called) if called else path
    yield from (other for other in beside(known_as) if contents.has(other))
