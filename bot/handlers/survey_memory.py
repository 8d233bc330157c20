"""What a survey remembers: nothing is resolved twice within it; when a tag first meant a digest outlives it."""

from datetime import UTC, datetime

from bot.clock import seconds
from bot.context import Context
from bot.image.reference import Reference
from bot.images import Forgetful
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

    async def due_since(self, reference: Reference) -> datetime | None:
        """Return since when something newer than a pinned image has been there, however often it changed since."""
        if reference.tag is None or reference.digest is None:
            return None
        key = (reference.name, reference.tag, reference.digest)
        noted = await self._ctx.store.do(lambda c: images.due_since(c, *key))
        return None if noted is None else datetime.fromtimestamp(noted, UTC)
