"""What a survey remembers: nothing is resolved twice within it; when a tag first meant a digest outlives it."""

from datetime import UTC, datetime

from bot.clock import seconds
from bot.context import Context
from bot.sightings import Forgetful
from bot.store import images


class SurveyMemory(Forgetful):
    """The memory of one survey."""

    def __init__(self, ctx: Context) -> None:
        super().__init__()
        self._ctx = ctx

    async def first_seen(self, name: str, tag: str, digest: str) -> datetime:
        """Return when a tag was first seen to mean a digest, by whichever look."""
        now = seconds(self._ctx.clock)
        noted = await self._ctx.store.do(lambda c: images.first_seen(c, name, tag, digest, now))
        return datetime.fromtimestamp(noted, UTC)

    async def due_since(self, name: str, tag: str, digest: str) -> datetime | None:
        """Return when a tag was first seen to mean something newer, by whichever look."""
        noted = await self._ctx.store.do(lambda c: images.due_since(c, name, tag, digest))
        return None if noted is None else datetime.fromtimestamp(noted, UTC)
