"""Fetch feeds over HTTP in OSV.dev's layout, `{base}/{ecosystem}/all.zip`, and put them into the index.

Follows https://google.github.io/osv.dev/data/. A feed that has not changed costs one conditional request.
"""

import asyncio
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

import httpx

from bot.errors import ConfigError
from bot.feeds.archive import Document, documents_in_zip
from bot.feeds.importer import rebuild
from bot.feeds.index import AdvisoryIndex
from bot.feeds.problems import FeedUnavailable, ImportRefused, IndexUnusable
from bot.feeds.snapshot import FeedState, Snapshot
from bot.feeds.tally import Provenance

DEFAULT_BASE = "https://osv-vulnerabilities.storage.googleapis.com"
MAX_BYTES = 2 << 30
SECONDS = 1800.0


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """The state now in use, and how each feed fared."""

    snapshot: Snapshot
    fetched: tuple[FeedState, ...]
    unchanged: tuple[FeedState, ...]
    failed: tuple[FeedUnavailable, ...] = ()
    """These keep the records and the date they had."""


@dataclass(frozen=True, slots=True)
class _Fetched:
    """A feed and the file it goes to, which stays empty when the index already holds what is published."""

    feed: str
    url: str
    archive: Path
    etag: str
    changed: bool = True


async def update(
    base_url: str,
    ecosystems: Iterable[str],
    index_path: Path,
    client: httpx.AsyncClient,
    *,
    now: datetime,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
) -> UpdateReport:
    """Bring the feeds up to date; raises FeedUnavailable when none of them could be fetched and used.

    `max_bytes` and `seconds` bound each feed.
    """
    known = await asyncio.to_thread(_known_feeds, index_path)
    fetched: list[_Fetched] = []
    failed: list[FeedUnavailable] = []
    with _folder_beside(index_path) as folder:
        for number, feed in enumerate(dict.fromkeys(ecosystems)):
            url = f"{base_url.rstrip('/')}/{quote(feed, safe='')}/all.zip"
            before = known.get(feed)
            etag = before.etag if before and before.source == url else ""
            wanted = _Fetched(feed, url, Path(folder) / f"{number}.zip", etag)
            try:
                async with asyncio.timeout(seconds):
                    fetched.append(await _fetch(client, wanted, max_bytes))
            except FeedUnavailable as exc:
                failed.append(exc)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as exc:
                failed.append(FeedUnavailable(feed, f"{url}: {str(exc) or type(exc).__name__}"))
        if not fetched:
            raise failed[0] if failed else ConfigError("No advisory feed is configured.")
        return await asyncio.to_thread(_put_in_use, index_path, fetched, failed, known, now)


def _known_feeds(index_path: Path) -> dict[str, FeedState]:
    try:
        with AdvisoryIndex.open(index_path) as index:
            return {feed.name: feed for feed in index.snapshot.feeds}
    except IndexUnusable:
        return {}


def _folder_beside(index_path: Path) -> TemporaryDirectory[str]:
    """The disk that must hold the index must also hold the archives for a while."""
    index_path.parent.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=index_path.parent, prefix=".feeds-", ignore_cleanup_errors=True)


async def _fetch(client: httpx.AsyncClient, wanted: _Fetched, max_bytes: int) -> _Fetched:
    headers = {"If-None-Match": wanted.etag} if wanted.etag else {}
    async with client.stream("GET", wanted.url, headers=headers) as response:
        if response.status_code == httpx.codes.NOT_MODIFIED and wanted.etag:
            return replace(wanted, changed=False)
        if response.status_code != httpx.codes.OK:
            raise FeedUnavailable(wanted.feed, f"{wanted.url} answered {response.status_code}")
        await _save(response, wanted, max_bytes)
    return replace(wanted, etag=_entity_tag(response))


async def _save(response: httpx.Response, wanted: _Fetched, max_bytes: int) -> None:
    size = 0
    with wanted.archive.open("wb") as file:
        async for chunk in response.aiter_bytes():
            size += len(chunk)
            if size > max_bytes:
                raise FeedUnavailable(wanted.feed, f"{wanted.url} is larger than {max_bytes} bytes")
            file.write(chunk)
    if not zipfile.is_zipfile(wanted.archive):
        raise FeedUnavailable(wanted.feed, f"{wanted.url} is not a zip archive")


def _entity_tag(response: httpx.Response) -> str:
    tag = response.headers.get("etag", "")
    return tag if len(tag) <= 200 and tag.isascii() and tag.isprintable() else ""


def _put_in_use(
    index_path: Path,
    fetched: list[_Fetched],
    failed: list[FeedUnavailable],
    known: dict[str, FeedState],
    now: datetime,
) -> UpdateReport:
    """Rebuild the index; a feed that is refused fares like one that did not answer, and the others go in."""
    while fetched:
        try:
            report = _rebuild(index_path, fetched, known, now)
        except ImportRefused as exc:
            refused = [item.feed for item in fetched if item.feed == exc.feed] or [
                item.feed for item in fetched
            ]
            failed.append(FeedUnavailable(" and ".join(refused), str(exc).removesuffix(".")))
            fetched = [item for item in fetched if item.feed not in refused]
        else:
            return replace(report, failed=tuple(failed))
    raise failed[0]


def _rebuild(
    index_path: Path, fetched: list[_Fetched], known: dict[str, FeedState], now: datetime
) -> UpdateReport:
    sources = {item.feed: Provenance(item.url, now, item.etag) for item in fetched}
    unchanged = [known[item.feed] for item in fetched if not item.changed]
    report = rebuild(index_path, _documents(fetched), sources.__getitem__, now=now, unchanged=unchanged)
    renewed = tuple(
        feed for feed in (replace(feed, checked=now) for feed in unchanged) if feed in report.kept
    )
    return UpdateReport(report.snapshot, report.imported, renewed)


def _documents(fetched: list[_Fetched]) -> Iterator[Document]:
    for item in fetched:
        if item.changed:
            documents = documents_in_zip(item.archive, item.feed)
            first = next(documents, None)
            if first is None:
                raise ImportRefused("There is not one record in it.", feed=item.feed)
            yield first
            yield from documents
