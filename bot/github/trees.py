"""The files of a commit, by their SHAs.

Read by tree and blob SHA only: immutable, cacheable, no odd path in a URL, no symbolic link followed.
See https://docs.github.com/en/rest/git/trees
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.fields import Fields
from bot.trees import TreeEntry

MOST_REQUESTS = 40
"""For a tree GitHub will not list at once (over 100,000 entries or 7 MB)."""
MOST_ENTRIES = 500_000
TOO_LARGE = "the repository has more files than GitHub lists, so some changed files may have been missed"
# Paths are bytes to git and text in GitHub's answer.
AMBIGUOUS = "GitHub lists two files under one path, so one of them may have been missed"


@dataclass(frozen=True, slots=True)
class Tree:
    """All entries by path. When it is not complete, a missing path proves nothing, nor does an entry."""

    entries: Mapping[str, TreeEntry]
    incomplete: str = ""
    """Why entries may be missing, if they may."""

    @property
    def complete(self) -> bool:
        """Whether every entry is there."""
        return not self.incomplete


@dataclass(frozen=True, slots=True)
class _Listing:
    """One answer: the entries under one tree, whether some were cut off, and whether a path came twice."""

    entries: dict[str, TreeEntry]
    truncated: bool
    ambiguous: bool


async def tree(repo: Repository, commit_sha: str) -> Tree:
    """List everything in a commit."""
    whole = await _list(repo, commit_sha, recursive=True)
    if whole.truncated:
        return await _walk(repo, commit_sha)
    return Tree(whole.entries, AMBIGUOUS if whole.ambiguous else "")


async def _walk(repo: Repository, commit_sha: str) -> Tree:
    """Go through the folders of a large tree, and into those that are again too large."""
    top = await _list(repo, commit_sha, recursive=False)
    entries, cut, ambiguous, requests = dict(top.entries), top.truncated, top.ambiguous, 1
    waiting = deque(_folders(top.entries))
    while waiting and requests < MOST_REQUESTS and len(entries) < MOST_ENTRIES:
        prefix, sha = waiting.popleft()
        requests += 1
        below = await _list(repo, sha, recursive=True, prefix=prefix)
        if below.truncated:
            requests += 1
            below = await _list(repo, sha, recursive=False, prefix=prefix)
            cut = cut or below.truncated
            waiting.extend(_folders(below.entries))
        ambiguous = ambiguous or below.ambiguous or not entries.keys().isdisjoint(below.entries)
        entries |= below.entries
    return Tree(entries, TOO_LARGE if cut or waiting else AMBIGUOUS if ambiguous else "")


def _folders(entries: Mapping[str, TreeEntry]) -> list[tuple[str, str]]:
    return [(f"{path}/", entry.sha) for path, entry in entries.items() if entry.type == "tree"]


async def _list(repo: Repository, sha: str, *, recursive: bool, prefix: str = "") -> _Listing:
    # Any value of `recursive`, even "0", means yes.
    wanted = {"recursive": "1"} if recursive else {}
    response = await repo.rest.git.async_get_tree(repo.owner, repo.name, sha, **wanted)
    answer = fields_of(response, "tree")
    listed = list(answer.objects("tree"))
    entries = {prefix + item.filled("path"): _entry(item) for item in listed}
    return _Listing(entries, answer.flag("truncated"), len(entries) < len(listed))


def _entry(fields: Fields) -> TreeEntry:
    return TreeEntry(
        fields.filled("mode"), fields.filled("type"), fields.sha("sha"), fields.number_or("size")
    )
