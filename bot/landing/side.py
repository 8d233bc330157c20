"""The files of one side as far as builds may take them in: where they are, and which of them have to be read."""

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from bot.change import BESIDE_LOCKFILES, Contents, FileVersion, is_lockfile
from bot.landing.reading import Reading, files_of, read_lockfile
from bot.trees import TreeEntry, version_at

MOST_LOCKFILES = 100
"""Lockfiles of one side that are read."""
MOST_BYTES = 64_000_000
MOST_INCLUDED = 60
LONGEST_INCLUDING = 300_000
"""Bytes of a lockfile that is searched for others it includes: those that do are written by hand."""

Key = tuple[str, str]


class Side:
    """One side of a change while it is read."""

    def __init__(self, tree: Mapping[str, TreeEntry]) -> None:
        self._tree = tree
        self._wanted: dict[str, FileVersion] = {}
        self._read: dict[str, FileVersion] = {}
        self._landed: dict[tuple[str, str], tuple[str, ...]] = {}
        """The lockfiles that land, by path and what they are called, and the files that tell versions with them."""
        self._bytes = 0

    @cached_property
    def contents(self) -> Contents:
        """Where files are, and what was read of them so far."""
        paths = sorted(path for path, entry in self._tree.items() if entry.type != "tree")
        known = set(paths)
        lockfiles = tuple(path for path in paths if is_lockfile(path) and not _is_shadowed(path, known))
        return Contents(paths, lockfiles, self._read, {path: self._tree[path].sha for path in paths})

    @property
    def has_landed(self) -> bool:
        """Whether any lockfile lands in an image."""
        return bool(self._landed)

    def decides(self, path: str) -> bool:
        """Whether a file here may decide what is installed: not where it stands beside no lockfile."""
        folder, _, name = path.rpartition("/")
        if name not in BESIDE_LOCKFILES:
            return True
        return any(posixpath.dirname(each) == folder for each in self.contents.lockfiles)

    def versions(self, paths: Iterable[str]) -> Iterator[FileVersion]:
        """Name files that are to be read; those that cannot be say why."""
        for path in paths:
            if path in self._wanted or path not in self._tree:
                continue
            version = version_at(path, self._tree[path])
            self._wanted[path] = version
            if version.problem:
                self._read[path] = version
            else:
                yield version

    def take(self, read: Mapping[Key, FileVersion]) -> None:
        """Take in what was read of the files that were named."""
        for path, version in self._wanted.items():
            known = self._read.get(path)
            if known is None and (found := read.get((path, version.blob))) is not None:
                self._bytes += len(found.content or b"")
                self._read[path] = found if self._bytes <= MOST_BYTES else _too_many(version)

    def landing(self, readings: Iterable[Reading]) -> Iterator[FileVersion]:
        """Name the lockfiles that land in some Dockerfiles, and what stands beside them."""
        for reading in readings:
            for landing in reading.lockfiles(self.contents):
                key = landing.path, landing.called
                self._landed[key] = (*self._landed.get(key, ()), *landing.constraints)
            for path in reading.for_triggers(self.contents):
                self._landed.setdefault((path, ""), ())
        size = 0
        for number, ((path, called), constraints) in enumerate(self._landed.items()):
            size += self._tree[path].size if path in self._tree else 0
            if number >= MOST_LOCKFILES or size > MOST_BYTES:
                self._read[path] = _too_many(version_at(path, self._tree[path]))
                self._wanted[path] = self._read[path]
            else:
                yield from self.versions(files_of(path, self.contents, constraints, called))

    def included(self) -> Iterator[FileVersion]:
        """Name what the lockfiles that were read ask for besides."""
        asked: set[str] = set()
        for (path, called), constraints in list(self._landed.items())[:MOST_LOCKFILES]:
            content = self.contents.content(path)
            if content is not None and len(content) <= LONGEST_INCLUDING:
                read_lockfile(path, self.contents, asked, constraints, called)
        yield from self.versions(sorted(asked)[:MOST_INCLUDED])

    def landed(self, reading: Reading) -> frozenset[tuple[object, ...]]:
        """What lands in a Dockerfile, to be compared with the other side."""
        found: set[tuple[object, ...]] = set()
        for landing in reading.lockfiles(self.contents):
            asked: set[str] = set()
            content = self.contents.content(landing.path)
            if content is not None and len(content) <= LONGEST_INCLUDING:
                read_lockfile(landing.path, self.contents, asked, landing.constraints, landing.called)
            files = {*files_of(landing.path, self.contents, landing.constraints, landing.called), *asked}
            blobs = frozenset((path, self._tree[path].sha) for path in files if path in self._tree)
            found.add((landing.path, landing.called, landing.shipped, landing.development, blobs))
        return frozenset(found)


def _is_shadowed(path: str, known: set[str]) -> bool:
    """Whether another lockfile beside it says the same and more."""
    folder, name = posixpath.split(path)
    return name == "go.sum" and posixpath.join(folder, "go.mod") in known


def _too_many(version: FileVersion) -> FileVersion:
    why = f"more than {MOST_LOCKFILES} lockfiles or {MOST_BYTES:,} bytes of them land in images"
    return FileVersion(version.path, version.blob, problem=why)
