"""A pull request left a head that others share, or joined it: their check speaks for fewer, or for more, now."""

from bot.context import Context
from bot.handlers import publish
from bot.store.jobs import Job


async def handle(ctx: Context, job: Job) -> None:
    """Show the check of that head again."""
    await publish.show_again(ctx, job.payload["repository_id"], job.payload["head"])
