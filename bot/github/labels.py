"""Labels on what we opened.

See https://docs.github.com/en/rest/issues/labels#add-labels-to-an-issue
"""

from collections.abc import Iterable

from bot.github.client import NOTICE, Repository
from bot.github.errors import Forbidden, NotFound, Unprocessable

_LONGEST_NAME = 50
_MOST_LABELS = 100
_REFUSALS = (Forbidden, NotFound, Unprocessable)


async def add(repo: Repository, number: int, names: Iterable[str]) -> tuple[str, ...]:
    """Put labels on an issue or a pull request; return those that GitHub refuses, which is never an error.

    GitHub makes those that do not exist, for which `pull_requests: write` alone is not enough.
    """
    wanted = list(dict.fromkeys(name.strip() for name in names))
    fitting = [name for name in wanted if name and len(name) <= _LONGEST_NAME][:_MOST_LABELS]
    unfit = tuple(name for name in wanted if name not in fitting)
    if not fitting or await _added(repo, number, fitting) or await _made(repo, number, fitting):
        return unfit
    refused = [name for name in fitting if not await _added(repo, number, [name])]
    return (*refused, *unfit)


async def _made(repo: Repository, number: int, names: list[str]) -> bool:
    """Try with the permission that also makes labels, should the installation have granted it."""
    return await _added(repo.having(NOTICE), number, names)


async def _added(repo: Repository, number: int, names: list[str]) -> bool:
    # Adding one that is there changes nothing, so the POST may be repeated.
    try:
        await repo.again.issues.async_add_labels(repo.owner, repo.name, number, data={"labels": names})
    except _REFUSALS:
        return False
    return True
