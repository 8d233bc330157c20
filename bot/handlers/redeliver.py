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
MALFORMED = 400
"""Our answer to what is no event; sending the same again would not change it."""


async def ask_again(ctx: Context) -> None:
    """Have every event redelivered that concerns us, that failed, and that we never accepted.

    GitHub's record alone does not tell: a failed attempt may have timed out after we had stored it.
    """
    attempts = {delivery.id: delivery async for delivery in hook.failed(ctx.github)}
    # The newest attempt at each, oldest first, as they happened.
    newest = {attempts[each].guid: attempts[each] for each in sorted(attempts)}
    known = await ctx.store.do(lambda c: deliveries.known(c, list(newest)))
    missing = [each for guid, each in newest.items() if guid not in known and _is_wanted(each)]
    asked = 0
    for delivery in missing:
        asked += await _ask(ctx, delivery)
        if asked == MOST_AT_ONCE:
            return


def _is_wanted(delivery: HookDelivery) -> bool:
    return concerns(delivery.event, delivery.action) and delivery.status != MALFORMED


async def _ask(ctx: Context, delivery: HookDelivery) -> bool:
    """Ask for one; False when GitHub refuses that, which must not keep us from the others."""
    try:
        await hook.redeliver(ctx.github, delivery.id)
    except OperatorError as exc:
        log.warning("delivery %s is lost: %s", delivery.guid, exc)
        return False
    return True
