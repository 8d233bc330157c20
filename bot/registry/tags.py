"""List the tags of an image repository: page by page, within bounds, and not again within ten minutes.

A list is remembered per access scope, in memory and on disk, and asked for anew on the condition that it changed.
When the registry fails, what it said last is given, marked as stale.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain, islice

import httpx

from bot.registry.exchange import Exchange, Question, Unanswered, within
from bot.registry.limits import Limits
from bot.registry.model import TagList
from bot.registry.notes import Notes
from bot.registry.reading import read_at_most
from bot.registry.single_flight import SingleFlight
from bot.registry.tag_pages import NotTags, Page, conditions, next_query, read_page

FRESH_SECONDS = 600.0
_FIRST = "n=1000"
_NO_LIST = frozenset({404, 405, 501})
_MOST_WARM = 300_000


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole list, and when it was read."""

    pages: tuple[Page, ...]
    read_at: float
    incomplete: str = ""

    def tags(self, most: int) -> tuple[str, ...]:
        """Return each tag once, in the registry's order."""
        return tuple(islice(dict.fromkeys(chain.from_iterable(page.tags for page in self.pages)), most))


@dataclass(frozen=True, slots=True)
class _Warm:
    read_at: float
    tags: TagList


class TagLists:
    """The lists of all repositories, per access scope."""

    def __init__(self, exchange: Exchange, notes: Notes, limits: Limits, clock: Callable[[], float]) -> None:
        self._exchange = exchange
        self._notes = notes
        self._limits = limits
        self._clock = clock
        self._warm: OrderedDict[tuple[str, str], _Warm] = OrderedDict()
        self._flights: SingleFlight[tuple[str, str, bool], TagList] = SingleFlight()

    async def read(self, question: Question, scope: str) -> TagList:
        """Return the tags of the repository a question is about; raises Unanswered."""
        key = (scope, f"{question.registry}/{question.repository}")
        warm = self._warm.get(key)
        if warm is not None and self._is_fresh(warm.read_at):
            self._warm.move_to_end(key)
            return warm.tags
        return await self._flights.run((*key, question.discreet), lambda: self._read(question, key))

    async def _read(self, question: Question, key: tuple[str, str]) -> TagList:
        known = await asyncio.to_thread(self._notes.read, Listing, *key)
        if known is not None and self._is_fresh(known.read_at):
            return self._keep(key, known)
        try:
            listing = await within(self._limits.deadline, self._fetch(question, known))
        except Unanswered as exc:
            if known is None or not exc.transient:
                raise
            since = datetime.fromtimestamp(known.read_at, UTC)
            words = f"{exc.why}; this is the list of {since:%Y-%m-%d %H:%M} UTC"
            return replace(self._tag_list(known), stale=words)
        await asyncio.to_thread(self._notes.write, listing, *key)
        return self._keep(key, listing)

    async def _fetch(self, question: Question, known: Listing | None) -> Listing:
        before = {page.query: page for page in known.pages} if known else {}
        pages: list[Page] = []
        query, count, asked = _FIRST, 0, set[str]()
        incomplete = ""
        while query and not incomplete:
            asked.add(query)
            page = await self._page(question, query, before.get(query))
            pages.append(page)
            count += len(page.tags)
            query, incomplete = page.next, f"{question.host}: {page.problem}" if page.problem else ""
            if query in asked:
                incomplete = f"{question.host}: its list leads back to where it began"
            elif count > self._limits.tags or (query and count == self._limits.tags):
                incomplete = f"only the first {self._limits.tags:,} tags are read"
            elif query and len(pages) >= self._limits.tag_pages:
                incomplete = f"only the first {self._limits.tag_pages} pages of tags are read"
        return Listing(tuple(pages), self._clock(), incomplete)

    async def _page(self, question: Question, query: str, before: Page | None) -> Page:
        async def read(response: httpx.Response) -> Page:
            if before is not None and response.status_code == httpx.codes.NOT_MODIFIED:
                return before
            body = await read_at_most(response, self._limits.tag_page)
            try:
                tags = await asyncio.to_thread(read_page, body)
            except NotTags:
                words = f"{question.host} answered with something else than a list of tags to GET"
                raise Unanswered(f"{words} {question.shown}") from None
            return Page(query, tags, *next_query(response, question.host), conditions(response))

        asked = replace(question, path=f"tags/list?{query}", known=before.conditions if before else ())
        try:
            return await self._exchange.get(asked, read)
        except Unanswered as exc:
            if exc.status in _NO_LIST:
                raise Unanswered(f"{exc.why}: no list of its tags is to be had there") from None
            raise

    def _is_fresh(self, read_at: float) -> bool:
        return 0 <= self._clock() - read_at < FRESH_SECONDS

    def _tag_list(self, listing: Listing) -> TagList:
        return TagList(listing.tags(self._limits.tags), incomplete=listing.incomplete)

    def _keep(self, key: tuple[str, str], listing: Listing) -> TagList:
        tags = self._tag_list(listing)
        self._warm.pop(key, None)
        self._warm[key] = _Warm(listing.read_at, tags)
        for old in list(self._too_many()):
            del self._warm[old]
        return tags

    def _too_many(self) -> Iterator[tuple[str, str]]:
        total = 0
        for key, warm in reversed(self._warm.items()):
            total += len(warm.tags.tags)
            if total > _MOST_WARM:
                yield key
