"""Compare two git trees: which files that matter differ. Pure; serves GitHub's trees and a local repository's."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.change import (
    BESIDE_LOCKFILES,
    ChangedFile,
    FileStatus,
    FileVersion,
    is_lockfile,
    is_relevant,
    kind_of,
)
from bot.dockerfile import is_dockerfile
from bot.lockfiles import may_be_lockfile
from bot.lockfiles.found import MAX_BYTES

LARGEST_FILE = 1_000_000
"""Bytes of a file that is read, unless it is a lockfile."""
LARGEST_LOCKFILE = MAX_BYTES
SYMBOLIC_LINK = "120000"


@dataclass(frozen=True, slots=True)
class TreeEntry:
    """A file, symbolic link, folder or submodule; `size` is 0 for what is not a blob."""

    mode: str
    type: str
    sha: str
    size: int = 0


def largest(path: str) -> int:
    """How many bytes of a file are read."""
    return LARGEST_LOCKFILE if is_lockfile(path) or _may_hold_one(path) else LARGEST_FILE


def _may_hold_one(path: str) -> bool:
    """Whether a file is read only where an instruction puts it in a lockfile's place."""
    read_otherwise = kind_of(path) is not None or is_dockerfile(path)
    name = path.rpartition("/")[2]
    return may_be_lockfile(path) and not read_otherwise and name not in BESIDE_LOCKFILES


def matters(path: str, previous: str | None) -> bool:
    """Whether a change of this path, or a move from the previous one, is worth a look."""
    return is_relevant(path) or (previous is not None and is_relevant(previous))


def changed_files(
    before: Mapping[str, TreeEntry], after: Mapping[str, TreeEntry], renames: Mapping[str, str]
) -> list[ChangedFile]:
    """Compare two trees: the files that matter and differ, in path order, renames joined."""
    before, after = _without_folders(before), _without_folders(after)
    moved = {old: new for new, old in renames.items() if old in before and old not in after and new in after}
    files = [_changed(before, after, old, new) for old, new in moved.items() if matters(new, old)]
    for path in before.keys() | after.keys():
        was, now = before.get(path), after.get(path)
        if was != now and is_relevant(path) and path not in moved and path not in moved.values():
            files.append(_changed(before, after, path if was else None, path if now else None))
    return sorted(files, key=lambda file: file.path)


def _without_folders(tree: Mapping[str, TreeEntry]) -> dict[str, TreeEntry]:
    """A folder called `dockerfile` is no Dockerfile. A submodule of that name stays, as something not read."""
    return {path: entry for path, entry in tree.items() if entry.type != "tree"}


def _changed(
    before: Mapping[str, TreeEntry], after: Mapping[str, TreeEntry], old: str | None, new: str | None
) -> ChangedFile:
    was = version_at(old, before[old]) if old else None
    now = version_at(new, after[new]) if new else None
    if was and now:
        status = FileStatus.MODIFIED if old == new else FileStatus.RENAMED
    else:
        status = FileStatus.ADDED if now else FileStatus.REMOVED
    return ChangedFile(status, was, now)


def version_at(path: str, entry: TreeEntry) -> FileVersion:
    """Name one file of a tree, and what keeps it from being read, if something does."""
    problem = "it is a symbolic link, which is not followed" if entry.mode == SYMBOLIC_LINK else ""
    if entry.type != "blob":
        problem = "it is not a file"
    elif entry.size > largest(path):
        problem = f"it is larger than {largest(path):,} bytes"
    return FileVersion(path, entry.sha, problem=problem)
