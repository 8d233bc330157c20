"""What all requests to one GitHub host share: the HTTP client, the clock, the waiting, the limits in force.

githubkit keeps its own client in a ContextVar, which other tasks may not see: hence one client of ours.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import httpx
from githubkit.config import Config, get_config

from bot.github.blobs import Blobs
from bot.github.errors import RateLimited
from bot.tls import default_tls

_TIMEOUT = httpx.Timeout(20, connect=5)
_LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20)
"""GitHub asks for fewer than 100 requests at a time."""


class Clock(Protocol):
    """Tells the time, with its zone."""

    def now(self) -> datetime: ...


@dataclass(slots=True)
class Pauses:
    """How the edge waits: both the sleep and the dice are given, so tests need neither."""

    sleep: Callable[[float], Awaitable[None]]
    random: Callable[[], float]

    async def back_off(self, failures: int) -> None:
        """Wait about one, two, four … seconds."""
        await self.sleep(2.0 ** min(failures - 1, 4) * (0.5 + self.random()))


@dataclass(slots=True)
class Closures:
    """Until when each installation was told to keep away; asking on would prolong it."""

    clock: Clock
    _until: dict[str, datetime] = field(default_factory=dict)

    def check(self, whom: str) -> None:
        """Raise RateLimited while the limit told earlier still stands."""
        again_at, now = self._until.get(whom), self.clock.now()
        if again_at is None:
            return
        if again_at > now:
            raise RateLimited(f"GitHub's limit for {whom} still stands", again_at=again_at, now=now)
        del self._until[whom]

    def note(self, whom: str, failure: RateLimited) -> None:
        """Remember a limit."""
        self._until[whom] = failure.again_at


@dataclass(frozen=True, slots=True)
class Line:
    """What all requests to one GitHub host share."""

    http: httpx.AsyncClient
    config: Config
    clock: Clock
    pauses: Pauses
    closures: Closures
    blobs: Blobs


def open_line(
    api_url: str, clock: Clock, pauses: Pauses, transport: httpx.AsyncBaseTransport | None = None
) -> Line:
    """Open the one HTTP client of this process for this host."""
    config = get_config(
        base_url=api_url,
        user_agent="plimsoll",
        timeout=_TIMEOUT,
        http_cache=False,
        auto_retry=False,
        rest_api_validate_body=False,
    )
    http = httpx.AsyncClient(
        base_url=config.base_url,
        headers={"User-Agent": config.user_agent, "Accept": config.accept},
        timeout=_TIMEOUT,
        limits=_LIMITS,
        follow_redirects=True,
        transport=transport,
        verify=default_tls(),
    )
    return Line(http, config, clock, pauses, Closures(clock), Blobs())
