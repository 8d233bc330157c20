"""The app was installed, removed or suspended."""

from bot import codec
from bot.clock import seconds
from bot.context import Context
from bot.events import InstallationEvent
from bot.store import installations
from bot.store.jobs import Job

STATES = {"deleted": "deleted", "suspend": "suspended"}


async def handle(ctx: Context, job: Job) -> None:
    """Note where the app is installed."""
    event = codec.load(InstallationEvent, codec.plain(job.payload))
    state = STATES.get(event.action, "active")
    now = seconds(ctx.clock)
    await ctx.store.do(lambda c: installations.save(c, event.installation_id, event.account, state, now))
