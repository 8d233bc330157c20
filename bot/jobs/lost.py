"""Find jobs that the engine will not run any more, though they are not done.

It gives up a job that was running at several starts in a row, and one that could not say how it ended because the
database failed at that moment.
"""

from collections.abc import Awaitable, Callable

from bot.clock import seconds
from bot.context import Context
from bot.errors import TransientError
from bot.jobs.run import again
from bot.store import jobs
from bot.store.jobs import Job

Expected = Callable[[], Awaitable[set[str]]]
"""Tells which runs the engine still means to make, or is making."""

PATIENCE = 60.0
"""Seconds a job is left alone after its time has come."""


async def find_lost(ctx: Context, expected: Expected) -> None:
    """Try each lost job again, as after any failure. Runs at start and every minute."""
    moment = seconds(ctx.clock) - PATIENCE
    late = await ctx.store.do(lambda c: jobs.due(c, moment))
    runs = await expected() if late else set()
    for job in late:
        if job.run not in runs and await _is_as_it_was(ctx, job):
            await again(
                ctx, job, TransientError("it was cut short: the process ended, or the database failed")
            )


async def _is_as_it_was(ctx: Context, job: Job) -> bool:
    """Whether a job did not end, nor was put off, before the engine was asked."""
    return await ctx.store.do(lambda c: jobs.find_queued(c, job.id)) == job
