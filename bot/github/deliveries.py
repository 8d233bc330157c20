"""The app's own webhook deliveries, as GitHub recorded them. It repeats none by itself, and keeps them three days.

See https://docs.github.com/en/rest/apps/webhooks
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.github.body import json_of
from bot.github.client import GitHubApp
from bot.github.errors import UnexpectedAnswer
from bot.github.fields import objects

PER_PAGE = 100
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One attempt to deliver an event; attempts of the same event share their GUID."""

    id: int
    guid: str
    event: str
    ok: bool


async def recent(app: GitHubApp) -> AsyncIterator[HookDelivery]:
    """Deliveries of the last days, newest first, at most two thousand."""
    cursor: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        response = await app.rest.apps.async_list_webhook_deliveries(per_page=PER_PAGE, **cursor)
        for item in objects(json_of(response), UnexpectedAnswer, "deliveries"):
            ok = item.number_or("status_code") in range(200, 400)
            yield HookDelivery(item.number("id"), item.filled("guid"), item.text_or("event"), ok)
        following = _cursor(response.raw_response.links.get("next", {}).get("url", ""))
        if not following:
            return
        cursor = {"cursor": following}


async def redeliver(app: GitHubApp, delivery_id: int) -> None:
    """Ask GitHub to send a delivery again, with the same GUID."""
    await app.rest.apps.async_redeliver_webhook_delivery(delivery_id)


def _cursor(url: str) -> str:
    return next(iter(parse_qs(urlsplit(url).query).get("cursor", [])), "")
