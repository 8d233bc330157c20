"""A change: the files that matter, before and after.

Made by `github/` from trees and blobs, or by `local_git` from a checkout; judged by `review`.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bot.dockerfile import is_dockerfile
from bot.lockfiles import manager_of, may_be_lockfile
from bot.manifests import manifest_kind
from bot.manifests.model import Manifest, ManifestKind


class FileStatus(StrEnum):
    """What happened to a path between the merge base and the head."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
    """A Dockerfile as it was, but a changed file gives other values to its `ARG`s, or is taken in by it."""


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file at one commit. `content` is None when it was not read; `problem` then says why, if it matters."""

    path: str
    blob: str
    content: bytes | None = None
    problem: str = ""
    manifest: Manifest | None = field(default=None, compare=False, repr=False)
    """What it says, where it is no Dockerfile and was read."""


@dataclass(frozen=True, slots=True)
class ChangedFile:
    """One changed path; `before` is None for an added file, `after` for a removed one."""

    status: FileStatus
    before: FileVersion | None
    after: FileVersion | None

    @property
    def path(self) -> str:
        """Where a person looks for it: the new place, else the old one."""
        version = self.after or self.before
        return version.path if version else ""

    @property
    def ends_as_dockerfile(self) -> bool:
        """Whether the new side is a Dockerfile: by its name, or because it was one until it was renamed."""
        if self.after is None:
            return False
        return is_dockerfile(self.after.path) or (self.before is not None and is_dockerfile(self.before.path))

    def versions(self) -> Iterator[FileVersion]:
        """The sides there are, the old one first."""
        yield from (version for version in (self.before, self.after) if version is not None)

    def dockerfiles(self) -> Iterator[FileVersion]:
        """The sides that are Dockerfiles."""
        if self.before is not None and is_dockerfile(self.before.path):
            yield self.before
        if self.after is not None and self.ends_as_dockerfile:
            yield self.after

    def to_read(self) -> Iterator[FileVersion]:
        """The sides whose content matters: Dockerfiles, and files that may name images."""
        dockerfiles = set(self.dockerfiles())
        for version in self.versions():
            if version in dockerfiles or kind_of(version.path) is not None:
                yield version


@dataclass(frozen=True, slots=True)
class Builders:
    """The files that say how Dockerfiles are built, on both sides. Read only when some `FROM` depends on them."""

    before: tuple[FileVersion, ...] = ()
    after: tuple[FileVersion, ...] = ()
    unread: int = 0
    """Files that could not be read, which may give values as well."""
    beyond_before: tuple[FileVersion, ...] = ()
    beyond_after: tuple[FileVersion, ...] = ()
    """Files beyond the limit on either side, which may do so too."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What of one side builds may take in: where files are, and those that were read for it."""

    paths: Sequence[str] = ()
    """Of all files, sorted."""
    lockfiles: tuple[str, ...] = ()
    """Those of them that list an application's dependencies, sorted."""
    read: Mapping[str, FileVersion] = field(default_factory=dict)
    """Lockfiles, what stands beside them, and ignore files, by path."""
    blobs: Mapping[str, str] = field(default_factory=dict)
    """What all files hold, by path."""

    def content(self, path: str) -> bytes | None:
        """The bytes of a file that was read."""
        version = self.read.get(path)
        return version.content if version else None

    def state(self, paths: Iterable[str] | None = None) -> str:
        """A name for all that builds may take in, of these files or of all, the same while nothing of it changes."""
        found = hashlib.sha256()
        for path in filter(is_taken_in, self.paths if paths is None else paths):
            found.update(f"{path}\0{self.blobs.get(path, '')}\0".encode(errors="surrogatepass"))
        return found.hexdigest()

    def has(self, path: str) -> bool:
        """Whether there is such a file, or a folder of that name with files in it."""
        at = bisect_left(self.paths, path)
        if at < len(self.paths) and self.paths[at] == path:
            return True
        inside = f"{path}/"
        at = bisect_left(self.paths, inside)
        return at < len(self.paths) and self.paths[at].startswith(inside)


@dataclass(frozen=True, slots=True)
class Change:
    """What is judged: `head` against `merge_base`. `incomplete` says why files may be missing, if they may."""

    repository: str
    merge_base: str
    head: str
    files: tuple[ChangedFile, ...] = ()
    incomplete: str = ""
    builders: Builders = field(default_factory=Builders)
    unread: tuple[str, ...] = ()
    """Paths of changed YAML files beyond the limit, which may name images."""
    policy_file: FileVersion | None = None
    """The repository's policy as the change leaves it, empty where it is removed; None when it is not touched."""
    before: Contents = field(default_factory=Contents, compare=False, repr=False)
    after: Contents = field(default_factory=Contents, compare=False, repr=False)
    updaters: tuple[str, ...] = ()
    """Programs that keep the dependencies of this repository up to date."""
    left_aside: tuple[tuple[str, str], ...] = ()
    """(lockfile, why) pairs of those that Dockerfiles come near, and that count for nothing in them."""
    unread_dockerfiles: int = 0
    """Dockerfiles beyond the limit, which may take in a changed lockfile as well."""

    def contents(self) -> Iterator[FileVersion]:
        """Every version that was read, once or more often."""
        for file in self.files:
            yield from file.versions()
        yield from self.builders.before
        yield from self.builders.after


def is_lockfile(path: str) -> bool:
    """Whether a file lists the dependencies of an application."""
    return manager_of(path) is not None


def is_ignore_file(path: str) -> bool:
    """Whether a file says what a build context leaves out."""
    return path.rpartition("/")[2].endswith(".dockerignore")


def is_taken_in(path: str) -> bool:
    """Whether a build may take in a file that decides what it installs."""
    name = path.rpartition("/")[2]
    return name in BESIDE_LOCKFILES or is_lockfile(path) or is_ignore_file(path) or may_be_lockfile(path)


BESIDE_LOCKFILES = frozenset(
    "package.json Pipfile pyproject.toml Cargo.toml Gemfile gems.rb composer.json mix.exs".split()
)
"""Files that tell how to read the lockfile beside them."""


def kind_of(path: str) -> ManifestKind | None:
    """The kind of file that names images, by its path; None for a Dockerfile, a lockfile and all others."""
    return None if is_dockerfile(path) or is_lockfile(path) else manifest_kind(path)


CERTAIN = (ManifestKind.COMPOSE, ManifestKind.BAKE, ManifestKind.DEVCONTAINER, ManifestKind.WORKFLOW)
"""Kinds that a name alone tells. Any other YAML file may be anything, until it is read."""


def is_relevant(path: str) -> bool:
    """Whether a change of this path can change what an image ships."""
    return is_dockerfile(path) or is_taken_in(path) or manifest_kind(path) is not None
