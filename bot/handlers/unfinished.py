"""Conclude checks whose review did not end: a check that hangs blocks a merge for ever."""

import logging

from bot.clock import seconds
from bot.context import Context
from bot.errors import BotError
from bot.handlers import publish
from bot.store import reviews
from bot.store.jobs import Job
from bot.store.reviews import UNFINISHED, ReviewRow, ReviewState

log = logging.getLogger(__name__)


async def tell(ctx: Context, job: Job, why: str, bug: str = "") -> None:
    """Conclude the check of a review job that was given up. Other jobs promised no check."""
    if job.kind != "review":
        return
    row = await ctx.store.do(lambda c: reviews.find(c, job.payload["review"]))
    if row is not None and row.state in UNFINISHED:
        await _conclude(ctx, row, why, bug)


async def sweep(ctx: Context) -> None:
    """Conclude every check that is past its deadline. Runs at start and every minute."""
    now = seconds(ctx.clock)
    for row in await ctx.store.do(lambda c: reviews.overdue(c, now)):
        await _sweep_one(ctx, row)


async def _sweep_one(ctx: Context, row: ReviewRow) -> None:
    try:
        await _conclude(ctx, row, f"it did not end within {ctx.settings.review_minutes:g} minutes")
    except BotError as exc:
        log.warning("the check of %s could not be concluded: %s", row.id, exc)
        # Not at every minute for ever: an uninstalled app never answers again.
        later = seconds(ctx.clock) + ctx.settings.review_minutes * 60
        await ctx.store.do(lambda c: reviews.extend_deadline(c, row.id, later))


async def _conclude(ctx: Context, row: ReviewRow, why: str, bug: str = "") -> None:
    repo = ctx.repository(row.request)
    check = await publish.open_check(ctx, repo, row)
    if row.state == ReviewState.SUPERSEDED:
        await publish.cancel(ctx, repo, row, check)
    else:
        await publish.give_up(ctx, repo, row, check, why, bug)
