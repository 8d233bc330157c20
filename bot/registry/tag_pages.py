"""Read one page of a registry's list of tags, and where the next one is.

Follows https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags. What comes back is a
stranger's: what is no tag is dropped, and of a link to the next page only the query is taken.
"""

import json
from dataclasses import dataclass

import httpx

from bot.image.reference import is_tag

_LONGEST_LINK = 8192
_LONGEST_QUERY = 2000
_CONDITIONS = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
_LONGEST_VALIDATOR = 200


class NotTags(Exception):
    """The body is no list of tags."""


@dataclass(frozen=True, slots=True)
class Page:
    """A part of the list, as asked for by its query."""

    query: str
    tags: tuple[str, ...]
    next: str = ""
    """The query of the next page; empty when this is the last one."""
    problem: str = ""
    """Why the next page cannot be asked for, if so."""
    conditions: tuple[tuple[str, str], ...] = ()
    """What to send so that an unchanged page is not sent again."""


def read_page(body: bytes) -> tuple[str, ...]:
    """Return the tags of a page, each once; raises NotTags."""
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise NotTags from None
    if not isinstance(document, dict) or "tags" not in document:
        raise NotTags
    # Some registries write null for none.
    listed = [] if document["tags"] is None else document["tags"]
    if not isinstance(listed, list):
        raise NotTags
    return tuple(dict.fromkeys(tag for tag in listed if isinstance(tag, str) and is_tag(tag)))


def next_query(response: httpx.Response, host: str) -> tuple[str, str]:
    """Return the query of the next page, or why it cannot be asked for."""
    if len(response.headers.get("Link", "")) > _LONGEST_LINK:
        return "", "its link to the rest of the list is too long"
    target = response.links.get("next", {}).get("url", "")
    if not target:
        return "", ""
    try:
        url = response.url.join(target)
        query = url.query.decode("ascii")
    except (httpx.InvalidURL, ValueError):
        return "", "its link to the rest of the list is no address"
    if url.host not in (httpx.URL(f"//{host}").host, response.url.host):
        return "", f"it sends to {url.host[:200]} for the rest of the list, which is not followed"
    # What stands before it may be another path: proxies put a prefix there. We ask where we asked before.
    if not url.path.endswith("/tags/list") or not query or len(query) > _LONGEST_QUERY:
        return "", "its link to the rest of the list leads elsewhere"
    return query, ""


def conditions(response: httpx.Response) -> tuple[tuple[str, str], ...]:
    """Return the headers that ask for a page only if it is another than this one."""
    for given, sent in _CONDITIONS:
        value = response.headers.get(given, "")
        if value and len(value) <= _LONGEST_VALIDATOR and value.isascii() and value.isprintable():
            return ((sent, value),)
    return ()
