"""Follow redirects by hand: few, never from https to http, and without the Authorization header.

Registries answer blobs with a signed address of their storage, which must not see the credential. Each hop
passes the guard, because the client's transport is guarded.
"""

from collections.abc import Mapping

import httpx

from bot.registry.guard import Refused, host_of

_MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_DROPPED = frozenset({"authorization", "cookie"})


async def get(client: httpx.AsyncClient, url: str, headers: Mapping[str, str]) -> httpx.Response:
    """GET a URL and what it redirects to; the caller reads and closes the open answer."""
    target, sent = httpx.URL(url), dict(headers)
    for _ in range(_MAX_REDIRECTS + 1):
        response = await client.send(client.build_request("GET", target, headers=sent), stream=True)
        if response.status_code not in _REDIRECTS:
            return response
        await response.aclose()
        target = _next(target, response.headers.get("Location", ""))
        sent = {name: value for name, value in sent.items() if name.lower() not in _DROPPED}
    raise Refused(f"{host_of(target)} redirects more than {_MAX_REDIRECTS} times")


def _next(current: httpx.URL, location: str) -> httpx.URL:
    if not location or len(location) > 8192:
        raise Refused(f"{host_of(current)} redirects to nowhere")
    try:
        target = current.join(location)
    except (httpx.InvalidURL, ValueError):
        raise Refused(f"{host_of(current)} redirects to something that is no address") from None
    if current.scheme == "https" and target.scheme != "https":
        raise Refused(f"{host_of(current)} redirects from https to {target.scheme[:20]!r}, which is refused")
    return target
