"""The branches we make: created, moved and deleted so that a step may run twice.

See https://docs.github.com/en/rest/git/refs
"""

from contextlib import suppress
from typing import NoReturn

from bot.github.client import Repository
from bot.github.contents import branch_tip as tip
from bot.github.contents import ref_path
from bot.github.errors import BranchExists, NotFastForward, NotFound, Protected, Unprocessable

__all__ = ["create", "delete", "move", "tip"]

_UNEXPLAINED = "reference update failed"
"""All that GitHub says when a ruleset forbids the name; see github/rest-api-description#4887."""
_GONE = "reference does not exist"


async def create(repo: Repository, name: str, sha: str) -> None:
    """Make a branch at a commit; one that is there already is fine at that commit, else BranchExists."""
    ref_path(name)
    body = {"ref": f"refs/heads/{name}", "sha": sha}
    try:
        await repo.again.git.async_create_ref(repo.owner, repo.name, data=body)
    except Unprocessable as exc:
        there = await _tip_or_none(repo, name)
        if there is None:
            _refuse(exc, name)
        if there != sha:
            raise BranchExists(f"the branch {name} exists already, at {there}", tip=there) from exc


async def move(repo: Repository, name: str, sha: str, *, force: bool = False) -> None:
    """Let a branch point at another commit; without `force` only at one that contains its own."""
    body = {"sha": sha, "force": force}
    try:
        await repo.rest.git.async_update_ref(repo.owner, repo.name, ref_path(name), data=body)
    except Unprocessable as exc:
        said = str(exc).lower()
        if "fast forward" in said or "fast-forward" in said:
            raise NotFastForward(f"the branch {name} has commits that {sha} lacks") from exc
        if _GONE in said:
            raise NotFound(str(exc)) from exc
        _refuse(exc, name)


async def delete(repo: Repository, name: str) -> None:
    """Delete a branch; one that is gone is fine."""
    with suppress(NotFound):
        try:
            await repo.rest.git.async_delete_ref(repo.owner, repo.name, ref_path(name))
        except Unprocessable as exc:
            if _GONE not in str(exc).lower():
                _refuse(exc, name)


async def _tip_or_none(repo: Repository, name: str) -> str | None:
    try:
        return await tip(repo, name)
    except NotFound:
        return None


def _refuse(failure: Unprocessable, name: str) -> NoReturn:
    if _UNEXPLAINED not in str(failure).lower():
        raise failure
    raise Protected(
        f"{failure}; most often a ruleset forbids branches like {name}: let the app bypass it, or leave out the "
        "branches under `plimsoll/`"
    ) from failure
