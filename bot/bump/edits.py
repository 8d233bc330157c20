"""Rewrite a repository's files so that they use other images: the one place that can. Pure.

Every use of an image is moved, in Dockerfiles, manifests and the build arguments that decide a `FROM`, spelled
as it is spelled there. What cannot be changed is named with the reason; the other uses of its file still are.
"""

import posixpath
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.bump.sources import GivenArg, Used, builds_of, uses_of
from bot.bump.spelling import Move, Moved
from bot.bump.working import Refusal, Working
from bot.dockerfile import is_dockerfile
from bot.image.platform import Platform
from bot.manifests import is_workflow, manifest_kind
from bot.trees import SYMBOLIC_LINK

__all__ = [
    "FileEdit",
    "GivenArg",
    "Move",
    "Refusal",
    "Rewritten",
    "SourceFile",
    "Used",
    "astray",
    "builds_of",
    "rewrite",
    "uses_of",
]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file at the commit that is changed. A symbolic link's content is where it leads."""

    path: str
    content: bytes
    mode: str = "100644"


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A file as it was and as it shall be."""

    path: str
    before: bytes
    after: bytes
    mode: str
    lines: tuple[int, ...]
    """Those that change; no line is added or removed."""
    uses: int
    """How many images, or values that decide one, were moved in it."""


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What becomes of the files."""

    edits: tuple[FileEdit, ...] = ()
    refused: tuple[Refusal, ...] = ()
    by_hand: tuple[FileEdit, ...] = ()
    """Workflow files, which an App may not change: shown for a person to do."""


def rewrite(
    files: Sequence[SourceFile],
    moves: Sequence[Move],
    build_args: Mapping[str, str] | None = None,
    platform: Platform | str | None = None,
) -> Rewritten:
    """Move every use of the images, as far as each can be. Raises InvalidReference for a move that is none."""
    own = {file.path: file.content for file in files if file.mode != SYMBOLIC_LINK}
    work = Working(own, build_args or {}, platform)
    read = [Moved.of(move) for move in moves]
    links = _links(files, work, read)
    for moved in read:
        work.move(moved)
    changed = [
        _edit(file, work) for file in files if work.contents.get(file.path) not in (None, file.content)
    ]
    return Rewritten(
        edits=tuple(edit for edit in changed if not is_workflow(edit.path)),
        refused=tuple(dict.fromkeys([*work.refused, *links])),
        by_hand=tuple(edit for edit in changed if is_workflow(edit.path)),
    )


def astray(files: Sequence[SourceFile]) -> list[tuple[str, str]]:
    """Links that are called like a Dockerfile and lead to none of the files, with what is to be said of each."""
    own = {file.path for file in files if file.mode != SYMBOLIC_LINK}
    return [
        (file.path, f"it is a symbolic link to {_leads(file)[:200]}, which is not followed")
        for file in files
        if file.mode == SYMBOLIC_LINK and is_dockerfile(file.path) and _target(file) not in own
    ]


def _leads(file: SourceFile) -> str:
    return file.content.decode("utf-8", "replace")


def _target(file: SourceFile) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(file.path), _leads(file)))


def _edit(file: SourceFile, work: Working) -> FileEdit:
    after = work.contents[file.path]
    pairs = zip(file.content.split(b"\n"), after.split(b"\n"), strict=True)
    lines = tuple(number for number, (old, new) in enumerate(pairs, 1) if old != new)
    return FileEdit(file.path, file.content, after, file.mode, lines, work.counts.get(file.path, 0))


def _links(files: Sequence[SourceFile], work: Working, moves: Sequence[Moved]) -> list[Refusal]:
    """Symbolic links that would have to change: their target is not known, or uses what is moved."""
    lost = dict(astray(files))
    refused = []
    for file in files:
        if file.mode != SYMBOLIC_LINK or not (is_dockerfile(file.path) or manifest_kind(file.path)):
            continue
        target = _target(file)
        if file.path in lost:
            refused.append(Refusal(file.path, 1, f"{lost[file.path]}: change that file by hand"))
        elif target in work.contents and any(
            moved.matches(used.reference) for used in work.uses(target, file.path) for moved in moves
        ):
            why = f"it is a symbolic link, which stays as it is; {target}, where it leads, counts for itself"
            refused.append(Refusal(file.path, 1, why))
    return refused
