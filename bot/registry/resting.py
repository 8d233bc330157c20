"""Which registries asked to be left alone, and until when: what they answered one question with holds for all."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

_MOST_RESTING = 1000
_LONGEST_REST = 3600.0
Place = tuple[str, str]
"""A host, and as whom it is asked: limits are per account."""


class Resting:
    """The waits that are not over."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._until: OrderedDict[Place, float] = OrderedDict()

    def reason(self, place: Place) -> str:
        """Say why a place may not be asked now; empty when it may."""
        until = self._until.get(place, 0.0)
        if self._clock() >= until:
            return ""
        return f"{place[0]} asked not to be asked before {datetime.fromtimestamp(until, UTC):%H:%M:%S} UTC"

    def rest(self, place: Place, seconds: float) -> None:
        """Leave a place alone; nobody can ask for more than an hour."""
        self._until.pop(place, None)
        self._until[place] = self._clock() + min(seconds, _LONGEST_REST)
        if len(self._until) > _MOST_RESTING:
            self._until.popitem(last=False)
