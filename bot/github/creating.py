"""Create something at GitHub exactly once, though the request or its answer may be lost.

GitHub knows no idempotency keys: so look first, and after a failed POST look again before another.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.github.errors import GitHubUnavailable
from bot.github.line import Pauses

T = TypeVar("T")

_TRIES = 3


async def find_or_create(
    find: Callable[[tuple[T, ...]], Awaitable[T | None]], create: Callable[[], Awaitable[T]], pauses: Pauses
) -> T:
    """Return what `find` finds, else what `create` makes.

    `find` gets what it must count in although the list may not show it yet; of several it keeps one and ends the
    others.
    """
    for failures in range(1, _TRIES + 1):
        found = await find(())
        if found is not None:
            return found
        try:
            made = await create()
        except GitHubUnavailable as exc:
            lost = exc
        else:
            # A list may lag behind what a lost request had made after all: then there are two now.
            return made if failures == 1 else await find((made,)) or made
        await pauses.back_off(failures)
    found = await find(())
    if found is None:
        raise lost
    return found
