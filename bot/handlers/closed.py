"""A pull request was closed: another one with the same head no longer shares its verdict."""

from bot import codec
from bot.context import Context
from bot.events import PullRequestEvent
from bot.handlers import publish
from bot.store import reviews
from bot.store.jobs import Job


async def handle(ctx: Context, job: Job) -> None:
    """Show the check of this head again, without the closed pull request."""
    event = codec.load(PullRequestEvent, codec.plain(job.payload))
    latest = await ctx.store.do(lambda c: reviews.latest_of_pulls(c, event.repository.id, event.head_sha))
    if len(latest) > 1:
        last = max(latest.values(), key=lambda row: row.attempt)
        await publish.show_again(ctx, ctx.repository(last.request), last)
