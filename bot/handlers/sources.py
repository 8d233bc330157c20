"""The files of a commit that use images, by tree and blob SHA: as many as are read in one survey, likely ones first."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from bot.bump.edits import SourceFile, astray
from bot.dockerfile import is_dockerfile
from bot.github import contents, trees
from bot.github.client import Repository
from bot.github.contents import TooLarge
from bot.manifests import manifest_kind
from bot.manifests.model import ManifestKind
from bot.trees import LARGEST_FILE, TreeEntry

MOST_FILES = 400
MOST_BYTES = 20_000_000
AT_ONCE = 8
_LIKELY = (
    ManifestKind.COMPOSE,
    ManifestKind.BAKE,
    ManifestKind.DEVCONTAINER,
    ManifestKind.HELM_VALUES,
    ManifestKind.WORKFLOW,
    ManifestKind.KUBERNETES,
)
_HINTS = ("k8s", "kube", "deploy", "manifest", "chart", "helm", "kustom", "overlay")


@dataclass(frozen=True, slots=True)
class Sources:
    """What was read of a commit."""

    files: tuple[SourceFile, ...]
    incomplete: tuple[str, ...] = ()
    """What was left out, and why."""
    unread: tuple[str, ...] = ()
    """Files that could not be understood."""

    @property
    def left_out(self) -> tuple[str, ...]:
        """Everything that images may hide in."""
        return (*self.incomplete, *self.unread)


async def read_sources(repo: Repository, commit: str) -> Sources:
    """Read the Dockerfiles and manifests of a commit."""
    tree = await trees.tree(repo, commit)
    chosen, left_out = choose(tree.entries.items())
    limit = asyncio.Semaphore(AT_ONCE)

    async def read(path: str, entry: TreeEntry) -> SourceFile | str:
        async with limit:
            content = await contents.blob(repo, entry.sha, LARGEST_FILE)
        if isinstance(content, TooLarge):
            return f"{path}: it is larger than {LARGEST_FILE:,} bytes"
        return SourceFile(path, content, entry.mode)

    answers = await asyncio.gather(*(read(path, entry) for path, entry in chosen))
    files = tuple(answer for answer in answers if isinstance(answer, SourceFile))
    unread = [answer for answer in answers if isinstance(answer, str)]
    unread += [f"{path}: {why}" for path, why in astray(files)]
    return Sources(files, tuple(why for why in (tree.incomplete, *left_out, *unread) if why))


def choose(
    entries: Iterable[tuple[str, TreeEntry]],
) -> tuple[list[tuple[str, TreeEntry]], list[str]]:
    """Pick the files that may use images, those that most likely do first; say what is beyond the limits."""
    found = sorted(
        (rank, path, entry)
        for path, entry in entries
        if entry.type == "blob" and (rank := _rank(path)) is not None
    )
    chosen: list[tuple[str, TreeEntry]] = []
    left_out: list[str] = []
    size = beyond = 0
    for _, path, entry in found:
        if entry.size > LARGEST_FILE:
            left_out.append(f"{path}: it is larger than {LARGEST_FILE:,} bytes")
        elif len(chosen) == MOST_FILES or size + entry.size > MOST_BYTES:
            beyond += 1
        else:
            size += entry.size
            chosen.append((path, entry))
    if beyond:
        left_out.append(f"{len(found)} files may use images, and {beyond} of them were not looked at")
    return chosen, left_out


def _rank(path: str) -> tuple[int, bool, int] | None:
    """Dockerfiles, then manifests that are certain by their name, then what lies where deployments lie."""
    if is_dockerfile(path):
        return (0, False, path.count("/"))
    kind = manifest_kind(path)
    if kind is None:
        return None
    lower = path.lower()
    return (1 + _LIKELY.index(kind), not any(hint in lower for hint in _HINTS), path.count("/"))
