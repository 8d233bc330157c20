"""Bring the index up to date over HTTP: what changed, as the source's list tells, else whole archives.

Layout: https://google.github.io/osv.dev/data/. A feed that has not changed costs one small request.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from bot.errors import ConfigError
from bot.feeds.archive import Document, documents_in_zip
from bot.feeds.catalogues import MAX_BYTES as MAX_CATALOGUE_BYTES
from bot.feeds.catalogues import Catalogue, Kind, read_catalogue
from bot.feeds.delta import DAYS, FILE, ChangeList, Delta, DoesNotFit, delta_of
from bot.feeds.fetch import (
    NotPublished,
    address,
    entity_tag,
    fetch_archive,
    fetch_records,
    list_lines,
    read_bounded,
)
from bot.feeds.importer import Changes, ImportReport, rebuild
from bot.feeds.index import AdvisoryIndex
from bot.feeds.problems import FeedUnavailable, ImportRefused, IndexUnusable
from bot.feeds.snapshot import CatalogueState, FeedState, Snapshot
from bot.feeds.tally import Provenance
from bot.registry.redirects import get

DEFAULT_BASE = "https://osv-vulnerabilities.storage.googleapis.com"
MAX_BYTES = 2 << 30
SECONDS = 1800.0
_AT_ONCE = 4
_UNREACHED = (httpx.HTTPError, httpx.InvalidURL, TimeoutError)


@dataclass(frozen=True, slots=True)
class UpdateReport:
    """The state now in use, and how each feed fared."""

    snapshot: Snapshot
    fetched: tuple[FeedState, ...]
    unchanged: tuple[FeedState, ...]
    failed: tuple[FeedUnavailable, ...] = ()
    """These keep the records and the date they had."""
    revised: tuple[FeedState, ...] = ()
    """Of these only what changed was fetched."""
    absent: tuple[str, ...] = ()
    """Feeds that are not held, and that the source does not publish."""
    changed: int = 0
    """Records that feeds in use brought or changed."""


@dataclass(frozen=True, slots=True)
class _Brought:
    """What came of one feed: an archive, or changes, or word that nothing changed."""

    feed: str
    archive: Path | None = None
    etag: str = ""
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class _Site:
    """Where feeds are fetched from and to."""

    base_url: str
    client: httpx.AsyncClient
    known: Mapping[str, FeedState]
    index_path: Path
    folder: Path
    now: datetime
    max_bytes: int
    seconds: float

    def url(self, feed: str) -> str:
        return address(self.base_url, feed, "all.zip")

    async def bring(self, feed: str, *, whole: bool = False) -> _Brought:
        """Fetch what is new of a feed; raises FeedUnavailable."""
        before = self.known.get(feed)
        held = before if before and before.source == self.url(feed) else None
        try:
            async with asyncio.timeout(self.seconds):
                if held and not whole and (brought := await self._changes(held)):
                    return brought
                return await self._archive(feed, held.etag if held and not whole else "")
        except _UNREACHED as exc:
            reason = f"{self.url(feed)}: {str(exc) or type(exc).__name__}"
            raise FeedUnavailable(feed, reason) from exc

    async def _changes(self, held: FeedState) -> _Brought | None:
        """Follow the list of changes; None when the archive must be fetched."""
        if held.complete is None or self.now - held.complete > timedelta(days=DAYS):
            return None
        try:
            changes = ChangeList(held)
            async with aclosing(list_lines(self.client, address(self.base_url, held.name, FILE))) as lines:
                async for line in lines:
                    if not changes.add(line):
                        break
            dates = await asyncio.to_thread(_held_dates, self.index_path, held.name, changes.dates)
            wanted = changes.wanted(dates)
            if not wanted:
                return _Brought(held.name)
            bodies = await fetch_records(self.client, self.base_url, held.name, wanted)
            return _Brought(held.name, delta=delta_of(held, changes.dates, bodies, self.now))
        except (DoesNotFit, httpx.HTTPError, httpx.InvalidURL, IndexUnusable):
            return None

    async def _archive(self, feed: str, etag: str) -> _Brought:
        to = self.folder / f"{abs(hash(feed))}.zip"
        is_new, tag = await fetch_archive(
            self.client, feed, self.url(feed), to, etag=etag, max_bytes=self.max_bytes
        )
        return _Brought(feed, to, tag) if is_new else _Brought(feed)


async def update(
    base_url: str,
    ecosystems: Iterable[str],
    index_path: Path,
    client: httpx.AsyncClient,
    *,
    now: datetime,
    catalogues: Mapping[Kind, str] | None = None,
    max_bytes: int = MAX_BYTES,
    seconds: float = SECONDS,
) -> UpdateReport:
    """Bring feeds and catalogues up to date; raises FeedUnavailable when not one feed could be fetched and used.

    `max_bytes` and `seconds` bound each feed.
    """
    before = await asyncio.to_thread(_held, index_path)
    known = {feed.name: feed for feed in before.feeds} if before else {}
    failed: list[FeedUnavailable] = []
    with _folder_beside(index_path) as folder:
        site = _Site(base_url, client, known, index_path, Path(folder), now, max_bytes, seconds)
        brought = await _bring_all(site, dict.fromkeys(ecosystems), failed)
        absent = tuple(sorted(f.feed for f in failed if isinstance(f, NotPublished) and f.feed not in known))
        if not brought:
            raise failed[0] if failed else ConfigError("No advisory feed is configured.")
        failed = [failure for failure in failed if failure.feed not in absent]
        changes = await _catalogues(client, catalogues or {}, before, now, failed)
        report = await _put_in_use(site, brought, changes, failed)
        return replace(report, failed=tuple(failed), absent=absent)


async def _bring_all(site: _Site, feeds: Iterable[str], failed: list[FeedUnavailable]) -> list[_Brought]:
    """Fetch some feeds at a time; the failures come in the order of the feeds."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def bring(feed: str) -> _Brought | FeedUnavailable:
        async with free:
            try:
                return await site.bring(feed)
            except FeedUnavailable as exc:
                return exc

    results = await asyncio.gather(*map(bring, feeds))
    failed += [result for result in results if isinstance(result, FeedUnavailable)]
    return [result for result in results if isinstance(result, _Brought)]


