"""Put the parts of a registry client together, for the composition root and for tests."""

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from bot.registry.auth import Authenticator
from bot.registry.cache import ContentCache
from bot.registry.client import Registry
from bot.registry.exchange import Exchange
from bot.registry.guard import GuardPolicy
from bot.registry.keychain import Keychain
from bot.registry.limits import Limits
from bot.registry.notes import Notes
from bot.registry.resting import Resting
from bot.registry.transport import guarded_client

_NOTHING_ALLOWED = GuardPolicy()
_NO_CREDENTIALS = Keychain()
_DEFAULT_LIMITS = Limits()


@asynccontextmanager
async def open_registry(
    cache: Path,
    *,
    cache_bytes: int = 10_000_000_000,
    policy: GuardPolicy = _NOTHING_ALLOWED,
    keychain: Keychain = _NO_CREDENTIALS,
    limits: Limits = _DEFAULT_LIMITS,
    clock: Callable[[], float] = time.time,
) -> AsyncIterator[Registry]:
    """Open a client whose caches are in this folder; its connections close at the end."""
    async with guarded_client(policy) as http:
        exchange = Exchange(http, Authenticator(http), policy, limits, Resting(clock))
        content = ContentCache(cache, cache_bytes)
        yield Registry(exchange, keychain, content, Notes(cache / "notes"), limits, clock)
