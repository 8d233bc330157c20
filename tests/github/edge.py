"""A handle on a repository of the fake GitHub, over real HTTP and without pauses."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from bot.github.client import GitHubApp, Repository
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.repo_verbs import FakeRepo
from tests.fakes.github.state import utc_now


class Clock:
    """The machine's."""

    def now(self) -> datetime:
        return utc_now()


async def no_sleep(seconds: float) -> None:
    """Come back at once."""


@asynccontextmanager
async def handle_on(
    fake: FakeGitHub, repo: FakeRepo, permissions: Mapping[str, str]
) -> AsyncIterator[Repository]:
    """Work on a repository with a token that can do no more than this."""
    app = GitHubApp(
        app_id=fake.app_id, private_key=fake.private_key, api_url=fake.url, clock=Clock(), sleep=no_sleep
    )
    try:
        yield app.repository(fake.installation_id, repo.name, repo.id, permissions)
    finally:
        await app.aclose()
