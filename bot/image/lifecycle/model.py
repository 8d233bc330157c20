"""Support dates of distributions and runtimes: which line is supported until when, and which is a long-term one."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Cycle:
    """One line of a product, such as Debian 12 or Node.js 22."""

    product: str
    """endoflife.date's name of the product: `debian`, `nodejs`."""
    name: str
    """The line's version: `12`, `3.20`, `22.04`."""
    codename: str = ""
    """In lower case, first word only: `bookworm`, `noble`."""
    released: date | None = None
    ends: date | None = None
    """Last day of free security support for everybody; None when no day is known."""
    ended: bool = False
    """Support is over, whatever day it ended."""
    lts: bool = False
    """A long-term line, where its product tells such lines from others."""
    lts_from: date | None = None
    """From when on it is one, where that comes later than its release."""

    def is_over(self, day: date) -> bool:
        """Whether it gets no security fixes any more."""
        return self.ended or (self.ends is not None and day > self.ends)

    def is_lts(self, day: date) -> bool:
        """Whether it is a long-term line by then."""
        return self.lts and (self.lts_from is None or day >= self.lts_from)
