"""Ask a site for files in OSV.dev's layout, within bounds. Every failure names the address and the reason."""

import asyncio
import json
import zipfile
from collections.abc import AsyncGenerator, Iterable
from pathlib import Path
from urllib.parse import quote

import httpx

from bot.advisory.osv import MAX_RECORD_BYTES
from bot.feeds.delta import DoesNotFit
from bot.feeds.problems import FeedUnavailable

MOST_LIST_BYTES = 128 << 20
MOST_RECORDS_BYTES = 256 << 20
"""Of all records of one feed that are asked for one by one; above, the archive is fetched."""
_AT_ONCE = 16


class NotPublished(FeedUnavailable):
    """The source answers, and has no such feed."""


def address(base_url: str, feed: str, file: str) -> str:
    """Return where a file of a feed is."""
    return f"{base_url.rstrip('/')}/{quote(feed, safe='')}/{quote(file, safe='')}"


async def fetch_archive(
    client: httpx.AsyncClient, feed: str, url: str, to: Path, *, etag: str, max_bytes: int
) -> tuple[bool, str]:
    """Save an archive; return whether it is new, and its entity tag."""
    headers = {"If-None-Match": etag} if etag else {}
    async with client.stream("GET", url, headers=headers) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED and etag:
            return False, etag
        if response.status_code == httpx.codes.NOT_FOUND:
            raise NotPublished(feed, f"{url} answered 404")
        if response.status_code != httpx.codes.OK:
            raise FeedUnavailable(feed, f"{url} answered {response.status_code}")
        size = 0
        with to.open("wb") as file:
            async for chunk in response.aiter_bytes():
                size += len(chunk)
                if size > max_bytes:
                    raise FeedUnavailable(feed, f"{url} is larger than {max_bytes} bytes")
                file.write(chunk)
    if not zipfile.is_zipfile(to):
        raise FeedUnavailable(feed, f"{url} is not a zip archive")
    return True, entity_tag(response)


async def list_lines(client: httpx.AsyncClient, url: str) -> AsyncGenerator[str, None]:
    """Read a list line by line; who has read enough stops. Raises DoesNotFit where there is none."""
    size, rest = 0, b""
    async with client.stream("GET", url) as response:
        if response.status_code != httpx.codes.OK:
            raise DoesNotFit(f"{url} answered {response.status_code}")
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > MOST_LIST_BYTES or len(rest) > MOST_LIST_BYTES >> 10:
                raise DoesNotFit(f"{url} is larger than {MOST_LIST_BYTES} bytes")
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line.decode("ascii", "replace").rstrip("\r")
    yield rest.decode("ascii", "replace").rstrip("\r")


async def fetch_records(
    client: httpx.AsyncClient, base_url: str, feed: str, ids: Iterable[str]
) -> dict[str, bytes]:
    """Fetch records one by one, some at a time. Raises DoesNotFit when one of them is not what was asked for."""
    free = asyncio.Semaphore(_AT_ONCE)
    bodies: dict[str, bytes] = {}

    async def fetch(id_: str) -> None:
        url = address(base_url, feed, f"{id_}.json")
        async with free, client.stream("GET", url) as response:
            if response.status_code != httpx.codes.OK:
                raise DoesNotFit(f"{url} answered {response.status_code}")
            bodies[id_] = await read_bounded(response, MAX_RECORD_BYTES)
        if _other_id(bodies[id_], id_):
            raise DoesNotFit(f"{url} is another record")
        if sum(map(len, bodies.values())) > MOST_RECORDS_BYTES:
            raise DoesNotFit(f"the changed records of {feed} exceed {MOST_RECORDS_BYTES} bytes")

    try:
        async with asyncio.TaskGroup() as group:
            for id_ in ids:
                group.create_task(fetch(id_))
    except* (DoesNotFit, httpx.HTTPError, httpx.InvalidURL) as exc:
        raise exc.exceptions[0] from None
    return bodies


async def read_bounded(response: httpx.Response, limit: int) -> bytes:
    """Read a small answer; raises DoesNotFit for a large one."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > limit:
            raise DoesNotFit(f"{response.url} is larger than {limit} bytes")
    return bytes(body)


def entity_tag(response: httpx.Response) -> str:
    """Return the tag by which the content is known again."""
    tag = response.headers.get("etag", "")
    return tag if len(tag) <= 200 and tag.isascii() and tag.isprintable() else ""


def _other_id(raw: bytes, id_: str) -> bool:
    """Whether this is a record with another id; what is no record at all counts as broken later."""
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return False
    return isinstance(document, dict) and document.get("id", id_) != id_
