"""Until when an image is supported: the line of its distribution and that of the runtime its name promises."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.image.lifecycle.model import Cycle
from bot.image.reference import Reference
from bot.image.tags import parse_tag
from bot.inventory import Release

_PRODUCT_OF_RELEASE = {"rocky": "rockylinux", "ol": "oraclelinux", "amzn": "amazonlinux", "photon": "photon"}
"""Where os-release names a distribution otherwise than its image is named."""


class SupportDates(Protocol):
    """A table of support dates."""

    def find(self, product: str, word: str, day: date | None = None) -> Cycle | None:
        """Return the line that a version, tag or codename belongs to."""
        ...

    def product_of(self, image: str) -> str | None:
        """Return the product an image ships, if the table has it."""
        ...


@dataclass(frozen=True, slots=True)
class Support:
    """The end that comes first, of all lines an image depends on."""

    until: date | None = None
    over: bool = False


def support_of(reference: Reference, release: Release | None, dates: SupportDates, day: date) -> Support:
    """Look up the runtime by the image's name and tag, the distribution by what the image says it is."""
    lines = [_of_name(reference, dates, day), _of_release(release, dates, day)]
    known = [line for line in lines if line is not None]
    ends = [line.ends for line in known if line.ends is not None]
    return Support(min(ends, default=None), any(line.is_over(day) for line in known))


def _of_name(reference: Reference, dates: SupportDates, day: date) -> Cycle | None:
    product = dates.product_of(reference.name)
    if not product or not reference.tag:
        return None
    return dates.find(product, parse_tag(reference.tag).version_text or reference.tag, day)


def _of_release(release: Release | None, dates: SupportDates, day: date) -> Cycle | None:
    if release is None:
        return None
    name = _PRODUCT_OF_RELEASE.get(release.id, release.id)
    product = dates.product_of(name) or name
    words = (word for word in (release.version_id, release.codename) if word)
    return next((line for word in words if (line := dates.find(product, word, day))), None)
