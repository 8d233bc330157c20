"""Do one thing once for everybody who wants it at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(slots=True)
class _Flight(Generic[T]):
    task: "asyncio.Future[T]"
    waiting: int = 0


class SingleFlight(Generic[K, T]):
    """Callers with the same key share one run; it is cancelled only when the last of them gives up."""

    def __init__(self) -> None:
        self._flights: dict[K, _Flight[T]] = {}

    async def run(self, key: K, work: Callable[[], Awaitable[T]]) -> T:
        """Join the run for this key, or start it."""
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.ensure_future(work()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                flight.task.cancel()
                if self._flights.get(key) is flight:
                    del self._flights[key]
