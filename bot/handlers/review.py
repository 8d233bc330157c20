"""Review one head: open the check, gather, judge, store, publish.

Every side effect is find-or-create, because a job may run twice after a crash.
"""

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeVar

from bot.clock import seconds, today
from bot.config import problems_of
from bot.context import Context
from bot.errors import BotError, TransientError
from bot.github import pulls
from bot.github.checks import CheckRun
from bot.github.client import Repository
from bot.handlers import memory, publish
from bot.handlers.access import access_of
from bot.handlers.again import judge_instead
from bot.handlers.gather import gather
from bot.handlers.memory import Judged
from bot.handlers.policy import load_policy
from bot.inspection import Inspection
from bot.review import judge, review
from bot.store import pulls as table
from bot.store import reviews
from bot.store.jobs import Job
from bot.store.reviews import UNFINISHED, ReviewRow, ReviewState

T = TypeVar("T")
GLANCE = 1.0
"""Seconds between two looks whether a newer head has come."""


class Superseded(BotError):
    """A newer head, or the end of the pull request, made this review pointless."""


class OutOfTime(BotError):
    """The review did not end before its deadline."""


async def handle(ctx: Context, job: Job) -> None:
    """Judge one attempt at one head, and conclude its check whatever happens."""
    review_id = job.payload["review"]
    row = await ctx.store.do(lambda c: reviews.find(c, review_id))
    if row is None or (row.state not in UNFINISHED and await _is_past(ctx, row)):
        return
    deadline = seconds(ctx.clock) + ctx.settings.review_minutes * 60
    await ctx.store.do(lambda c: reviews.extend_deadline(c, review_id, deadline))
    row = replace(row, deadline=deadline)
    repo = ctx.repository(row.request)
    check = await publish.open_check(ctx, repo, row)
    try:
        await _judge(ctx, repo, row, check)
    except Superseded:
        # A check that was concluded keeps what it says.
        if row.state in UNFINISHED:
            await publish.cancel(ctx, repo, row, check)
    except OutOfTime:
        why = f"it took longer than {ctx.settings.review_minutes:g} minutes"
        await publish.give_up(ctx, repo, row, check, why)


async def _is_past(ctx: Context, row: ReviewRow) -> bool:
    """Whether a review that is over owes nothing more, such as its comment: a later attempt speaks for it."""
    attempts = await ctx.store.do(lambda c: reviews.on_head(c, row.request.repository_id, row.request.head))
    later = (each.attempt > row.attempt and each.request.number == row.request.number for each in attempts)
    return row.state == ReviewState.CANCELLED or any(later)


async def _judge(ctx: Context, repo: Repository, row: ReviewRow, check: CheckRun) -> None:
    pull = await pulls.get(repo, row.request.number) if row.request.number else None
    asked = (row.request.head, row.request.base_ref, True)
    if pull is not None and (pull.head_sha, pull.base_ref, pull.is_open) != asked:
        # Webhooks may arrive out of order, and late.
        await _refuse_older(ctx, row, pull)
        await ctx.store.do(lambda c: reviews.supersede_one(c, row.id))
        await judge_instead(ctx, row, pull)
        raise Superseded
    await _check_standing(ctx, row)
    # A verdict that was found is shown, not found again: what it rested on may have changed since.
    result = await memory.stored(ctx, row)
    if result is None:
        judged = await _until_superseded(ctx, row, _look(ctx, repo, row, pull))
        await memory.save(ctx, row, judged)
        result = judged.review
    await publish.publish(ctx, repo, row, check, result)


async def _refuse_older(ctx: Context, row: ReviewRow, pull: pulls.Pull) -> None:
    """Ask again later when the answer is of a replica that lags behind GitHub's own event."""
    known = await ctx.store.do(lambda c: table.find(c, row.request.repository_id, pull.number))
    if known is not None and pull.updated_at < known.updated_at:
        raise TransientError(f"GitHub's answer about #{pull.number} is older than its own event")


async def _look(ctx: Context, repo: Repository, row: ReviewRow, pull: pulls.Pull | None) -> Judged:
    request = row.request
    change = await gather(repo, request.base, request.head, ctx.images.building)
    # Asked for where no image changes as well: a policy that cannot be used should be noticed early.
    policy = await load_policy(ctx, repo, request.base_ref)
    policy = replace(policy, proposed=problems_of(change.policy_file))
    if not (change.files or change.incomplete or change.unread):
        nothing = Inspection(change.repository, change.merge_base, change.head)
        return Judged(change, judge(nothing, policy, today=today(ctx.clock)))
    earlier = await memory.earlier(ctx, request)
    access = await access_of(ctx, repo, request, pull)
    remembered = memory.Remembered(ctx, row)
    with ctx.images.reader(access, remembered, await remembered.snapshot()) as reader:
        await remembered.keep_snapshot(reader.snapshot_id)
        # Nobody can follow advice on a merge group.
        advised = await memory.advised(ctx, request, policy) if pull is not None else None
        until = datetime.fromtimestamp(row.deadline, UTC)
        result = await review(
            change, policy, reader, today=today(ctx.clock), earlier=earlier, advised=advised, until=until
        )
        return Judged(change, result, earlier)


async def _until_superseded(ctx: Context, row: ReviewRow, work: Awaitable[T]) -> T:
    """Do the work, but stop as soon as a newer head makes it pointless, or time is up."""
    task = asyncio.ensure_future(work)
    try:
        while not task.done():
            await _check_standing(ctx, row)
            await asyncio.wait({task}, timeout=GLANCE)
        return await task
    finally:
        task.cancel()
        await asyncio.wait({task})


async def _check_standing(ctx: Context, row: ReviewRow) -> None:
    now = await ctx.store.do(lambda c: reviews.find(c, row.id))
    if now is None or now.state in (ReviewState.SUPERSEDED, ReviewState.CANCELLED):
        raise Superseded
    if seconds(ctx.clock) > now.deadline:
        raise OutOfTime
