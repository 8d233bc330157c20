"""Time as something that is handed in, so that tests hold it."""

from datetime import UTC, date, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present moment, in UTC."""
        return datetime.now(UTC)


def today(clock: Clock) -> date:
    """The present date, in UTC."""
    return clock.now().date()


def seconds(clock: Clock) -> float:
    """The present moment in seconds since the epoch, as the store keeps it."""
    return clock.now().timestamp()
