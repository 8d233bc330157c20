"""What is fetched over the network as the operator's settings say: images, advisories, support dates.

Kept apart from `compose`: the HTTP client takes a while to import, and images on the disk need none.
"""

from contextlib import AbstractAsyncContextManager

from bot.clock import Clock, seconds
from bot.feeds.catalogues import Kind
from bot.feeds.download import UpdateReport, update
from bot.feeds.lifecycle_update import LifecycleReport, update_lifecycle
from bot.registry.client import Registry
from bot.registry.compose import open_registry
from bot.registry.guard import GuardPolicy
from bot.registry.keychain import Keychain
from bot.registry.transport import guarded_client
from bot.settings import Settings, split


def guard_policy(settings: Settings) -> GuardPolicy:
    """Which hosts the operator lets us reach beyond https to public addresses."""
    return GuardPolicy(
        private_hosts=frozenset(split(settings.private_hosts)),
        plain_http_hosts=frozenset(split(settings.insecure_hosts)),
        proxy=settings.proxy or None,
    )


def registries(settings: Settings, keychain: Keychain, clock: Clock) -> AbstractAsyncContextManager[Registry]:
    """Open the client that reads images; its connections close at the end."""
    return open_registry(
        settings.data_dir / "registry",
        cache_bytes=settings.cache_bytes,
        policy=guard_policy(settings),
        keychain=keychain,
        clock=lambda: seconds(clock),
    )


async def update_advisories(settings: Settings, clock: Clock) -> UpdateReport:
    """Refresh the index in the data folder; raises FeedUnavailable when not one feed could be fetched."""
    async with guarded_client(guard_policy(settings)) as http:
        urls = {Kind.KEV: settings.kev_url, Kind.EPSS: settings.epss_url}
        return await update(
            settings.osv_url,
            split(settings.ecosystems),
            settings.advisories,
            http,
            now=clock.now(),
            catalogues={kind: url for kind, url in urls.items() if url},
        )


async def update_support_dates(settings: Settings, clock: Clock) -> LifecycleReport:
    """Refresh the table in the data folder; raises LifecycleUnavailable when nothing came of it."""
    async with guarded_client(guard_policy(settings)) as http:
        return await update_lifecycle(settings.lifecycle_url, settings.support_dates, http, now=clock.now())
