"""Files that may say how a Dockerfile is built, and that were not read: named where that matters to it."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from bot.builds import choosing_arg_names, source_arg_names
from bot.change import Contents, FileVersion
from bot.inspection import Gap, Location
from bot.standins import more_files
from bot.states import Target


def with_builders_left_out(
    target: Target, contents: Contents, unread: int, beyond: Sequence[FileVersion]
) -> Target:
    """Say that more files might give values, where values matter, or name another stage where there are several.

    Of `unread` files nobody knows what they say; that holds on both sides, and one that changed is judged for itself.
    Those `beyond` the limit stand for builds that are not looked at.
    """
    if not target.ways or not (unread or beyond):
        return target
    dockerfile, state = target.ways[0].resolved.dockerfile, target.state
    names = choosing_arg_names(dockerfile)
    if contents.lockfiles:
        names |= source_arg_names(dockerfile)
    if not names and len(dockerfile.stages) < 2:
        return target
    chosen = next((base for base in state.bases if base.args), None)
    name = chosen.args[0].name if chosen else min(names, default="")
    may = f"give a value to {name}" if name else "build another stage"
    if unread:
        where = chosen.location if chosen else Location(state.path, 1, 1)
        gap = Gap(f"{_files(unread)} that may {may}", "they could not be read", where)
        state = replace(state, gaps=(*state.gaps, gap))
    if beyond:
        paths = [file.path for file in beyond]
        what = f"{_files(len(paths))} that may {may}"
        base = more_files(state.path, what, paths, _content(beyond, names))
        state = replace(state, bases=(*state.bases, base))
    return replace(target, state=state)


def _files(count: int) -> str:
    return f"{count} more {'file' if count == 1 else 'files'}"


def _content(beyond: Sequence[FileVersion], names: frozenset[str]) -> str:
    """A name for what these files may say of the values that matter, the same while nothing of both changes."""
    told = (sorted(names), sorted((file.path, file.blob) for file in beyond))
    return hashlib.sha256(repr(told).encode(errors="surrogatepass")).hexdigest()
