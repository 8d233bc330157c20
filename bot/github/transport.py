"""Send githubkit's requests our way: explicit credentials, careful repeats, bounds, typed errors.

githubkit builds the requests. Its own sending repeats POSTs, sleeps out rate limits and has no timeout, so
`arequest`, through which all generated methods pass, is replaced as a whole.
"""

import asyncio
from collections.abc import Mapping
from typing import Any, Protocol

import httpx
from githubkit import GitHub
from githubkit.auth import UnauthAuthStrategy
from githubkit.response import Response
from githubkit.typing import (
    ContentTypes,
    CookieTypes,
    HeaderTypes,
    QueryParamTypes,
    RequestFiles,
    URLTypes,
)
from githubkit.utils import UNSET

from bot.errors import BotError
from bot.github.answers import fault
from bot.github.errors import AnswerTooLarge, GitHubUnavailable, RateLimited, UnexpectedAnswer
from bot.github.line import Line

API_VERSION = "2022-11-28"

SAFE_TO_REPEAT = frozenset({"GET", "PUT", "PATCH", "DELETE"})
"""Doing these twice leaves what doing them once leaves, as long as a PATCH sets a fixed state."""
ONLY_READS = frozenset({"GET"})
ANYTHING = frozenset({"GET", "PUT", "PATCH", "DELETE", "POST"})

TRIES = 3
_LONGEST_ANSWER_TIME = 60
"""A read timeout alone lets a drip of bytes last for ever."""
_LONGEST_ANSWER = 32 * 1024 * 1024


class Credential(Protocol):
    """What proves to GitHub who asks."""

    async def bearer(self) -> str:
        """Return the token for the Authorization header."""

    def accepted(self, bearer: str) -> None:
        """Learn that GitHub knows this token."""

    def second_chance(self, bearer: str, failure: BotError, given: int) -> float | None:
        """Return the seconds to wait before asking again with `bearer()`, or None to accept the refusal."""


class Transport(GitHub[UnauthAuthStrategy]):
    """githubkit's generated methods over our line, for one credential and one rule of repetition."""

    def __init__(self, line: Line, credential: Credential, whom: str, repeatable: frozenset[str]) -> None:
        super().__init__(config=line.config)
        self._line = line
        self._credential = credential
        self._whom = whom
        self._repeatable = repeatable

    async def arequest(
        self,
        method: str,
        url: URLTypes,
        *,
        params: QueryParamTypes | None = None,
        content: ContentTypes | None = None,
        data: dict[str, Any] | None = None,
        files: RequestFiles | None = None,
        json: Any | None = None,
        headers: HeaderTypes | None = None,
        cookies: CookieTypes | None = None,
        stream: bool = False,
        response_model: Any = UNSET,
        error_models: Mapping[str, Any] | None = None,
    ) -> Response[Any]:
        """Send one request; raise an error of `bot.github.errors`, never one of githubkit's or httpx's."""
        request = self._line.http.build_request(method, url, params=params, json=json, headers=headers)
        return Response(await self._persist(request), Any)

    async def _persist(self, request: httpx.Request) -> httpx.Response:
        failures = chances = 0
        while True:
            self._line.closures.check(self._whom)
            bearer = await self._credential.bearer()
            request.headers["Authorization"] = f"Bearer {bearer}"
            try:
                response = await self._ask(request)
            except GitHubUnavailable:
                failures += 1
                if failures >= TRIES or request.method not in self._repeatable:
                    raise
                await self._line.pauses.back_off(failures)
            except BotError as failure:
                wait = self._credential.second_chance(bearer, failure, chances)
                if wait is None:
                    raise
                chances += 1
                if wait:
                    await self._line.pauses.sleep(wait)
            else:
                self._credential.accepted(bearer)
                return response

    async def _ask(self, request: httpx.Request) -> httpx.Response:
        response = await self._send(request)
        failure = fault(response, self._line.clock.now())
        if isinstance(failure, RateLimited):
            self._line.closures.note(self._whom, failure)
        if failure is not None:
            raise failure
        return response

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(_LONGEST_ANSWER_TIME):
                return await _read(await self._line.http.send(request, stream=True))
        except (httpx.TransportError, TimeoutError) as exc:
            reason = str(exc) or type(exc).__name__
            raise GitHubUnavailable(f"no answer to {request.method} {request.url}: {reason}") from exc
        except (httpx.DecodingError, httpx.TooManyRedirects) as exc:
            raise UnexpectedAnswer(f"{request.method} {request.url}: {exc}") from exc


async def _read(response: httpx.Response) -> httpx.Response:
    """Read the whole body, within bounds also when it is compressed."""
    body = bytearray()
    try:
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > _LONGEST_ANSWER:
                raise AnswerTooLarge(f"the answer to {response.request.url} exceeds {_LONGEST_ANSWER} bytes")
    finally:
        await response.aclose()
    headers = httpx.Headers(response.headers)
    for name in ("content-encoding", "content-length"):
        headers.pop(name, None)
    return httpx.Response(
        response.status_code, headers=headers, content=bytes(body), request=response.request
    )
