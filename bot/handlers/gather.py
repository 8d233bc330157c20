"""Gather a change from GitHub: which files that matter differ, and what is in them. All by tree and blob SHA."""

import asyncio
from dataclasses import replace

from bot.change import Change, ChangedFile, FileVersion
from bot.github import contents, trees
from bot.github.client import Repository
from bot.github.contents import Comparison, TooLarge
from bot.github.trees import Tree
from bot.handlers.policy import policy_on_head
from bot.trees import LARGEST_FILE, changed_files, matters

MOST_FILES = 300
AT_ONCE = 8


async def gather(repo: Repository, base: str, head: str) -> Change:
    """Compare `head` with the commit where it left `base`."""
    comparison = await contents.compare(repo, base, head)
    own = await policy_on_head(repo, comparison, head)
    return replace(await _gathered(repo, comparison, head), policy_file=own)


async def _gathered(repo: Repository, comparison: Comparison, head: str) -> Change:
    change = Change(repo.full_name, comparison.merge_base_sha, head)
    if comparison.complete and not any(matters(file.path, file.previous_path) for file in comparison.files):
        return change
    before, after = await asyncio.gather(trees.tree(repo, comparison.merge_base_sha), trees.tree(repo, head))
    files = changed_files(before.entries, after.entries, _renames(comparison))
    incomplete = _incomplete(before, after, len(files))
    return replace(change, files=await _read_all(repo, files[:MOST_FILES]), incomplete=incomplete)


def _renames(comparison: Comparison) -> dict[str, str]:
    """New path → old path, as git found them."""
    return {
        file.path: file.previous_path
        for file in comparison.files
        if file.status == "renamed" and file.previous_path is not None
    }


def _incomplete(before: Tree, after: Tree, count: int) -> str:
    if missing := before.incomplete or after.incomplete:
        return missing
    if count > MOST_FILES:
        return f"the change touches {count} files that matter, and only the first {MOST_FILES} were looked at"
    return ""


async def _read_all(repo: Repository, files: list[ChangedFile]) -> tuple[ChangedFile, ...]:
    limit = asyncio.Semaphore(AT_ONCE)

    async def read(version: FileVersion | None, wanted: set[FileVersion]) -> FileVersion | None:
        if version is None or version.problem or version not in wanted:
            return version
        async with limit:
            content = await contents.blob(repo, version.blob, LARGEST_FILE)
        if isinstance(content, TooLarge):
            return replace(version, problem=f"it is larger than {LARGEST_FILE:,} bytes")
        return replace(version, content=content)

    async def read_file(file: ChangedFile) -> ChangedFile:
        wanted = set(file.dockerfiles())
        before, after = await asyncio.gather(read(file.before, wanted), read(file.after, wanted))
        return replace(file, before=before, after=after)

    return tuple(await asyncio.gather(*(read_file(file) for file in files)))
