"""Convince a registry: token (Bearer) and basic authentication.

Follows https://distribution.github.io/distribution/spec/auth/token/. The scope asked for is always our own
(pull from one repository), whatever the challenge says. Credentials go only to the registry itself, or over
https to a realm host that a table or the operator names for it.
"""

import base64
import json
import re
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from bot.registry.challenge import Challenge, parse_challenges
from bot.registry.guard import Refused, host_of
from bot.registry.keychain import Credential
from bot.registry.reading import TooLarge, read_at_most

_KNOWN_REALMS = {"registry-1.docker.io": "auth.docker.io"}
_MAX_ANSWER = 256 * 1024
_MAX_KNOWN = 4096
_TOKEN = re.compile(r"[\x21-\x7e]{1,65536}")
# The token specification: 60 seconds where nothing is said.
_DEFAULT_SECONDS = 60
_LONGEST_SECONDS = 3600
_MARGIN = 10


class Unconvinced(Exception):
    """No way was found to answer the challenge; the text says which host said what."""

    def __init__(self, message: str, *, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


@dataclass(frozen=True, slots=True)
class Realm:
    """For what a registry is to be convinced: pulling from one repository, with or without a credential."""

    base: httpx.URL
    """Scheme and authority of the registry."""
    repository: str
    credential: Credential | None

    @property
    def key(self) -> tuple[str, str, str]:
        return str(self.base), self.repository, self.credential.id if self.credential else ""


class Authenticator:
    """Answers challenges, and remembers the answers per (registry, repository, credential)."""

    def __init__(self, http: httpx.AsyncClient, clock: Callable[[], float] = time.monotonic) -> None:
        self._http = http
        self._clock = clock
        self._known: OrderedDict[tuple[str, str, str], tuple[str, float]] = OrderedDict()

    def known(self, realm: Realm) -> str | None:
        """Return the Authorization header that convinced the registry before, if it still may."""
        header, until = self._known.get(realm.key, ("", 0.0))
        return header if self._clock() < until else None

    async def answer(self, realm: Realm, www_authenticate: str) -> str | None:
        """Return the Authorization header for a challenge; None when there is nothing to say to it."""
        challenges = {each.scheme: each for each in reversed(parse_challenges(www_authenticate))}
        if bearer := challenges.get("bearer"):
            token, seconds = await self._token(realm, bearer)
            return self._remember(realm, f"Bearer {token}", seconds)
        if "basic" in challenges and realm.credential:
            return self._remember(realm, _basic(realm.credential), _LONGEST_SECONDS)
        return None

    def _remember(self, realm: Realm, header: str, seconds: float) -> str:
        self._known.pop(realm.key, None)
        self._known[realm.key] = (header, self._clock() + seconds)
        if len(self._known) > _MAX_KNOWN:
            self._known.popitem(last=False)
        return header

    async def _token(self, realm: Realm, bearer: Challenge) -> tuple[str, float]:
        url = _realm_url(bearer)
        query = {"scope": f"repository:{realm.repository}:pull"}
        if service := bearer.get("service"):
            query["service"] = service[:500]
        headers = {}
        if realm.credential:
            _check_may_see(realm.base, url, realm.credential)
            headers["Authorization"] = _basic(realm.credential)
        request = self._http.build_request("GET", url.copy_merge_params(query), headers=headers)
        response = await self._http.send(request, stream=True)
        try:
            if response.status_code != 200:
                raise _refused(url, response.status_code)
            return _read_token(await read_at_most(response, _MAX_ANSWER))
        except (TooLarge, ValueError, RecursionError):
            raise Unconvinced(
                f"{host_of(url)} answered the request for a token with something else"
            ) from None
        finally:
            await response.aclose()


def _refused(url: httpx.URL, status: int) -> Unconvinced:
    words = f"{host_of(url)} answered {status} to the request for a token"
    return Unconvinced(words, transient=status == 429 or status >= 500)


def _check_may_see(base: httpx.URL, realm: httpx.URL, credential: Credential) -> None:
    """Raise Unconvinced unless the realm is the registry itself, or is named for it and uses https."""
    if (realm.scheme, realm.netloc) == (base.scheme, base.netloc):
        return
    named = {credential.realm.lower(), _KNOWN_REALMS.get(base.netloc.decode(), "")} - {""}
    if realm.scheme != "https" or realm.netloc.decode() not in named:
        words = (
            f"{host_of(base)} sends to {host_of(realm)} for a token, where the operator lets no credential go"
        )
        raise Unconvinced(words)


def _realm_url(bearer: Challenge) -> httpx.URL:
    try:
        url = httpx.URL(bearer.get("realm"))
    except (httpx.InvalidURL, ValueError):
        raise Unconvinced("the challenge names a realm that is no address") from None
    if url.scheme not in ("http", "https") or not url.host:
        raise Unconvinced("the challenge names a realm that is no address")
    if url.userinfo:
        raise Refused(f"{host_of(url)} is addressed with credentials in the URL, which is refused")
    return url


def _read_token(body: bytes) -> tuple[str, float]:
    document = json.loads(body)
    if not isinstance(document, dict):
        raise ValueError("not an object")
    token = document.get("token") or document.get("access_token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token):
        raise ValueError("no token")
    seconds = document.get("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        seconds = _DEFAULT_SECONDS
    return token, min(seconds, _LONGEST_SECONDS) - _MARGIN


def _basic(credential: Credential) -> str:
    return "Basic " + base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()
