"""Owe the surveys that no push asks for: after new advisories, once a day, and the first one of a repository."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import datetime

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
"""Surveys that wait for a worker: new advisories concern every branch at once, and people's pushes come between."""
MOST_PUT_OFF = 20
"""Surveys of one installation that wait for another try: what GitHub's limits keep waiting does not pile up."""
MOST_LOOKED_AT = 2_000


async def owe_at_opening(ctx: Context, order: Order, base_ref: str, opening: datetime) -> None:
    """Owe a survey for when the schedule lets pull requests be opened: the day's own might always miss it."""
    now = seconds(ctx.clock)
    order = replace(order, base_ref=base_ref, before="", errand=None)
    job = survey_job(order, f"{base_ref}^{opening.timestamp():.0f}", now, delay=opening.timestamp() - now)
    await ctx.store.do(lambda c: owe(c, job, ctx.enqueue, now))


async def owe_surveys(ctx: Context) -> None:
    """Owe a survey to branches that were judged on other advisories, or not for a day. Runs every minute."""
    now = seconds(ctx.clock)
    snapshot = await asyncio.to_thread(_snapshot, ctx)

    def write(connection: sa.Connection) -> None:
        room = MOST_AT_ONCE - sum(job.kind == "survey" for job in jobs.due(connection, now))
        if room <= 0:
            return
        queued = (job for job in jobs.queued(connection) if job.kind == "survey")
        put_off = Counter(job.payload["installation_id"] for job in queued if job.tries)
        for row in branches.due(connection, snapshot, now - DAY, MOST_LOOKED_AT):
            job = _job(row, snapshot, now)
            if put_off[row.installation_id] < MOST_PUT_OFF and jobs.find(connection, job.id) is None:
                owe(connection, job, ctx.enqueue, now)
                room -= 1
            if not room:
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
