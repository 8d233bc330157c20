"""The app's own webhook deliveries that failed. GitHub repeats none by itself, and keeps its record three days.

See https://docs.github.com/en/rest/apps/webhooks
"""

import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from bot.github.body import json_of
from bot.github.client import GitHubApp
from bot.github.errors import UnexpectedAnswer
from bot.github.fields import Fields, objects

log = logging.getLogger(__name__)

PER_PAGE = 100
MOST_PAGES = 20


@dataclass(frozen=True, slots=True)
class HookDelivery:
    """One attempt to deliver an event that failed; attempts of the same event share their GUID."""

    id: int
    guid: str
    event: str
    action: str
    """Empty when the event has none."""
    status: int
    """What we answered; 0 when GitHub got no answer."""


async def failed(app: GitHubApp) -> AsyncIterator[HookDelivery]:
    """Attempts of the last days that failed, newest first, at most two thousand."""
    cursor: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        list_page = app.rest.apps.async_list_webhook_deliveries
        response = await list_page(per_page=PER_PAGE, status="failure", **cursor)
        for item in objects(json_of(response), UnexpectedAnswer, "deliveries"):
            delivery = _delivery(item)
            # An older server does not know how to list those that failed only.
            if delivery.status not in range(200, 400):
                yield delivery
        following = _cursor(response.raw_response.links.get("next", {}).get("url", ""))
        if not following:
            return
        cursor = {"cursor": following}
    log.warning("more than %d deliveries failed; older ones are not looked at", MOST_PAGES * PER_PAGE)


async def redeliver(app: GitHubApp, delivery_id: int) -> None:
    """Ask GitHub to send a delivery again, with the same GUID."""
    await app.rest.apps.async_redeliver_webhook_delivery(delivery_id)


def _delivery(item: Fields) -> HookDelivery:
    return HookDelivery(
        id=item.number("id"),
        guid=item.filled("guid"),
        event=item.text_or("event"),
        action=item.text_or("action"),
        status=item.number_or("status_code"),
    )


def _cursor(url: str) -> str:
    return next(iter(parse_qs(urlsplit(url).query).get("cursor", [])), "")
