"""What a registry tells of an image besides its content: when it was published, who signed it. Remembered."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime

import httpx

from bot.registry.exchange import Unanswered, within
from bot.registry.notes import Notes
from bot.registry.signatures import Ask, signer

#: A signature can be added later on.
_SIGNER_SECONDS = 86400.0
_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Published:
    """When a registry says a manifest was last changed: ISO date and time, in UTC."""

    at: str


@dataclass(frozen=True, slots=True)
class Signer:
    """Who claimed to have signed an image when it was looked up."""

    name: str
    asked_at: float


class DetailNotes:
    """What is known of manifests, per access scope and repository."""

    def __init__(self, notes: Notes, clock: Callable[[], float]) -> None:
        self._notes = notes
        self._clock = clock

    def keep_published(self, scope: str, digest: str, response_time: str) -> None:
        """Note when a manifest was last changed, if its registry said so."""
        if response_time and self.published(scope, digest) != response_time:
            self._notes.write(Published(response_time), scope, digest)

    def published(self, scope: str, digest: str) -> str:
        """Return when a manifest was last changed; empty when that was never said."""
        known = self._notes.read(Published, scope, digest)
        return known.at if known else ""

    async def signer(self, scope: str, digest: str, ask: Ask) -> str:
        """Return who claims to have signed an image; empty when nobody does or that could not be found out."""
        known = self._notes.read(Signer, scope, digest)
        if known is not None and 0 <= self._clock() - known.asked_at < _SIGNER_SECONDS:
            return known.name
        try:
            name = await within(_PATIENCE, signer(ask, digest))
        except Unanswered:
            return known.name if known else ""
        self._notes.write(Signer(name, self._clock()), scope, digest)
        return name


def last_modified(response: httpx.Response) -> str:
    """Read the header of that name; empty when it is missing or no time."""
    try:
        moment = parsedate_to_datetime(response.headers.get("Last-Modified", ""))
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).isoformat()
    except (ValueError, TypeError, OverflowError, IndexError):
        return ""
