"""On whose behalf registries are asked: decides which stored credentials a pull request may use (DESIGN §6)."""

import asyncio

from bot.context import Context
from bot.dockerfile import image_uses, is_dockerfile, parse
from bot.dockerfile.errors import DockerfileError
from bot.github import collaborators, contents, trees
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.github.contents import TooLarge
from bot.github.errors import NotFound
from bot.github.pulls import Pull
from bot.registry.model import Access
from bot.store.reviews import Request
from bot.trees import LARGEST_FILE

MOST_DOCKERFILES = 100


async def access_of(ctx: Context, repo: Repository, request: Request, pull: Pull | None) -> Access:
    """Full trust for people who may push anyway, and for the merge queue; for others what the target names."""
    if not ctx.images.has_credentials or pull is None or await _may_push(repo, pull):
        return Access(repo.full_name)
    names = await _named_on(repo, request.base_ref)
    return Access(repo.full_name, trusted=False, named_on_target=names)


async def _may_push(repo: Repository, pull: Pull) -> bool:
    if pull.is_fork or not pull.author:
        return False
    return await collaborators.permission(repo, pull.author) >= Permission.WRITE


async def _named_on(repo: Repository, branch: str) -> frozenset[str]:
    """Image repositories that Dockerfiles at the tip of the target branch name."""
    try:
        tip = await contents.branch_tip(repo, branch)
    except NotFound:
        return frozenset()
    tree = await trees.tree(repo, tip)
    paths = sorted(
        path for path, entry in tree.entries.items() if is_dockerfile(path) and entry.type == "blob"
    )
    blobs = [tree.entries[path].sha for path in paths[:MOST_DOCKERFILES]]
    texts = await asyncio.gather(*(contents.blob(repo, blob, LARGEST_FILE) for blob in dict.fromkeys(blobs)))
    return frozenset(name for text in texts if not isinstance(text, TooLarge) for name in _names(text))


def _names(text: bytes) -> list[str]:
    try:
        uses = image_uses(parse(text))
    except DockerfileError:
        return []
    return [use.reference.name for use in uses if use.reference is not None]