async def _catalogues(
    client: httpx.AsyncClient,
    urls: Mapping[Kind, str],
    before: Snapshot | None,
    now: datetime,
    failed: list[FeedUnavailable],
) -> Changes:
    """Fetch the catalogues; one that does not come keeps its content and its date."""
    held = {state.kind: state for state in before.catalogues} if before else {}
    new: list[tuple[Catalogue, CatalogueState]] = []
    same: list[CatalogueState] = []
    for kind, url in urls.items():
        state = held.get(kind)
        etag = state.etag if state and state.source == url else ""
        try:
            found = await _catalogue(client, kind, url, etag, now)
        except (*_UNREACHED, ImportRefused, DoesNotFit) as exc:
            failed.append(FeedUnavailable(kind, f"{url}: {str(exc).removesuffix('.') or type(exc).__name__}"))
            continue
        if found is not None:
            new.append(found)
        elif state is not None:
            same.append(state)
    return Changes(catalogues=tuple(new), same_catalogues=tuple(same))


async def _catalogue(
    client: httpx.AsyncClient, kind: Kind, url: str, etag: str, now: datetime
) -> tuple[Catalogue, CatalogueState] | None:
    """Fetch one catalogue; None when it is as it was."""
    async with asyncio.timeout(SECONDS):
        response = await get(client, url, {"If-None-Match": etag} if etag else {})
        try:
            if response.status_code == httpx.codes.NOT_MODIFIED and etag:
                return None
            if response.status_code != httpx.codes.OK:
                raise ImportRefused(f"answered {response.status_code}")
            raw = await read_bounded(response, MAX_CATALOGUE_BYTES)
        finally:
            await response.aclose()
    catalogue = await asyncio.to_thread(read_catalogue, kind, raw)
    return catalogue, catalogue.state(url, now, entity_tag(response))


def _held(index_path: Path) -> Snapshot | None:
    try:
        with AdvisoryIndex.open(index_path) as index:
            return index.snapshot
    except IndexUnusable:
        return None


def _held_dates(index_path: Path, feed: str, ids: Iterable[str]) -> dict[str, str]:
    with AdvisoryIndex.open(index_path) as index:
        return index.dates(feed, ids)


def _folder_beside(index_path: Path) -> TemporaryDirectory[str]:
    """The disk that must hold the index must also hold the archives for a while."""
    index_path.parent.mkdir(parents=True, exist_ok=True)
    return TemporaryDirectory(dir=index_path.parent, prefix=".feeds-", ignore_cleanup_errors=True)


async def _put_in_use(
    site: _Site, brought: list[_Brought], changes: Changes, failed: list[FeedUnavailable]
) -> UpdateReport:
    """Rebuild the index; a feed that is refused fares like one that did not answer, and the others go in.

    Of one whose changes are refused the archive is fetched.
    """
    while brought:
        try:
            return await asyncio.to_thread(_rebuild, site, brought, changes)
        except ImportRefused as exc:
            refused = [item for item in brought if item.feed == exc.feed] or brought
            brought = [item for item in brought if item not in refused]
            for item in refused:
                if item.delta is None:
                    failed.append(FeedUnavailable(item.feed, str(exc).removesuffix(".")))
                    continue
                try:
                    brought.append(await site.bring(item.feed, whole=True))
                except FeedUnavailable as failure:
                    failed.append(failure)
    raise failed[0]


def _rebuild(site: _Site, brought: list[_Brought], catalogues: Changes) -> UpdateReport:
    archives = [item for item in brought if item.archive]
    sources = {
        item.feed: Provenance(site.url(item.feed), site.now, item.etag, fetched=True) for item in archives
    }
    confirmed = tuple(
        site.known[item.feed] for item in brought if item.archive is None and item.delta is None
    )
    changes = replace(
        catalogues,
        documents=_documents(archives) if archives else None,
        provenance=sources.__getitem__,
        unchanged=confirmed,
        deltas=tuple(item.delta for item in brought if item.delta),
    )
    report = rebuild(site.index_path, changes, now=site.now)
    return _report(report, confirmed, site.now)


def _report(report: ImportReport, confirmed: tuple[FeedState, ...], now: datetime) -> UpdateReport:
    renewed = tuple(
        feed for feed in (replace(feed, checked=now) for feed in confirmed) if feed in report.kept
    )
    return UpdateReport(
        report.snapshot, report.imported, renewed, revised=report.revised, changed=report.changed
    )


def _documents(archives: list[_Brought]) -> Iterator[Document]:
    for item in archives:
        documents = documents_in_zip(item.archive or Path(), item.feed)
        first = next(documents, None)
        if first is None:
            raise ImportRefused("There is not one record in it.", feed=item.feed)
        yield first
        yield from documents
