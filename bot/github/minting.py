"""Ask GitHub for an installation token.

See https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bot.github.body import fields_of
from bot.github.errors import NotFound, PermissionMissing, UnexpectedAnswer, Unprocessable
from bot.github.tokens import Minted, Scope
from bot.github.transport import API_VERSION, Transport


def minted_by(transport: Transport) -> Callable[[Scope], Awaitable[Minted]]:
    """Return the function that mints over this transport, which must carry the app's own credential."""

    async def mint(scope: Scope) -> Minted:
        create = transport.rest(API_VERSION).apps.async_create_installation_access_token
        try:
            answer = fields_of(await create(scope.installation_id, data=_wanted(scope)), "token")
        except Unprocessable as exc:
            raise _refusal(scope, str(exc)) from exc
        return Minted(answer.filled("token"), _moment(answer.filled("expires_at")))

    return mint


def _wanted(scope: Scope) -> dict[str, Any]:
    """Name the repository by id, which a rename does not change."""
    repositories = {} if scope.repository_id is None else {"repository_ids": [scope.repository_id]}
    permissions = {"permissions": dict(scope.permissions)} if scope.permissions else {}
    return {**repositories, **permissions}


def _refusal(scope: Scope, said: str) -> NotFound | PermissionMissing:
    """Tell the two reasons for a 422 apart, which only the wording does."""
    if "permission" in said.lower():
        needs = ",".join(f"{name}={level}" for name, level in scope.permissions)
        return PermissionMissing(
            f"{said}; the app needs {needs}, set in its settings and accepted by "
            f"installation {scope.installation_id}",
            needs=needs,
        )
    return NotFound(f"{said}; installation {scope.installation_id} has no repository {scope.repository_id}")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as exc:
        raise UnexpectedAnswer(f"the token's expires_at {text[:50]!r} is not a time") from exc
    if moment.tzinfo is None:
        raise UnexpectedAnswer(f"the token's expires_at {text[:50]!r} has no time zone")
    return moment
