"""How long something in an image is supported."""

from dataclasses import dataclass
from datetime import date

from bot.image.names import called


@dataclass(frozen=True, slots=True)
class Support:
    """Until when a distribution or runtime in an image is supported, by the table of support dates."""

    product: str
    """As the table names it: `debian`, `python`."""
    cycle: str
    """The line of it: `12`, `3.12`."""
    ends: str
    """ISO date of the last day of security support that is free for everybody; empty when no day is known."""
    over: bool = False
    """The table says it has ended, whatever day that was."""

    @property
    def line(self) -> str:
        """The line of the product, as people call it: `Alpine 3.22`."""
        return f"{called(self.product)} {self.cycle}"

    def days_left(self, day: date) -> int | None:
        """Days until it ends, negative once it has; None when no day is known."""
        return (date.fromisoformat(self.ends) - day).days if self.ends else None

    def is_over(self, day: date) -> bool:
        """Whether it gets no security fixes any more."""
        left = self.days_left(day)
        return self.over or (left is not None and left < 0)
