"""Until when an image is supported: the end that comes first, of its distribution and of what its name promises."""

from dataclasses import dataclass
from datetime import date

from bot.image.reference import Reference
from bot.inventory import Release
from bot.support import SupportDates as SupportDates
from bot.support import lines_of


@dataclass(frozen=True, slots=True)
class Support:
    """The end that comes first, of all lines an image depends on."""

    until: date | None = None
    over: bool = False


def support_of(reference: Reference, release: Release | None, dates: SupportDates, day: date) -> Support:
    """Look up the runtime by the image's name and tag, the distribution by what the image says it is."""
    lines = lines_of(reference, release, dates, day)
    ends = [line.ends for line in lines if line.ends is not None]
    return Support(min(ends, default=None), any(line.is_over(day) for line in lines))
