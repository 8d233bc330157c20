"""A change: the files that matter, before and after.

Made by `github/` from trees and blobs, or by `local_git` from a checkout; judged by `review`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from bot.dockerfile import is_dockerfile


class FileStatus(StrEnum):
    """What happened to a path between the merge base and the head."""

    ADDED = "added"
    MODIFIED = "modified"
    REMOVED = "removed"
    RENAMED = "renamed"


@dataclass(frozen=True, slots=True)
class FileVersion:
    """One file at one commit. `content` is None when it was not read; `problem` then says why, if it matters."""

    path: str
    blob: str
    content: bytes | None = None
    problem: str = ""


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

    def dockerfiles(self) -> Iterator[FileVersion]:
        """The sides that are Dockerfiles."""
        if self.before is not None and is_dockerfile(self.before.path):
            yield self.before
        if self.after is not None and self.ends_as_dockerfile:
            yield self.after


@dataclass(frozen=True, slots=True)
class Change:
    """What is judged: `head` against `merge_base`. `incomplete` says why files may be missing, if they may."""

    repository: str
    merge_base: str
    head: str
    files: tuple[ChangedFile, ...] = ()
    incomplete: str = ""
    policy_file: FileVersion | None = None
    """The repository's policy as the change leaves it, empty where it is removed; None when it is not touched."""


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


def is_relevant(path: str) -> bool:
    """Whether a change of this path can change what an image ships."""
    return is_dockerfile(path) or lockfile_kind(path) is not None
