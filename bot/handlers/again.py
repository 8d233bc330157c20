"""Open another attempt at a head: a command, a button or a re-run asks for it, or a delivery came late or never."""

from dataclasses import replace

import sqlalchemy as sa

from bot.clock import seconds
from bot.context import Context
from bot.github.pulls import Pull
from bot.jobs.accept import review, save_pull
from bot.store import images, reviews
from bot.store.pulls import PullRow
from bot.store.reviews import Request, ReviewRow


async def judge_again(ctx: Context, request: Request, pull: Pull | None) -> None:
    """Owe one more review, of what GitHub just said of a pull request; the same trigger again changes nothing."""
    now, minutes = seconds(ctx.clock), ctx.settings.review_minutes

    def write(connection: sa.Connection) -> None:
        if pull is not None:
            save_pull(connection, _seen(request, pull), ctx.enqueue, now, request.trigger)
        opened = review(connection, request, ctx.enqueue, now=now, minutes=minutes)
        if opened and request.fresh:
            images.forget_resolutions(connection, request.repository_id, request.number, request.head)

    await ctx.store.do(write)


async def judge_instead(ctx: Context, row: ReviewRow, pull: Pull) -> None:
    """Judge what a pull request is by now, unless it is closed or its own event had that done already."""
    now, minutes = seconds(ctx.clock), ctx.settings.review_minutes
    request = replace(
        row.request,
        head=pull.head_sha,
        base=pull.base_sha,
        base_ref=pull.base_ref,
        trigger=f"instead of {row.id}",
        fresh=False,
    )

    def write(connection: sa.Connection) -> None:
        save_pull(connection, _seen(request, pull), ctx.enqueue, now, request.trigger)
        if pull.is_open and not reviews.is_reviewed(connection, request):
            review(connection, request, ctx.enqueue, now=now, minutes=minutes)

    await ctx.store.do(write)


def _seen(request: Request, pull: Pull) -> PullRow:
    return PullRow(
        request.repository_id,
        pull.number,
        pull.head_sha,
        pull.base_ref,
        pull.is_open,
        updated_at=pull.updated_at,
    )
