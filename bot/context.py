"""What handlers work with: made once by `app`, replaced piece by piece in tests."""

from dataclasses import dataclass

from bot.clock import Clock
from bot.github.client import GitHubApp, Repository
from bot.images import Images
from bot.jobs.accept import Enqueue
from bot.settings import Settings
from bot.store import Store
from bot.store.reviews import Request


@dataclass(frozen=True, slots=True)
class Context:
    """The edges of the bot."""

    settings: Settings
    clock: Clock
    store: Store
    github: GitHubApp
    images: Images
    enqueue: Enqueue

    def repository(self, request: Request) -> Repository:
        """The handle through which a review works on its repository."""
        return self.github.repository(request.installation_id, request.repository, request.repository_id)
