"""On whose behalf registries are asked: decides which stored credentials a pull request may use (DESIGN §6)."""

import asyncio
from collections.abc import Iterable, Mapping

from bot.builds import given_to
from bot.change import CERTAIN, FileVersion, kind_of
from bot.context import Context
from bot.dockerfile import is_dockerfile
from bot.github import collaborators, contents, trees
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.github.errors import NotFound
from bot.github.pulls import Pull
from bot.handlers.gather import read_all
from bot.image.platform import Platform
from bot.image.reference import Reference
from bot.inspection import DockerfileState
from bot.registry.model import Access
from bot.states import dockerfile_state
from bot.store.reviews import Request
from bot.trees import version_at
from bot.uses import manifest_state
from bot.worth import understood

MOST_FILES = 200
"""Files of the target branch that are read for the images they name: Dockerfiles first, any YAML file last."""


async def access_of(ctx: Context, repo: Repository, request: Request, pull: Pull | None) -> Access:
    """Full trust for people who may push anyway, and for the merge queue; for others what the target names."""
    if not ctx.images.has_credentials or pull is None or await _may_push(repo, pull):
        return Access(repo.full_name)
    names = await _named_on(ctx, repo, request.base_ref)
    return Access(repo.full_name, trusted=False, named_on_target=names)


async def _may_push(repo: Repository, pull: Pull) -> bool:
    if pull.is_fork or not pull.author:
        return False
    return await collaborators.permission(repo, pull.author) >= Permission.WRITE


async def _named_on(ctx: Context, repo: Repository, branch: str) -> frozenset[str]:
    """Image repositories that files at the tip of the target branch name."""
    try:
        tip = await contents.branch_tip(repo, branch)
    except NotFound:
        return frozenset()
    tree = await trees.tree(repo, tip)
    paths = [path for path, entry in tree.entries.items() if entry.type == "blob" and _rank(path) < _NEVER]
    versions = [version_at(path, tree.entries[path]) for path in sorted(paths, key=lambda p: (_rank(p), p))]
    read = await read_all(repo, [each for each in versions if not each.problem][:MOST_FILES])
    return await asyncio.to_thread(named_in, read, ctx.images.build_args, ctx.images.platform)


_NEVER = 3


def _rank(path: str) -> int:
    if is_dockerfile(path):
        return 0
    kind = kind_of(path)
    return _NEVER if kind is None else 1 if kind in CERTAIN else 2


def named_in(
    files: Iterable[FileVersion], build_args: Mapping[str, str], platform: Platform
) -> frozenset[str]:
    """Names of the image repositories that files use, built as they and the operator say."""
    files = [understood(file) for file in files]
    states: list[DockerfileState | None] = []
    for file in files:
        if is_dockerfile(file.path):
            states.append(dockerfile_state(file, build_args, platform, given_to(file.path, files)))
        else:
            states.append(manifest_state(file))
    bases = (base for state in states if state is not None for base in state.bases)
    return frozenset(Reference.parse(base.reference).name for base in bases if base.reference)
