"""Ask GitHub for events that never arrived: it repeats none by itself, not even those sent while we were down."""

import logging

from bot.context import Context
from bot.errors import OperatorError
from bot.github import deliveries as hook
from bot.github.deliveries import HookDelivery
from bot.github.payloads import concerns
from bot.store import deliveries

log = logging.getLogger(__name__)

MOST_AT_ONCE = 100
REFUSED = (400, 413)
"""Answers of ours that sending the same again would not change: malformed, and too large."""


async def ask_again(ctx: Context) -> None:
    """Have every event redelivered that concerns us, that failed, and that we never accepted.

    GitHub's record alone does not tell: a failed attempt may have timed out after we had stored it.
    """
    newest: dict[str, HookDelivery] = {}
    async for delivery in hook.failed(ctx.github):
        newest.setdefault(delivery.guid, delivery)
    known = await ctx.store.do(lambda c: deliveries.known(c, list(newest)))
    # Oldest first, as they happened.
    missing = [each for guid, each in reversed(newest.items()) if guid not in known and _is_wanted(each)]
    asked = 0
    for delivery in missing:
        asked += await _ask(ctx, delivery)
        if asked == MOST_AT_ONCE:
            return


def _is_wanted(delivery: HookDelivery) -> bool:
    return concerns(delivery.event, delivery.action) and delivery.status not in REFUSED


async def _ask(ctx: Context, delivery: HookDelivery) -> bool:
    """Ask for one; False when GitHub refuses that, which must not keep us from the others."""
    try:
        await hook.redeliver(ctx.github, delivery.id)
    except OperatorError as exc:
        log.warning("delivery %s is lost: %s", delivery.guid, exc)
        return False
    return True
