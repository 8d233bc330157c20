"""Prove who we are: the app by a signed JWT, an installation by a short-lived token narrowed to one job.

See https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

import jwt
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from bot.errors import BotError
from bot.github.errors import BadPrivateKey, Forbidden, NotFound, Unauthorized
from bot.github.line import Clock
from bot.github.tokens import Scope, Token, Tokens

_JWT_LIFE = timedelta(minutes=9)
"""GitHub refuses more than ten minutes, counted on its own clock."""
_JWT_BACKDATING = timedelta(seconds=60)
_TOLERATED_SKEW = timedelta(seconds=20)

_LAG = timedelta(seconds=10)
"""How long a fresh token may be unknown to some of GitHub's servers."""
_LAG_WAITS = (0.5, 1.5, 3.0)


@dataclass(slots=True)
class AppCredential:
    """A JWT signed with the app's private key; only for `/app` and for minting tokens."""

    app_id: str
    private_key: str = field(repr=False)
    clock: Clock
    _skew: timedelta = timedelta()

    async def bearer(self) -> str:
        """Sign a new JWT, on GitHub's clock as far as it is known."""
        now = self.clock.now() + self._skew
        claims = {
            "iss": self.app_id,
            "iat": int((now - _JWT_BACKDATING).timestamp()),
            "exp": int((now + _JWT_LIFE).timestamp()),
        }
        return jwt.encode(claims, rsa_key(self.private_key), algorithm="RS256")

    def accepted(self, bearer: str) -> None:
        """Nothing to learn: a JWT serves once."""

    def second_chance(self, bearer: str, failure: BotError, given: int) -> float | None:
        """Sign again, once, when GitHub's clock turns out to differ from ours."""
        if given or not isinstance(failure, Unauthorized) or failure.server_time is None:
            return None
        skew = failure.server_time - self.clock.now()
        if abs(skew - self._skew) < _TOLERATED_SKEW:
            return None
        self._skew = skew
        return 0.0


@lru_cache(maxsize=2)
def rsa_key(pem: str) -> RSAPrivateKey:
    """Load the key once: checking it takes 40 ms, which would hold up every webhook meanwhile."""
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise BadPrivateKey("the app's private key is not an unencrypted key in PEM form") from exc
    if not isinstance(key, RSAPrivateKey):
        raise BadPrivateKey("the app's private key is not an RSA key, which is all GitHub gives")
    return key


@dataclass(slots=True)
class InstallationCredential:
    """A token of one installation, narrowed by its scope."""

    tokens: Tokens
    scope: Scope
    clock: Clock

    async def bearer(self) -> str:
        """Return the cached token, or the one being minted."""
        return (await self.tokens.get(self.scope)).value

    def accepted(self, bearer: str) -> None:
        """From now on a refusal is meant, not lag."""
        self.tokens.prove(self.scope, bearer)

    def second_chance(self, bearer: str, failure: BotError, given: int) -> float | None:
        """Wait out replication lag of a fresh token; replace a dead one."""
        if given >= len(_LAG_WAITS) or not isinstance(failure, Unauthorized | Forbidden | NotFound):
            return None
        token = self.tokens.cached(self.scope)
        if token is None or token.value != bearer:
            return 0.0 if isinstance(failure, Unauthorized) else None
        if self._may_lag(token):
            return _LAG_WAITS[given]
        if not isinstance(failure, Unauthorized):
            return None
        self.tokens.drop(self.scope, bearer)
        return 0.0

    def _may_lag(self, token: Token) -> bool:
        return not token.proven and self.clock.now() - token.minted_at < _LAG
