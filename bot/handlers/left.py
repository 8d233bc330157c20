"""A pull request was closed or moved on: another one with the same head no longer shares its verdict."""

from bot.context import Context
from bot.handlers import publish
from bot.store.jobs import Job


async def handle(ctx: Context, job: Job) -> None:
    """Show the check of the head it left again, without it."""
    await publish.show_again(ctx, job.payload["repository_id"], job.payload["head"])
