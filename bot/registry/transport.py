"""An httpx client that connects only to addresses it has checked.

A name is resolved once, all its addresses are judged, and the connection goes to one of those very addresses,
so an answer that changes between check and use (DNS rebinding) has no effect. Each hop of a redirect and each
token realm passes here. TLS still names and verifies the host.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv6Address

import httpcore
import httpx

from bot.registry.guard import GuardPolicy, parse_address
from bot.tls import default_tls

Addresses = tuple[IPv4Address | IPv6Address, ...]
Resolver = Callable[[str, int], Awaitable[Addresses]]
_SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)  # as httpcore types it

_MAX_TRIED = 4
_TIMEOUT = httpx.Timeout(30, connect=10, pool=60)
_USER_AGENT = "plimsoll (+container-review-bot)"


async def system_resolver(host: str, port: int) -> Addresses:
    """Ask the operating system; no addresses when the name does not exist."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    literals = (parse_address(str(address[0])) for *_, address in found)
    return tuple(dict.fromkeys(literal for literal in literals if literal is not None))


class CheckedBackend(httpcore.AsyncNetworkBackend):
    """Connects to the addresses a name has, once the guard has seen all of them."""

    def __init__(
        self,
        policy: GuardPolicy,
        resolve: Resolver = system_resolver,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._policy = policy
        self._resolve = resolve
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore passes it by this name
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, check, and connect to what was checked."""
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError as exc:
            raise httpcore.ConnectTimeout(f"resolving {host} took too long") from exc
        self._policy.check_addresses(host, port, addresses)
        tried = addresses[:_MAX_TRIED]
        return await self._connect(tried, port, timeout / len(tried) if timeout and tried else timeout)

    async def _connect(
        self, addresses: Addresses, port: int, patience: float | None
    ) -> httpcore.AsyncNetworkStream:
        failure: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(str(address), port, patience)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as exc:
                failure = exc
        raise failure

    async def sleep(self, seconds: float) -> None:
        """Wait between httpcore's own tries."""
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """httpx's transport over httpcore, with our backend below and the guard's view of each URL in front."""

    def __init__(
        self, policy: GuardPolicy, backend: httpcore.AsyncNetworkBackend, tls: ssl.SSLContext | None = None
    ) -> None:
        self._policy = policy
        proxy = _proxy(policy.proxy) if policy.proxy else None
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or default_tls(),
            max_connections=40,
            max_keepalive_connections=20,
            keepalive_expiry=15,
            proxy=proxy,
            # The proxy is the operator's and usually private; behind it nothing is left for us to check.
            network_backend=None if proxy else backend,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        self._policy.check(request.url)
        url = request.url
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        with _httpx_errors():
            response = await self._pool.handle_async_request(
                httpcore.Request(
                    request.method,
                    target,
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    async def aclose(self) -> None:
        """Close all connections."""
        await self._pool.aclose()


def _proxy(url: str) -> httpcore.Proxy:
    proxy = httpx.Proxy(url)
    return httpcore.Proxy(str(proxy.url), auth=proxy.raw_auth)


class _Body(httpx.AsyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _httpx_errors():
            async for part in self._response.aiter_stream():
                yield part

    async def aclose(self) -> None:
        await self._response.aclose()


@contextmanager
def _httpx_errors() -> Iterator[None]:
    """Turn httpcore's errors into httpx's, which have the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as exc:
        raise getattr(httpx, type(exc).__name__)(str(exc)) from exc
    except (httpcore.ProxyError, httpcore.UnsupportedProtocol) as exc:
        raise httpx.ProxyError(str(exc)) from exc


def guarded_client(
    policy: GuardPolicy,
    *,
    timeout: httpx.Timeout = _TIMEOUT,
    tls: ssl.SSLContext | None = None,
    resolve: Resolver = system_resolver,
) -> httpx.AsyncClient:
    """Make a client that obeys the guard, keeps no cookies, follows no redirects, ignores the environment."""
    return httpx.AsyncClient(
        transport=GuardedTransport(policy, CheckedBackend(policy, resolve), tls),
        timeout=timeout,
        trust_env=False,
        follow_redirects=False,
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        headers={"User-Agent": _USER_AGENT, "Accept-Encoding": "identity"},
    )
