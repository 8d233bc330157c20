"""One line of what `plimsoll doctor` says, and what it means for its exit code."""

from dataclasses import dataclass
from enum import Enum

from bot.feeds import FreshnessLevel

USAGE = 2
INCONCLUSIVE = 3


class Mark(Enum):
    """How something stands, and what that means for the exit code."""

    FINE = ("ok", 0)
    ABSENT = ("-", 0)
    """Not there, and nothing that was asked for needs it."""
    SETTING = ("!!", USAGE)
    BROKEN = ("!!", INCONCLUSIVE)

    @property
    def sign(self) -> str:
        """What stands before the line."""
        return self.value[0]

    @property
    def code(self) -> int:
        """The exit code it asks for."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at."""

    what: str
    said: str
    mark: Mark = Mark.FINE


def mark_of(level: FreshnessLevel) -> Mark:
    """What the age of advisories means for a review."""
    return Mark.BROKEN if level is FreshnessLevel.ERROR else Mark.FINE


def shown(lines: list[Line]) -> tuple[str, int]:
    """Return the text and the exit code."""
    wide = max(len(line.what) for line in lines)
    text = "".join(f"{line.mark.sign:2} {line.what:{wide}}  {line.said}\n" for line in lines)
    # What a setting mends comes first: the rest may follow from it.
    codes = {line.mark.code for line in lines}
    return text, USAGE if USAGE in codes else max(codes)
