"""The app was installed, removed or suspended."""

import sqlalchemy as sa

from bot import codec
from bot.clock import seconds
from bot.context import Context
from bot.events import InstallationEvent
from bot.store import branches, installations
from bot.store.branches import BranchRow
from bot.store.jobs import Job

STATES = {"deleted": "deleted", "suspend": "suspended"}


async def handle(ctx: Context, job: Job) -> None:
    """Note where the app is installed, and begin to look after the repositories there."""
    event = codec.load(InstallationEvent, codec.plain(job.payload))
    now = seconds(ctx.clock)

    def write(connection: sa.Connection) -> None:
        state = STATES.get(event.action, "active")
        installations.save(connection, event.installation_id, event.account, state, now)
        if event.action == "deleted":
            branches.forget_installation(connection, event.installation_id)
        for gone in event.removed:
            branches.forget_repository(connection, gone.id)
        for new in event.added:
            # Surveyed within minutes, not all at once: an organisation may have thousands.
            row = BranchRow(new.id, branches.DEFAULT, event.installation_id, new.full_name)
            branches.meet(connection, row)

    await ctx.store.do(write)
