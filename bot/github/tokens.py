"""Keep installation tokens of one GitHub host, and mint each once however many ask.

See https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.github.line import Clock

_MARGIN = timedelta(minutes=2)
"""A token that ends sooner might end between our check and GitHub's."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a token is for: one installation, perhaps one repository, and the permissions of the job."""

    installation_id: int
    repository_id: int | None = None
    permissions: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Minted:
    """What GitHub gave."""

    value: str = field(repr=False)
    expires_at: datetime


@dataclass(slots=True)
class Token:
    """A token in use. It is `proven` once GitHub has accepted it."""

    value: str = field(repr=False)
    expires_at: datetime
    minted_at: datetime
    proven: bool = False


@dataclass(slots=True)
class Tokens:
    """The cache, for one event loop."""

    mint: Callable[[Scope], Awaitable[Minted]]
    clock: Clock
    _tokens: dict[Scope, Token] = field(default_factory=dict)
    _minting: dict[Scope, asyncio.Task[Token]] = field(default_factory=dict)

    async def get(self, scope: Scope) -> Token:
        """Return a live token; all who ask at the same time share one request."""
        token = self.cached(scope)
        if token is not None and self._is_live(token):
            return token
        task = self._minting.get(scope)
        if task is None:
            task = self._minting[scope] = asyncio.create_task(self._renew(scope))
            task.add_done_callback(lambda done: self._settle(scope, done))
        # One who gives up must not take the token away from the others.
        return await asyncio.shield(task)

    def cached(self, scope: Scope) -> Token | None:
        """Return the token we hold, live or not."""
        return self._tokens.get(scope)

    def prove(self, scope: Scope, value: str) -> None:
        """Note that GitHub accepted this token."""
        token = self._tokens.get(scope)
        if token is not None and token.value == value:
            token.proven = True

    def drop(self, scope: Scope, value: str) -> None:
        """Forget this token, unless it was replaced meanwhile."""
        token = self._tokens.get(scope)
        if token is not None and token.value == value:
            del self._tokens[scope]

    async def _renew(self, scope: Scope) -> Token:
        minted = await self.mint(scope)
        token = Token(minted.value, minted.expires_at, self.clock.now())
        self._tokens = {held: kept for held, kept in self._tokens.items() if self._is_live(kept)}
        self._tokens[scope] = token
        return token

    def _settle(self, scope: Scope, task: asyncio.Task[Token]) -> None:
        self._minting.pop(scope, None)
        if not task.cancelled():
            # Mark it as seen: everyone who waited may have gone.
            task.exception()

    def _is_live(self, token: Token) -> bool:
        return token.expires_at - self.clock.now() > _MARGIN
