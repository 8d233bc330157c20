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


@dataclass(frozen=True, slots=True)
class Tree:
    """All entries by path. When it is not complete, a missing path proves nothing."""

    entries: Mapping[str, TreeEntry]
    complete: bool


async def tree(repo: Repository, commit_sha: str) -> Tree:
    """List everything in a commit."""
    entries, truncated = await _list(repo, commit_sha, recursive=True)
    return await _walk(repo, commit_sha) if truncated else Tree(entries, True)


async def _walk(repo: Repository, commit_sha: str) -> Tree:
    """Go through the folders of a large tree, and into those that are again too large."""
    top, complete = await _list(repo, commit_sha, recursive=False)
    entries, complete, requests = dict(top), not complete, 1
    waiting = deque(_folders(top))
    while waiting and requests < MOST_REQUESTS and len(entries) < MOST_ENTRIES:
        prefix, sha = waiting.popleft()
        requests += 1
        below, truncated = await _list(repo, sha, recursive=True, prefix=prefix)
        if truncated:
            requests += 1
            below, cut = await _list(repo, sha, recursive=False, prefix=prefix)
            complete = complete and not cut
            waiting.extend(_folders(below))
        entries |= below
    return Tree(entries, complete and not waiting)


def _folders(entries: Mapping[str, TreeEntry]) -> list[tuple[str, str]]:
    return [(f"{path}/", entry.sha) for path, entry in entries.items() if entry.type == "tree"]


async def _list(
    repo: Repository, sha: str, *, recursive: bool, prefix: str = ""
) -> tuple[dict[str, TreeEntry], bool]:
    """Return the entries under one tree, and whether some are missing."""
    # Any value of `recursive`, even "0", means yes.
    wanted = {"recursive": "1"} if recursive else {}
    response = await repo.rest.git.async_get_tree(repo.owner, repo.name, sha, **wanted)
    answer = fields_of(response, "tree")
    entries = {prefix + item.filled("path"): _entry(item) for item in answer.objects("tree")}
    return entries, answer.flag("truncated")


def _entry(fields: Fields) -> TreeEntry:
    return TreeEntry(
        fields.filled("mode"), fields.filled("type"), fields.sha("sha"), fields.number_or("size")
    )
