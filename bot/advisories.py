"""Fetch the advisory feeds over the guarded client, as `plimsoll db update` and `serve` both do."""

from bot.clock import Clock
from bot.feeds import UpdateReport, update
from bot.registry.guard import GuardPolicy
from bot.registry.transport import guarded_client
from bot.settings import Settings, split


def guard_policy(settings: Settings) -> GuardPolicy:
    """Which hosts the operator lets us reach beyond https to public addresses."""
    return GuardPolicy(
        private_hosts=frozenset(split(settings.private_hosts)),
        plain_http_hosts=frozenset(split(settings.insecure_hosts)),
        proxy=settings.proxy or None,
    )


async def update_advisories(settings: Settings, clock: Clock) -> UpdateReport:
    """Refresh the index in the data folder; raises FeedUnavailable when not one feed could be fetched."""
    async with guarded_client(guard_policy(settings)) as http:
        return await update(
            settings.osv_url, split(settings.ecosystems), settings.advisories, http, now=clock.now()
        )
