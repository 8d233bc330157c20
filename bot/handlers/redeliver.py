"""Ask GitHub for events that never arrived: it repeats none by itself, not even those sent while we were down."""

from bot.context import Context
from bot.github import deliveries as hook
from bot.github.deliveries import HookDelivery
from bot.store import deliveries

MOST_AT_ONCE = 100


async def ask_again(ctx: Context) -> None:
    """Have every event redelivered of which no attempt succeeded and which we never accepted.

    GitHub's record alone does not tell: a failed attempt may have timed out after we had stored it.
    """
    attempts: dict[str, list[HookDelivery]] = {}
    async for delivery in hook.recent(ctx.github):
        attempts.setdefault(delivery.guid, []).append(delivery)
    failed = {guid: tries[0] for guid, tries in attempts.items() if not any(each.ok for each in tries)}
    known = await ctx.store.do(lambda c: deliveries.known(c, list(failed)))
    # Oldest first, as they happened.
    missing = [delivery for guid, delivery in reversed(failed.items()) if guid not in known]
    for delivery in missing[:MOST_AT_ONCE]:
        await hook.redeliver(ctx.github, delivery.id)
