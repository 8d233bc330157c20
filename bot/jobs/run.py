"""Run one job: the one place that turns errors into what happens next.

A bug is logged with the job's id, and whoever waits on the pull request sees only that id.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping

from bot.clock import seconds
from bot.context import Context
from bot.errors import BotError, OperatorError, TransientError, UserError
from bot.handlers import command, installation, rerun, review, shared, survey, unfinished
from bot.store import StoreUnavailable, jobs
from bot.store.jobs import Job, JobState

log = logging.getLogger(__name__)

Handle = Callable[[Context, Job], Awaitable[None]]

HANDLERS: Mapping[str, Handle] = {
    "review": review.handle,
    "command": command.handle,
    "rerun": rerun.handle,
    "shared": shared.handle,
    "unfinished": unfinished.handle,
    "installation": installation.handle,
    "survey": survey.handle,
}

Tell = Callable[[Context, Job, str, str], Awaitable[None]]

TOLD_BY: Mapping[str, Tell] = {
    "review": unfinished.tell,
    "survey": survey.tell,
    "unfinished": unfinished.tell,
}
"""How those learn of it who wait for a job that was given up. Nobody waits for other kinds."""

MOST_TRIES = 16
"""With the waits between them that is some two and a half hours."""
LONGEST_WAIT = 1800.0
LONGEST_WAIT_TOLD = 3600.0


async def run_job(ctx: Context, job_id: str) -> None:
    """Run a job to its end, or put it off. Raises nothing but cancellation."""
    try:
        job = await ctx.store.do(lambda c: jobs.find_queued(c, job_id))
        if job is not None:
            await _run(ctx, job)
    except StoreUnavailable as exc:
        # Nothing can be noted now; `lost` finds the job once the database answers again.
        log.error("job %s: %s", job_id, exc)


async def _run(ctx: Context, job: Job) -> None:
    try:
        await HANDLERS[job.kind](ctx, job)
    except TransientError as exc:
        await again(ctx, job, exc)
    except UserError as exc:
        await _give_up(ctx, job, JobState.DONE, str(exc))
    except OperatorError as exc:
        log.error("job %s is parked: %s", job.id, exc)
        await _give_up(ctx, job, JobState.PARKED, str(exc))
    except Exception:
        log.exception("job %s failed by a bug", job.id)
        await _give_up(ctx, job, JobState.FAILED, "an internal error", bug=job.id)
    else:
        await _finish(ctx, job, JobState.DONE, "")


async def again(ctx: Context, job: Job, exc: TransientError) -> None:
    """Try a job later: when the other side said, else after a wait that doubles. The last time, give it up."""
    if job.tries + 1 >= MOST_TRIES:
        log.error("job %s is given up after %d tries: %s", job.id, MOST_TRIES, exc)
        await _give_up(ctx, job, JobState.FAILED, str(exc))
        return
    wait = _wait(job, exc)
    now = seconds(ctx.clock)
    log.warning("job %s is tried again in %.0f s: %s", job.id, wait, exc)
    await ctx.store.do(lambda c: ctx.enqueue(c, jobs.put_off(c, job, wait, now, str(exc))))


def _wait(job: Job, exc: TransientError) -> float:
    if exc.retry_after is not None:
        return min(exc.retry_after, LONGEST_WAIT_TOLD)
    return min(2.0**job.tries, LONGEST_WAIT)


async def _give_up(ctx: Context, job: Job, state: JobState, why: str, bug: str = "") -> None:
    """End a job that did not do its work, telling those who wait for it, if that is possible."""
    try:
        if job.kind in TOLD_BY:
            await TOLD_BY[job.kind](ctx, job, why, bug)
    except StoreUnavailable:
        raise
    except BotError as exc:
        # The sweep tries again once the review is past its deadline.
        log.warning("job %s: nobody could be told that it failed: %s", job.id, exc)
    except Exception:
        log.exception("job %s: nobody could be told that it failed, by a bug", job.id)
    await _finish(ctx, job, state, why)


async def _finish(ctx: Context, job: Job, state: JobState, why: str) -> None:
    now = seconds(ctx.clock)
    await ctx.store.do(lambda c: jobs.finish(c, job.id, state, now, why))
