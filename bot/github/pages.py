"""Walk through the pages of a list.

See https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

from githubkit.response import Response

from bot.github.body import fields_of, json_of
from bot.github.errors import UnexpectedAnswer
from bot.github.fields import Fields, objects

PER_PAGE = 100
_MOST_PAGES = 60
"""GitHub caps what we list well below: 2,500 comments, 1,000 check runs, 3,000 files."""

FetchPage = Callable[[int], Awaitable[Response[Any]]]


async def every(fetch: FetchPage, key: str = "", most_pages: int = _MOST_PAGES) -> AsyncIterator[Fields]:
    """Yield all items; `key` names the list when the page is an object around it."""
    for page in range(1, most_pages + 1):
        response = await fetch(page)
        count = 0
        for item in _items(response, key):
            count += 1
            yield item
        if not _has_next(response, count):
            return


def _items(response: Response[Any], key: str) -> Iterator[Fields]:
    if key:
        return fields_of(response, key).objects(key)
    return objects(json_of(response), UnexpectedAnswer, "list")


def _has_next(response: Response[Any], count: int) -> bool:
    """Trust the Link header: a page from which hidden items were taken is short without being the last."""
    link = response.headers.get("link")
    return count == PER_PAGE if link is None else 'rel="next"' in link
