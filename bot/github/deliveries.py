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
    """What was answered, by us or a proxy; GitHub's example for no connection is 502."""


async def failed(app: GitHubApp) -> AsyncIterator[HookDelivery]:
    """Attempts of the last days that failed, some twice: those GitHub calls so, and of the newest also others.

    Its filter takes answers of 400 to 599; what was never answered may have another number.
    """
    for wanted in ({"status": "failure"}, {}):
        async for delivery in _listed(app, wanted):
            if delivery.status not in range(200, 400):
                yield delivery


async def _listed(app: GitHubApp, wanted: dict[str, str]) -> AsyncIterator[HookDelivery]:
    """At most two thousand, newest first."""
    cursor: dict[str, str] = {}
    for _ in range(MOST_PAGES):
        list_page = app.rest.apps.async_list_webhook_deliveries
        response = await list_page(per_page=PER_PAGE, **wanted, **cursor)
        for item in objects(json_of(response), UnexpectedAnswer, "deliveries"):
            yield _delivery(item)
        following = _cursor(response.raw_response.links.get("next", {}).get("url", ""))
        if not following:
            return
        cursor = {"cursor": following}
    if wanted:
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
