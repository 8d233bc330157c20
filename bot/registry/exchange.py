"""One question to a registry: authenticate, follow redirects, try again where it is safe, say what failed.

Follows the pull half of https://github.com/opencontainers/distribution-spec/blob/main/spec.md.
"""

import asyncio
import json
import re
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import httpx

from bot.image.reference import DOCKER_HUB
from bot.registry import redirects
from bot.registry.auth import Authenticator, Realm, Unconvinced
from bot.registry.guard import GuardPolicy, Refused, host_of
from bot.registry.keychain import ANONYMOUS, Credential
from bot.registry.limits import Limits
from bot.registry.reading import TooLarge, read_at_most
from bot.registry.resting import Resting

T = TypeVar("T")
Read = Callable[[httpx.Response], Awaitable[T]]
_HUB_HOST = "registry-1.docker.io"
_RETRIED = frozenset({500, 502, 503, 504})
_HIDDEN = frozenset({401, 403, 404})
_CODE = re.compile(r"[A-Z][A-Z_]{0,40}")
_MAX_ERROR_BODY = 16 * 1024


class Unanswered(Exception):
    """A registry did not give what was asked for; the text names host, question and answer."""

    def __init__(
        self, why: str, *, transient: bool = False, wait: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(why)
        self.why = why
        self.transient = transient
        #: What it answered, where an answer was the trouble.
        self.status = status
        #: Seconds to wait before asking again, at least; None when asking again is useless.
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of which registry, as whom."""

    registry: str
    repository: str
    path: str
    """`manifests/…`, `blobs/…`, or `tags/list`, with its query if it has one."""
    credential: Credential | None = None
    discreet: bool = False
    """Word a refusal like an absence: the asker may not learn which of the two it was."""
    accept: str = "*/*"
    known: tuple[tuple[str, str], ...] = ()
    """Conditions, `If-None-Match` or `If-Modified-Since`: 304 is a good answer then."""

    @property
    def host(self) -> str:
        """Return the host that answers for the registry."""
        return _HUB_HOST if self.registry.lower() == DOCKER_HUB else self.registry

    @property
    def shown(self) -> str:
        """Return the path as it is asked."""
        return f"/v2/{self.repository}/{self.path}"


class Exchange:
    """Asks questions of registries over a guarded client."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        authenticator: Authenticator,
        policy: GuardPolicy,
        limits: Limits,
        resting: Resting,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._http = http
        self._authenticator = authenticator
        self._policy = policy
        self._limits = limits
        self._resting = resting
        self._sleep = sleep

    async def get(self, question: Question, read: Read[T]) -> T:
        """Ask until `read` has had a good answer to its end; raises Unanswered."""
        place = (question.host, question.credential.id if question.credential else ANONYMOUS)
        if why := self._resting.reason(place):
            raise Unanswered(why, transient=True)
        try:
            return await self._try(question, read)
        except Unanswered as failure:
            if failure.wait:
                self._resting.rest(place, failure.wait)
            raise

    async def _try(self, question: Question, read: Read[T]) -> T:
        for attempt in range(1, self._limits.attempts):
            try:
                return await self._ask(question, read)
            except Unanswered as failure:
                if failure.wait is None or failure.wait > self._limits.longest_wait:
                    raise
                await self._sleep(max(failure.wait, self._limits.backoff * 2 ** (attempt - 1)))
        return await self._ask(question, read)

    async def _ask(self, question: Question, read: Read[T]) -> T:
        try:
            response = await self._convince(question)
            try:
                if response.status_code != 200 and not (response.status_code == 304 and question.known):
                    raise await _refusal(question, response)
                return await read(response)
            finally:
                await response.aclose()
        except Unconvinced as exc:
            raise _unconvinced(question, exc) from None
        except TooLarge as exc:
            raise Unanswered(f"{_asked(question)} answered with {exc}", transient=True) from None
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as exc:
            raise _failure(question, exc) from exc

    async def _convince(self, question: Question) -> httpx.Response:
        """Return an open answer, after answering at most one challenge."""
        url = httpx.URL(self._base(question) + question.shown)
        realm = Realm(url.copy_with(raw_path=b"/"), question.repository, question.credential)
        response = await self._send(url, question, self._authenticator.known(realm))
        # A challenge of the storage a registry redirects to is not one of the registry.
        if response.status_code != 401 or response.url.netloc != url.netloc:
            return response
        try:
            refusal = await _refusal(question, response)
        finally:
            await response.aclose()
        challenge = ", ".join(response.headers.get_list("WWW-Authenticate"))
        header = await self._authenticator.answer(realm, challenge)
        if header is None:
            raise refusal
        return await self._send(url, question, header)

    async def _send(self, url: httpx.URL, question: Question, header: str | None) -> httpx.Response:
        authorization = {"Authorization": header} if header else {}
        headers = {"Accept": question.accept, **dict(question.known), **authorization}
        return await redirects.get(self._http, str(url), headers)

    def _base(self, question: Question) -> str:
        url = httpx.URL(f"https://{question.host}")
        plain = self._policy.allows_plain_http(host_of(url), url.port or 80)
        return f"{'http' if plain else 'https'}://{question.host}"


async def within(seconds: float, work: Awaitable[T]) -> T:
    """Give up after so many seconds; raises Unanswered."""
    try:
        async with asyncio.timeout(seconds):
            return await work
    except TimeoutError:
        raise Unanswered(f"it was not read within {seconds:g} seconds", transient=True) from None


async def _refusal(question: Question, response: httpx.Response) -> Unanswered:
    status = response.status_code
    if question.discreet and status in _HIDDEN:
        return _not_found(question)
    code = await _error_code(response)
    words = f"{_speaker(question, response)} answered {status}{code} to GET {question.shown}"
    if status == 429:
        wait = _retry_after(response.headers.get("Retry-After", ""))
        words = f"{words}; it asks to wait {wait:.0f} s"
        return Unanswered(words, transient=True, wait=wait, status=status)
    if status in _RETRIED:
        wait = _retry_after(response.headers.get("Retry-After", "0"))
        return Unanswered(words, transient=True, wait=wait, status=status)
    return Unanswered(words, transient=status >= 500, status=status)


def _unconvinced(question: Question, exc: Unconvinced) -> Unanswered:
    if exc.transient:
        return Unanswered(str(exc), transient=True, wait=0)
    return _not_found(question) if question.discreet else Unanswered(str(exc))


def _speaker(question: Question, response: httpx.Response) -> str:
    """Name who answered, without the address of a redirect: its query may be a signature."""
    url = response.url
    if (
        url.path == question.shown.partition("?")[0]
        and url.netloc == httpx.URL(f"{url.scheme}://{question.host}").netloc
    ):
        return question.host
    return f"{host_of(url)}, where {question.host} redirects to,"


def _not_found(question: Question) -> Unanswered:
    return Unanswered(f"{question.host} answered 404 to GET {question.shown}: not found", status=404)


async def _error_code(response: httpx.Response) -> str:
    """Return the registry's own error code with a space before it, if the body has one."""
    with suppress(httpx.HTTPError, TooLarge, ValueError, RecursionError, LookupError, TypeError):
        code = json.loads(await read_at_most(response, _MAX_ERROR_BODY))["errors"][0]["code"]
        return f" {code}" if _CODE.fullmatch(code) else ""
    return ""


def _retry_after(value: str) -> float:
    """Return the seconds a Retry-After header means, written as a number or a date; 1 when unreadable."""
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        until = parsedate_to_datetime(value)
        return max(0.0, (until.astimezone(UTC) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return 1.0


def _asked(question: Question) -> str:
    return f"{question.host}, asked for {question.shown},"


def _failure(question: Question, exc: Exception) -> Unanswered:
    """Word an error below HTTP. Its own text is left out: it may quote what a stranger sent."""
    asked = _asked(question)
    match exc:
        case Refused():
            wait = 0 if exc.transient else None
            return Unanswered(f"{asked} was not reached: {exc}", transient=exc.transient, wait=wait)
        case httpx.TimeoutException():
            return Unanswered(f"{asked} did not answer in time", transient=True, wait=0)
        case httpx.ConnectError():
            return Unanswered(f"{asked} could not be reached", transient=True, wait=0)
        case httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return Unanswered(f"{asked} has no valid address")
        case _:
            return Unanswered(f"{asked} broke off its answer", transient=True, wait=0)
