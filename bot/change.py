"""A change: the files that matter, before and after.

Made by `github/` from trees and blobs, or by `local_git` from a checkout; judged by `review`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath

from bot.dockerfile import is_dockerfile
from bot.manifests import manifest_kind
from bot.manifests.model import Manifest, ManifestKind


class FileStatus(StrEnum):
    """What happened to a path between the merge base and the head."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"
    """A Dockerfile as it was, but a changed file gives other values to its `ARG`s."""


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
    left_out: int = 0
    """Files beyond the limit, which may give values as well."""


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

    def contents(self) -> Iterator[FileVersion]:
        """Every version that was read, once or more often."""
        for file in self.files:
            yield from file.versions()
        yield from self.builders.before
        yield from self.builders.after


# Named as "not looked at yet" when they change, so that silence is never mistaken for "clean".
LOCKFILES = {
    "package-lock.json": "npm",
    "npm-shrinkwrap.json": "npm",
    "yarn.lock": "Yarn",
    "pnpm-lock.yaml": "pnpm",
    "requirements.txt": "pip",
    "pipfile.lock": "Pipenv",
    "poetry.lock": "Poetry",
    "uv.lock": "uv",
    "pdm.lock": "PDM",
    "go.mod": "Go",
    "go.sum": "Go",
    "cargo.lock": "Cargo",
    "gemfile.lock": "Bundler",
    "composer.lock": "Composer",
    "pom.xml": "Maven",
    "gradle.lockfile": "Gradle",
    "packages.lock.json": "NuGet",
    "mix.lock": "Mix",
    "pubspec.lock": "Pub",
    "conan.lock": "Conan",
}


def lockfile_kind(path: str) -> str | None:
    """The package manager a lockfile belongs to, or None when the path is no lockfile."""
    return LOCKFILES.get(PurePosixPath(path).name.lower())


def kind_of(path: str) -> ManifestKind | None:
    """The kind of file that names images, by its path; None for a Dockerfile, a lockfile and all others."""
    return None if is_dockerfile(path) or lockfile_kind(path) else manifest_kind(path)


CERTAIN = (ManifestKind.COMPOSE, ManifestKind.BAKE, ManifestKind.DEVCONTAINER, ManifestKind.WORKFLOW)
"""Kinds that a name alone tells. Any other YAML file may be anything, until it is read."""


def is_relevant(path: str) -> bool:
    """Whether a change of this path can change what an image ships."""
    return is_dockerfile(path) or lockfile_kind(path) is not None or manifest_kind(path) is not None
