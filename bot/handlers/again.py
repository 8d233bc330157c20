"""Open another attempt at a head, as a command, a button or a re-run asks for."""

import sqlalchemy as sa

from bot.clock import seconds
from bot.context import Context
from bot.jobs.accept import review
from bot.store import images, pulls
from bot.store.pulls import PullRow
from bot.store.reviews import Request


async def judge_again(ctx: Context, request: Request) -> None:
    """Owe one more review; asking again with the same trigger changes nothing."""
    now, minutes = seconds(ctx.clock), ctx.settings.review_minutes

    def write(connection: sa.Connection) -> None:
        if request.number:
            row = PullRow(request.repository_id, request.number, request.head, request.base_ref, is_open=True)
            pulls.save(connection, row)
        opened = review(connection, request, ctx.enqueue, now=now, minutes=minutes)
        if opened and request.fresh:
            images.forget_resolutions(connection, request.repository_id, request.number, request.head)

    await ctx.store.do(write)
