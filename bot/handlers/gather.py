"""Gather a change from GitHub: which files that matter differ, and what is in them. All by tree and blob SHA."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from bot.change import Change, FileVersion
from bot.gathering import Building, Gathering
from bot.github import contents, trees
from bot.github.client import Repository
from bot.github.contents import Comparison, TooLarge
from bot.handlers.policy import policy_on_head
from bot.trees import largest, matters

AT_ONCE = 8


async def gather(repo: Repository, base: str, head: str, building: Building | None = None) -> Change:
    """Compare `head` with the commit where it left `base`."""
    comparison = await contents.compare(repo, base, head)
    own = await policy_on_head(repo, comparison, head)
    return replace(await _gathered(repo, comparison, head, building or Building()), policy_file=own)


async def _gathered(repo: Repository, comparison: Comparison, head: str, building: Building) -> Change:
    merge_base = comparison.merge_base_sha
    if comparison.complete and not any(matters(file.path, file.previous_path) for file in comparison.files):
        return Change(repo.full_name, merge_base, head)
    before, after = await asyncio.gather(trees.tree(repo, merge_base), trees.tree(repo, head))
    gathering = Gathering(before.entries, after.entries, _renames(comparison), building)
    # In threads: what a hostile file says takes seconds to understand.
    while wanted := await asyncio.to_thread(gathering.wanted):
        await asyncio.to_thread(gathering.take, await read_all(repo, wanted))
    return gathering.change(repo.full_name, merge_base, head, before.incomplete or after.incomplete)


def _renames(comparison: Comparison) -> dict[str, str]:
    """New path → old path, as git found them."""
    return {
        file.path: file.previous_path
        for file in comparison.files
        if file.status == "renamed" and file.previous_path is not None
    }


async def read_all(repo: Repository, versions: Sequence[FileVersion]) -> list[FileVersion]:
    """Read files by their blobs, each blob once; one that is too large says so."""
    limit = asyncio.Semaphore(AT_ONCE)

    most: dict[str, int] = {}
    for version in versions:
        most[version.blob] = max(largest(version.path), most.get(version.blob, 0))

    async def read(blob: str) -> bytes | TooLarge:
        async with limit:
            return await contents.blob(repo, blob, most[blob])

    found = dict(zip(most, await asyncio.gather(*map(read, most)), strict=True))
    return [_filled(version, found[version.blob]) for version in versions]


def _filled(version: FileVersion, content: bytes | TooLarge) -> FileVersion:
    if isinstance(content, TooLarge) or len(content) > largest(version.path):
        return replace(version, problem=f"it is larger than {largest(version.path):,} bytes")
    return replace(version, content=content)
