"""Conclude checks whose review did not end: a check that hangs blocks a merge for ever.

The sweep only owes that, in the partition of the review itself: whatever still runs there comes first, and the
review is looked at anew when its turn has come.
"""

import logging

import sqlalchemy as sa

from bot.clock import seconds
from bot.context import Context
from bot.handlers import publish
from bot.jobs.accept import owe, partition_of
from bot.store import reviews
from bot.store.jobs import Job
from bot.store.reviews import UNFINISHED, ReviewRow, ReviewState

log = logging.getLogger(__name__)

LONGEST = 3 * 24 * 3600.0
"""Seconds after which a check that cannot be concluded is given up: the app was removed, or the commit is gone."""
LONGEST_PAUSE = 3600.0


async def sweep(ctx: Context) -> None:
    """Owe a conclusion to every check that is past its deadline. Runs at start and every minute."""
    now = seconds(ctx.clock)

    def owe_all(connection: sa.Connection) -> None:
        for row in reviews.overdue(connection, now):
            name = f"unfinished:{row.id}:{row.deadline}"
            job = Job(name, "unfinished", {"review": row.id}, partition_of(row.request))
            owe(connection, job, ctx.enqueue, now)

    await ctx.store.do(owe_all)


async def handle(ctx: Context, job: Job) -> None:
    """Conclude the check of a review that did not end, nor begin again, since the sweep saw it."""
    row = await _unfinished(ctx, job)
    if row is not None and row.deadline < seconds(ctx.clock):
        await _conclude(ctx, row, f"it did not end within {ctx.settings.review_minutes:g} minutes")


async def tell(ctx: Context, job: Job, why: str, bug: str = "") -> None:
    """Conclude the check of a review job that was given up, or see to it later."""
    row = await _unfinished(ctx, job)
    if row is None:
        return
    if job.kind == "review":
        await _conclude(ctx, row, why, bug)
    else:
        await _later(ctx, row)


async def _unfinished(ctx: Context, job: Job) -> ReviewRow | None:
    row = await ctx.store.do(lambda c: reviews.find(c, job.payload["review"]))
    return row if row is not None and row.state in UNFINISHED else None


async def _conclude(ctx: Context, row: ReviewRow, why: str, bug: str = "") -> None:
    repo = ctx.repository(row.request)
    check = await publish.open_check(ctx, repo, row)
    if row.state == ReviewState.SUPERSEDED:
        await publish.cancel(ctx, repo, row, check)
    else:
        await publish.give_up(ctx, repo, row, check, why, bug)


async def _later(ctx: Context, row: ReviewRow) -> None:
    """Leave it to a later sweep, each hour in the end, and after days to nobody."""
    now = seconds(ctx.clock)
    age = now - row.opened_at
    if age > LONGEST:
        log.error("the check of %s could not be concluded in %.0f hours: given up", row.id, age / 3600)
        await ctx.store.do(lambda c: reviews.abandon(c, row.id))
    else:
        wait = min(max(age, ctx.settings.review_minutes * 60), LONGEST_PAUSE)
        await ctx.store.do(lambda c: reviews.extend_deadline(c, row.id, now + wait))
