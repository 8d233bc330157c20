"""Who is calling: App JWTs and installation tokens, with GitHub's refusals.

https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import jwt

from tests.fakes.github.keys import PUBLIC_KEY
from tests.fakes.github.state import Repository, State, Token

LEVELS = {"read": 1, "write": 2, "admin": 3}
MAX_JWT_SECONDS = 600
TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Refusal(Exception):
    """An answer other than success, as GitHub words it."""

    status: int
    message: str
    headers: Mapping[str, str]
    errors: tuple[Any, ...] = ()
    page: str = ""
    """Where GitHub explains it, when that is what tells this refusal from others."""


def refuse(status: int, message: str, *errors: Any, **headers: str) -> Refusal:
    return Refusal(status, message, {key.replace("_", "-"): text for key, text in headers.items()}, errors)


def check_app(state: State, authorization: str) -> None:
    """Accept an App's JWT or raise the refusal."""
    claims = _claims(_credential(authorization))
    now = state.clock().timestamp()
    if str(claims.get("iss")) != str(state.app_id):
        raise refuse(401, "Integration not found")
    issued, expires = claims.get("iat"), claims.get("exp")
    if not isinstance(issued, int) or issued > now:
        raise refuse(401, "'Issued at' claim ('iat') must be an Integer representing a time in the past")
    if not isinstance(expires, int) or expires <= now:
        raise refuse(401, "'Expiration time' claim ('exp') must be a numeric value in the future")
    if expires > now + MAX_JWT_SECONDS:
        raise refuse(401, "'Expiration time' claim ('exp') is too far in the future")


def _claims(token: str) -> dict[str, Any]:
    # Times are checked against the fake's clock, which a test may hold.
    try:
        claims: dict[str, Any] = jwt.decode(
            token, PUBLIC_KEY, algorithms=["RS256"], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.PyJWTError as error:
        raise refuse(401, "A JSON web token could not be decoded") from error
    return claims


def check_token(state: State, authorization: str) -> Token:
    """Return the installation token of a request or raise the refusal."""
    token = state.tokens.get(_credential(authorization))
    if token is None or token.expires_at <= state.clock():
        raise refuse(401, "Bad credentials")
    if state.suspended_at:
        raise refuse(403, "This installation has been suspended")
    return token


def _credential(authorization: str) -> str:
    scheme, _, credential = authorization.partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not credential:
        raise refuse(401, "Requires authentication")
    return credential


def check_permission(token: Token, accepted: tuple[str, ...]) -> None:
    """Raise GitHub's 403 unless the token holds one of the accepted permissions, as "checks:write"."""
    for need in accepted:
        name, level = need.split(":")
        if LEVELS.get(token.permissions.get(name, ""), 0) >= LEVELS[level]:
            return
    header = "; ".join(need.replace(":", "=") for need in accepted)
    raise refuse(403, "Resource not accessible by integration", X_Accepted_GitHub_Permissions=header)


def check_reach(token: Token, repository: Repository | None) -> Repository:
    """Raise 404 for what lies outside the token's repositories, existing or not."""
    if repository is None or not repository.installed:
        raise refuse(404, "Not Found")
    if token.repository_ids is not None and repository.id not in token.repository_ids:
        raise refuse(404, "Not Found")
    return repository


def mint(state: State, body: Mapping[str, Any]) -> Token:
    """Make an installation token, narrowed as asked."""
    if state.suspended_at:
        raise refuse(403, "This installation has been suspended")
    permissions = dict(body.get("permissions") or state.permissions)
    for name, level in permissions.items():
        if LEVELS[level] > LEVELS.get(state.permissions.get(name, ""), 0):
            raise refuse(422, "The permissions requested are not granted to this installation.")
    token = Token(
        # Long on purpose: since 2026 a token holds a JWT and is not forty characters any more.
        value=f"ghs_{state.app_id}_{secrets.token_urlsafe(240)}",
        permissions={"metadata": "read"} | permissions,
        repository_ids=_narrowed(state, body),
        expires_at=state.clock() + TOKEN_LIFETIME,
    )
    state.tokens[token.value] = token
    return token


def _narrowed(state: State, body: Mapping[str, Any]) -> frozenset[int] | None:
    ids, names = body.get("repository_ids"), body.get("repositories")
    if ids is None and names is None:
        return None
    by_name = {repository.name: repository.id for repository in state.installed()}
    wanted = [*(ids or ()), *(by_name.get(name, 0) for name in names or ())]
    if not wanted or not set(wanted) <= set(by_name.values()):
        raise refuse(422, "There is at least one repository that does not exist or is not accessible.")
    return frozenset(wanted)
