"""The app at one GitHub host, and the handle through which a job works on one repository.

The modules beside this one (`pulls`, `checks`, `comments` …) are functions that take such a handle.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import httpx

from bot.github.auth import AppCredential, InstallationCredential
from bot.github.body import fields_of
from bot.github.errors import NotFound
from bot.github.fields import is_full_name
from bot.github.line import Clock, Line, Pauses, open_line
from bot.github.minting import minted_by
from bot.github.tokens import Scope, Tokens
from bot.github.transport import ANYTHING, API_VERSION, ONLY_READS, SAFE_TO_REPEAT, Transport

DEFAULT_API_URL = "https://api.github.com"

REVIEW: Mapping[str, str] = {"checks": "write", "contents": "read", "pull_requests": "write"}
"""All a review needs; GitHub adds `metadata: read` itself."""
BUMP: Mapping[str, str] = {"contents": "write", "pull_requests": "write"}
"""What opening and keeping up a bump takes, its branch and a `repository_dispatch` included."""
NOTICE: Mapping[str, str] = {"issues": "write"}
"""What an issue takes, and a label that does not exist yet."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who we are at this host."""

    app_id: int
    slug: str

    @property
    def login(self) -> str:
        """The account our comments are written by."""
        return f"{self.slug}[bot]"


class GitHubApp:
    """One app at one host. Belongs to the event loop it is first used in."""

    def __init__(
        self,
        *,
        app_id: int | str,
        private_key: str,
        clock: Clock,
        api_url: str = DEFAULT_API_URL,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        dice: Callable[[], float] = random.random,
    ) -> None:
        self._line = open_line(api_url, clock, Pauses(sleep, dice), transport)
        credential = AppCredential(str(app_id), private_key, clock)
        # Minting a second token harms nobody, so even its POST may be repeated.
        self._rest = Transport(self._line, credential, "the app", ANYTHING)
        self._tokens = Tokens(minted_by(self._rest), clock)
        self._identity: Identity | None = None

    @cached_property
    def rest(self) -> Any:
        """githubkit's generated methods, as the app itself."""
        return self._rest.rest(API_VERSION)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._line.http.aclose()

    async def identity(self) -> Identity:
        """Ask GitHub, once, which app we are."""
        if self._identity is None:
            response = await self._rest.rest(API_VERSION).apps.async_get_authenticated()
            app = fields_of(response, "app")
            self._identity = Identity(app.number("id"), app.filled("slug"))
        return self._identity

    def repository(
        self,
        installation_id: int,
        owner_name: str,
        repository_id: int,
        permissions: Mapping[str, str] = REVIEW,
    ) -> "Repository":
        """Return the handle on one repository; its token can do no more than `permissions` there."""
        if not is_full_name(owner_name):
            raise NotFound(f"{owner_name[:100]!r} cannot be the owner/name of a repository")
        scope = Scope(installation_id, repository_id, tuple(sorted(permissions.items())))
        owner, _, name = owner_name.partition("/")
        return Repository(self, self._line, self._credential(scope), owner, name, repository_id)

    def _credential(self, scope: Scope) -> InstallationCredential:
        return InstallationCredential(self._tokens, scope, self._line.clock)


class Repository:
    """What a job may do in one repository."""

    def __init__(
        self,
        app: GitHubApp,
        line: Line,
        credential: InstallationCredential,
        owner: str,
        name: str,
        repository_id: int,
    ) -> None:
        self.owner = owner
        self.name = name
        self.id = repository_id
        self.app = app
        self.clock = line.clock
        self.pauses = line.pauses
        self.blobs = line.blobs
        whom = f"installation {credential.scope.installation_id}"
        self._installation_id = credential.scope.installation_id
        self._repeating = Transport(line, credential, whom, SAFE_TO_REPEAT)
        self._single = Transport(line, credential, whom, ONLY_READS)
        self._stubborn = Transport(line, credential, whom, ANYTHING)

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    @cached_property
    def rest(self) -> Any:
        """githubkit's generated methods; all but POST are repeated when the connection or GitHub fails."""
        return self._repeating.rest(API_VERSION)

    @cached_property
    def once(self) -> Any:
        """The same, repeating reads only: for a PATCH that adds something."""
        return self._single.rest(API_VERSION)

    @cached_property
    def again(self) -> Any:
        """The same, repeating POSTs too: for what is named by its content, or refused the second time."""
        return self._stubborn.rest(API_VERSION)

    def having(self, permissions: Mapping[str, str]) -> "Repository":
        """Return a handle on the same repository with other permissions."""
        return self.app.repository(self._installation_id, self.full_name, self.id, permissions)
