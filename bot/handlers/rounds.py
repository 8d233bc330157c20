"""Owe the surveys that no push asks for: after new advisories, once a day, and the first one of a repository."""

import asyncio

import sqlalchemy as sa

from bot.clock import seconds
from bot.context import Context
from bot.handlers.order import Order, survey_job
from bot.jobs.accept import owe
from bot.store import branches, jobs
from bot.store.branches import BranchRow
from bot.store.jobs import Job

DAY = 24 * 3600.0
MOST_AT_ONCE = 5
"""Surveys owed a minute: new advisories concern every branch at once, and reviews come first."""
MOST_LOOKED_AT = 2_000


async def owe_surveys(ctx: Context) -> None:
    """Owe a survey to branches that were judged on other advisories, or not for a day. Runs every minute."""
    now = seconds(ctx.clock)
    snapshot = await asyncio.to_thread(_snapshot, ctx)

    def write(connection: sa.Connection) -> None:
        owed = 0
        for row in branches.due(connection, snapshot, now - DAY, MOST_LOOKED_AT):
            job = _job(row, snapshot, now)
            if jobs.find(connection, job.id) is None:
                owe(connection, job, ctx.enqueue, now)
                owed += 1
            if owed == MOST_AT_ONCE:
                return

    await ctx.store.do(write)


def _job(row: BranchRow, snapshot: str, now: float) -> Job:
    """One a branch, state of it and day: what failed is tried again tomorrow, or with the next advisories."""
    order = Order(row.installation_id, row.repository_id, row.repository, row.base_ref)
    return survey_job(order, f"{row.base_ref}@{row.surveyed_at:.0f}:{snapshot}:{now // DAY:.0f}", now)


def _snapshot(ctx: Context) -> str:
    index = ctx.images.snapshots.open()
    if index is None:
        return ""
    try:
        return index.snapshot.id
    finally:
        index.close()
