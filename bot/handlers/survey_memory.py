"""What a survey remembers: nothing is resolved twice within it; when a tag first meant a digest outlives it."""

from datetime import datetime

from bot.context import Context
from bot.images import Forgetful


class SurveyMemory(Forgetful):
    """The memory of one survey."""

    def __init__(self, ctx: Context, repository_id: int) -> None:
        super().__init__()
        self._ctx = ctx
