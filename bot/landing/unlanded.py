"""Changed lockfiles that land in no target: named, with the reason as far as it is known."""

from collections.abc import Iterable, Iterator

from bot.change import Change, is_lockfile
from bot.dockerfile import is_dockerfile
from bot.inspection import Gap, Location, TargetPair
from bot.lockfiles import manager_of


def unlanded_gaps(change: Change, pairs: Iterable[TargetPair]) -> Iterator[Gap]:
    """Name the changed lockfiles that no target takes in."""
    aside = dict(change.left_aside)
    for paths in _unlanded(change, pairs):
        why = next((aside[path] for path in paths if path in aside), "") or _why(change)
        yield Gap(f"{manager_of(paths[-1])} lockfile {paths[-1]}", why, Location(paths[-1], 1, 1))


def unknown_landing(change: Change, pairs: Iterable[TargetPair]) -> str:
    """Why nothing may be concluded of changed lockfiles: Dockerfiles that were not read may take them in."""
    aside = dict(change.left_aside)
    lost = [paths for paths in _unlanded(change, pairs) if aside.keys().isdisjoint(paths)]
    if not lost or not change.unread_dockerfiles:
        return ""
    return f"nobody knows where the lockfile {lost[0][-1]} lands: {_why(change)}"


def _unlanded(change: Change, pairs: Iterable[TargetPair]) -> Iterator[list[str]]:
    """The paths, before and after, of each changed lockfile that lands nowhere."""
    landed = {
        path
        for pair in pairs
        for state in (pair.before, pair.after)
        if state is not None
        for brought in state.brought
        for path in (brought.source, *(each.location.path for each in brought.packages))
    }
    for file in change.files:
        paths = [version.path for version in file.versions() if is_lockfile(version.path)]
        if paths and landed.isdisjoint(read for path in paths for read in (path, *_reads(path))):
            yield paths


def _reads(path: str) -> Iterator[str]:
    """What a lockfile is judged with: of go.sum, the go.mod beside it takes what it needs."""
    folder, slash, name = path.rpartition("/")
    if name.lower() == "go.sum":
        yield f"{folder}{slash}go.mod"


def _why(change: Change) -> str:
    if change.unread_dockerfiles:
        return f"no Dockerfile that was read takes it in, and {change.unread_dockerfiles} more were not"
    known = any(map(is_dockerfile, (*change.before.paths, *change.after.paths)))
    if not known:
        return "the repository has no Dockerfile that could take it in"
    return "no Dockerfile is known to take it in"
