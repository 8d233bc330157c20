"""Which files have to be read to tell what lands in a Dockerfile, and whether that differs between two sides."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import repeat

from bot.builds import Given, Variant, deciding_arg_names, source_arg_names, variants
from bot.change import Contents, FileVersion
from bot.dockerfile import Dockerfile, DockerfileError, parse
from bot.dockerfile.copies import read_events
from bot.dockerfile.model import Stage
from bot.dockerfile.resolve import Resolved, resolve_stages
from bot.dockerfile.shipped import Shipped, what_is_shipped
from bot.dockerfile.sources import Source, read_sources
from bot.dockerfile.stages import find_target
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.inventory import SkipKind, Skipped
from bot.landing.contexts import guessed_folders
from bot.landing.ignore import ignore_paths
from bot.landing.land import Build, land, takes_from_context
from bot.landing.model import Landed, Landing
from bot.landing.named import with_named
from bot.lockfiles import Lockfile, Manager, beside, manager_of, parse_lockfile
from bot.lockfiles.errors import LockfileError

_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Way:
    """A Dockerfile as one build of it is told to make it."""

    variant: Variant
    resolved: Resolved
    sources: tuple[Source, ...]
    shipped: Shipped
    target: Stage
    """The stage that is built."""
    unknown: Skipped | None = None
    """Why nobody knows which stage that is; the last stands in then, and it has to be said."""

    def build(self, path: str) -> Build:
        """What landing needs to know of it."""
        stages = frozenset(stage.index for stage in self.shipped.stages)
        return Build(path, self.resolved, stages, self.variant.context)


def ways_of(
    dockerfile: Dockerfile, given: Iterable[Given], build_args: Mapping[str, str], platform: Platform
) -> tuple[list[Way], int]:
    """The different ways to build a Dockerfile, and how many more there are."""
    chosen, more = variants(deciding_arg_names(dockerfile), given, build_args)
    return [_way(dockerfile, each, platform) for each in chosen], more


def _way(dockerfile: Dockerfile, variant: Variant, platform: Platform) -> Way:
    named = find_target(dockerfile, variant.target)
    target = named or dockerfile.stages[-1]
    resolved = resolve_stages(dockerfile, variant.build_args, platform, target)
    sources = tuple(read_sources(dockerfile, resolved))
    shipped = what_is_shipped(resolved, sources, target)
    return Way(variant, resolved, sources, shipped, target, None if named else _no_stage(variant.target))


def _no_stage(target: str) -> Skipped:
    """Why a target is no stage: only the builder knows what a variable holds."""
    if "$" in target or "{{" in target:
        why = "which stage is built depends on a value that the file does not tell"
        return Skipped(f"stage {target[:_SHOWN]}", why, SkipKind.UNRESOLVED)
    return Skipped(
        f"stage {target[:_SHOWN]}", "the Dockerfile has no stage of this name", SkipKind.UNREADABLE
    )


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
        self._ways: list[Way] = []
        if version.content is None:
            return
        try:
            self._ways = ways_of(parse(version.content), given, build_args, platform)[0]
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
    path: str, contents: Contents, asked: set[str] | None = None, constraints: Sequence[str] = ()
) -> Lockfile | None:
    """Read a lockfile with what it depends on; None when it was not read. `asked` collects what it asks for.

    One that is not known by its name is what a command says it is: a file of requirements.
    """

    def read(other: str) -> bytes | None:
        found = contents.content(other)
        if asked is not None:
            asked.add(other)
        elif found is None and contents.has(other) and manager_of(path) in (None, Manager.PIP):
            # What others ask for besides only explains; what a file of requirements includes is installed.
            raise LockfileError(f"{other}, which it includes, was not read")
        return found

    content = contents.content(path)
    return (
        None if content is None else parse_lockfile(path, content, read, constraints, otherwise=Manager.PIP)
    )


def files_of(path: str, contents: Contents, constraints: Sequence[str] = ()) -> Iterator[str]:
    """A lockfile and what it needs besides, as far as it is there."""
    yield path
    yield from constraints
    yield from (other for other in beside(path) if contents.has(other))
