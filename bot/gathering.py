"""What of a change has to be read, round by round, until everything that decides is there. Pure.

Changed files come first. What they say may make more files matter: a Dockerfile as it was, whose `ARG`s a changed
file gives other values, or which takes in a changed lockfile; the files that say how Dockerfiles are built; and the
lockfiles that land in any of them. GitHub and a local repository are both read this way.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot.builds import differently_built, differently_placed, given_to, leaves_choice
from bot.change import (
    Builders,
    Change,
    ChangedFile,
    FileStatus,
    FileVersion,
    is_lockfile,
    is_taken_in,
)
from bot.dockerfile import is_dockerfile
from bot.image.platform import DEFAULT_PLATFORM, Platform
from bot.landing.reading import Reading
from bot.landing.side import Side
from bot.lockfiles.updaters import FILES as UPDATER_FILES
from bot.lockfiles.updaters import updaters
from bot.nearness import builders_in, folder, nearest
from bot.trees import TreeEntry, changed_files, version_at
from bot.worth import builds, is_judged, is_sure, is_unreadable, says_something, understood

MOST_FILES = 300
MOST_BUILT = 50
"""Dockerfiles as they were that are looked at because a changed file gives other values to their `ARG`s."""

MOST_NEAR = 50
"""Dockerfiles as they were that are read because they may take in a changed lockfile, besides one for each folder."""

Tree = Mapping[str, TreeEntry]
Key = tuple[str, str]
"""Path and blob of a file, which together say all there is in it."""


@dataclass(frozen=True, slots=True)
class Building:
    """What the operator says of how Dockerfiles are built."""

    build_args: Mapping[str, str] = field(default_factory=dict)
    platform: Platform = DEFAULT_PLATFORM


class Gathering:
    """One change as it is read: ask what is `wanted`, hand it to `take`, until nothing is wanted any more."""

    def __init__(
        self, before: Tree, after: Tree, renames: Mapping[str, str], building: Building | None = None
    ) -> None:
        self._before = before
        self._after = after
        self._building = building or Building()
        self._sides = (Side(before), Side(after))
        self._near: list[ChangedFile] = []
        self._unread_near = 0
        self._known: dict[tuple[object, ...], Reading] = {}
        self._read: dict[Key, FileVersion] = {}
        self._built: list[ChangedFile] = []
        self._left_built = 0
        self._builders = Builders()
        everything = changed_files(before, after, renames)
        self._touched = [path for file in everything for path in self._taken_in(file)]
        changed = [file for file in everything if any(map(is_judged, file.versions()))]
        self._sure = [file for file in changed if is_sure(file)]
        self._unsure = [file for file in changed if not is_sure(file)]
        self._rounds = iter(
            (
                self._changed,
                self._built_otherwise,
                self._near_dockerfiles,
                self._all_builders,
                self._ignore_files,
                self._lockfiles,
                *[self._included] * 4,
                self._updater_files,
            )
        )

    def wanted(self) -> list[FileVersion]:
        """Say what is to be read next; nothing when all is there."""
        for ask in self._rounds:
            if missing := [each for each in dict.fromkeys(ask()) if _is_unread(each, self._read)]:
                return missing
        return []

    def take(self, versions: Iterable[FileVersion]) -> None:
        """Take in what was read."""
        for version in versions:
            self._read[version.path, version.blob] = understood(version)
        for side in self._sides:
            side.take(self._read)

    def change(self, repository: str, merge_base: str, head: str, incomplete: str = "") -> Change:
        """Put together what was read."""
        files = [self._filled(file) for file in self._kept()]
        judged = [file for file in files if says_something(file)]
        aside = [*self._built, *(file for file in self._near if self._is_otherwise(file))]
        return Change(
            repository,
            merge_base,
            head,
            tuple(sorted([*judged, *map(self._filled, aside)], key=lambda file: file.path)),
            incomplete or self._too_many(),
            self._read_builders(),
            tuple(file.path for file in self._unsure[max(0, MOST_FILES - len(self._sure)) :]),
            before=self._sides[0].contents,
            after=self._sides[1].contents,
            left_aside=tuple(self._left_aside().items()),
            unread_dockerfiles=self._unread_near,
            updaters=self._updaters(),
        )

    def _read_builders(self) -> Builders:
        """Those that build anything. One that could not be read may give a value as well."""
        before, after = (
            [self._with_content(version) for version in side]
            for side in (self._builders.before, self._builders.after)
        )
        return replace(
            self._builders,
            before=tuple(filter(builds, before)),
            after=tuple(filter(builds, after)),
            unread=max(sum(map(is_unreadable, side)) for side in (before, after)),
        )

    def _kept(self) -> list[ChangedFile]:
        """Files that surely matter come first: others are only some of the YAML files there are."""
        return (self._sure + self._unsure)[:MOST_FILES]

    def _too_many(self) -> str:
        if (count := len(self._sure)) > MOST_FILES:
            return f"the change touches {count} files that matter, and only the first {MOST_FILES} were looked at"
        if self._left_built:
            count = MOST_BUILT + self._left_built
            return f"the change has {count} Dockerfiles built otherwise, and only {MOST_BUILT} were looked at"
        return ""

    def _with_content(self, version: FileVersion) -> FileVersion:
        """What was read of a file. Lockfiles go their own way: they are large, and one lands in several targets."""
        return version if is_lockfile(version.path) else self._read.get((version.path, version.blob), version)

    def _filled(self, file: ChangedFile) -> ChangedFile:
        before = self._with_content(file.before) if file.before else None
        return replace(file, before=before, after=self._with_content(file.after) if file.after else None)

    def _changed(self) -> Iterable[FileVersion]:
        return [version for file in self._kept() for version in file.to_read()]

    def _built_otherwise(self) -> Iterable[FileVersion]:
        """Dockerfiles that did not change, and are built with other values than before."""
        files = [self._filled(file) for file in self._kept()]
        changed = {version.path for file in files for version in file.versions()}
        for path in differently_built(files):
            was, now = self._before.get(path), self._after.get(path)
            if was and was == now and was.type == "blob" and path not in changed:
                version = version_at(path, was)
                self._built.append(ChangedFile(FileStatus.UNCHANGED, version, version))
        self._left_built = len(self._built[MOST_BUILT:])
        self._built = self._built[:MOST_BUILT]
        return [version for file in self._built for version in file.versions()]

    def _all_builders(self) -> Iterable[FileVersion]:
        """Every file that may build a Dockerfile, when the base or the context of one is for the builder to choose."""
        self._built = [file for file in self._built if any(map(leaves_choice, self._filled(file).versions()))]
        dockerfiles = [version for file in self._kept() for version in file.dockerfiles()]
        wanting = [each.path for each in dockerfiles if leaves_choice(self._with_content(each))]
        wanting += [file.path for file in self._built]
        near = [version for file in self._near for version in file.versions()]
        wanting += [each.path for each in near if leaves_choice(self._with_content(each))]
        for side, readings in zip(self._sides, self._readings(), strict=True):
            wanting += [each.path for each in readings if each.asks_builder(side.contents)]
        if not wanting:
            return []
        changed = {version.path for file in self._kept() for version in file.versions()}
        before, missed = builders_in(self._before, wanting, changed)
        after, also_missed = builders_in(self._after, wanting, changed)
        self._builders = Builders(before, after, beyond_before=missed, beyond_after=also_missed)
        return [*before, *after]

    def _taken_in(self, file: ChangedFile) -> Iterator[str]:
        """The paths of a changed file that builds may take in."""
        for version in file.versions():
            if is_taken_in(version.path) and any(side.decides(version.path) for side in self._sides):
                yield version.path

    def _near_dockerfiles(self) -> Iterable[FileVersion]:
        """Dockerfiles that did not change, when something they may take in did, or the folder they are built from."""
        moved = differently_placed([self._filled(file) for file in self._kept()])
        if not self._touched and not moved:
            return []
        known = self._unchanged_dockerfiles()
        close = nearest(known, self._touched) if self._touched else []
        paths = list(dict.fromkeys([*(path for path in moved if path in known), *close]))
        most = min(MOST_FILES, MOST_NEAR + len(set(map(folder, [*moved, *self._touched]))))
        self._unread_near = len(paths[most:])
        for path in paths[:most]:
            version = version_at(path, self._after[path])
            self._near.append(ChangedFile(FileStatus.UNCHANGED, version, version))
        return [version for file in self._near for version in file.versions()]

    def _unchanged_dockerfiles(self) -> set[str]:
        """Paths of those that nothing said so far asks to be judged."""
        judged = {version.path for file in (*self._kept(), *self._built) for version in file.versions()}
        return {
            path
            for path, entry in self._after.items()
            if is_dockerfile(path)
            and entry.type == "blob"
            and self._before.get(path) == entry
            and path not in judged
        }

    def _readings(self) -> tuple[list[Reading], list[Reading]]:
        """The Dockerfiles of both sides, built as files and the operator say."""
        before: list[Reading] = []
        after: list[Reading] = []
        for file in (*self._kept(), *self._built, *self._near):
            if file.before is not None and is_dockerfile(file.before.path):
                before.append(self._reading(file.before, self._builders.before))
            if file.after is not None and file.ends_as_dockerfile:
                after.append(self._reading(file.after, self._builders.after))
        return before, after

    def _reading(self, version: FileVersion, builders: Sequence[FileVersion]) -> Reading:
        version, building = self._with_content(version), self._building
        key = version.path, version.blob, version.content is None, id(builders)
        if key not in self._known:
            given = given_to(version.path, map(self._with_content, builders))
            self._known[key] = Reading(version, given, building.build_args, building.platform)
        return self._known[key]

    def _ignore_files(self) -> Iterable[FileVersion]:
        return [
            version
            for side, readings in zip(self._sides, self._readings(), strict=True)
            for reading in readings
            if reading.takes_lockfiles(side.contents)
            for version in side.versions(reading.ignore_files(side.contents))
        ]

    def _lockfiles(self) -> Iterable[FileVersion]:
        """What lands, and what stands beside it."""
        return [
            version
            for side, readings in zip(self._sides, self._readings(), strict=True)
            for version in side.landing([each for each in readings if each.takes_lockfiles(side.contents)])
        ]

    def _included(self) -> Iterable[FileVersion]:
        """What the lockfiles that were read ask for."""
        return [version for side in self._sides for version in side.included()]

    def _updater_files(self) -> Iterable[FileVersion]:
        """What tells who keeps the dependencies up to date, where any land."""
        side = self._sides[1]
        return list(side.versions(UPDATER_FILES)) if side.has_landed else []

    def _updaters(self) -> tuple[str, ...]:
        side = self._sides[1]
        return updaters(self._after, side.contents.content) if side.has_landed else ()

    def _left_aside(self) -> dict[str, str]:
        """Why changed lockfiles count for nothing in the Dockerfiles they are near to, the new side first."""
        touched = set(self._touched)
        found: dict[str, str] = {}
        for side, readings in reversed(list(zip(self._sides, self._readings(), strict=True))):
            for reading in readings if touched else ():
                for landed in reading.landed(side.contents):
                    found = {path: why for path, why in landed.left_aside if path in touched} | found
        return found

    def _is_otherwise(self, file: ChangedFile) -> bool:
        """Whether something else lands in a Dockerfile that is as it was, or nobody can say."""
        readings = [
            (side, self._reading(version, builders))
            for side, version, builders in zip(
                self._sides,
                (file.before, file.after),
                (self._builders.before, self._builders.after),
                strict=True,
            )
            if version is not None
        ]
        if any(reading.is_beyond(side.contents) for side, reading in readings):
            return True
        before, after = ((side.landed(reading), reading.further(side.contents)) for side, reading in readings)
        return before != after


def _is_unread(version: FileVersion, read: Mapping[Key, FileVersion]) -> bool:
    return not version.problem and (version.path, version.blob) not in read
