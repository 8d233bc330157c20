"""Import advisories from a directory or a zip archive: `plimsoll db import`, which needs no network."""

import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.feeds.archive import DEFAULT_LIMITS, Document, Limits, documents_in
from bot.feeds.build import UNSORTED, carry_over, read_feeds
from bot.feeds.index import AdvisoryIndex, connect, read_snapshot
from bot.feeds.problems import ImportRefused
from bot.feeds.snapshot import FeedState, Snapshot
from bot.feeds.tally import Provenance
from bot.feeds.writer import replacing
from bot.package.versions import ORDERINGS

_MOST_BROKEN = 10
"""Records of a feed that may be unreadable; of a large feed, one in a hundred."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The state now in use, and what was read for it."""

    snapshot: Snapshot
    imported: tuple[FeedState, ...]
    kept: tuple[FeedState, ...]
    """Feeds carried over from the index that was in use."""


def import_path(
    path: Path,
    index_path: Path,
    *,
    as_of: datetime | None = None,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Replace the feeds found in `path`, keep the others.

    `as_of` declares when the documents were current at their source. A directory does not know that: without
    it the newest record counts, which can only make the feed look older than it is.
    """
    if as_of is not None and as_of > now:
        raise ImportRefused(f"the declared date {as_of:%Y-%m-%d} lies in the future.")
    provenance = Provenance(source=path.name or str(path), checked=as_of)
    return rebuild(index_path, documents_in(path, limits), lambda feed: provenance, now=now)


def rebuild(
    index_path: Path,
    documents: Iterable[Document],
    provenance: Callable[[str], Provenance],
    *,
    now: datetime,
    unchanged: Iterable[FeedState] = (),
) -> ImportReport:
    """Make the index anew from documents and from what else it held.

    `unchanged` are feeds as they were when their source confirmed them: those among them that still are the same
    count as checked now.
    """
    confirmed = {feed.name: feed for feed in unchanged}
    with replacing(index_path, now=now) as tables:
        imported = read_feeds(tables, documents, provenance, now)
        _refuse_broken(imported)
        kept = _keep_others(tables, index_path, {feed.name for feed in imported}, confirmed, now)
        _refuse_empty(imported, any(feed.name in confirmed for feed in kept))
    with AdvisoryIndex.open(index_path) as index:
        return ImportReport(index.snapshot, imported, kept)


def _refuse_broken(imported: tuple[FeedState, ...]) -> None:
    """A published feed may hold a few bad records. Where many are, nothing can be concluded from the rest."""
    sizes = {feed.name: feed.records + feed.ratings + feed.unused + feed.broken for feed in imported}
    for feed in imported:
        # What could not be sorted may belong to any of them.
        total = sum(sizes.values()) if feed.name == UNSORTED else sizes[feed.name]
        if feed.broken > max(_MOST_BROKEN, total // 100):
            message = f"{feed.broken} of {total} records could not be read ({feed.name})."
            raise ImportRefused(message, feed=feed.name)


def _refuse_empty(imported: tuple[FeedState, ...], confirmed: bool) -> None:
    """An empty feed would read as "nothing is vulnerable": refuse it, and keep the index in use."""
    for feed in imported:
        if feed.name in ORDERINGS and not feed.records:
            raise ImportRefused(f"There is not one usable advisory for {feed.name} in it.", feed=feed.name)
    if not (confirmed or any(feed.records for feed in imported)):
        names = " or ".join(sorted(ORDERINGS))
        raise ImportRefused(f"There is not one usable advisory for {names} in it.")


def _keep_others(
    tables: sqlite3.Connection,
    index_path: Path,
    replaced: set[str],
    confirmed: dict[str, FeedState],
    now: datetime,
) -> tuple[FeedState, ...]:
    """Carry over what was not replaced.

    An index that cannot be read is left behind: its releases then read as uncovered.
    """
    if not index_path.is_file():
        return ()
    with closing(connect(index_path)) as old:
        try:
            feeds = read_snapshot(old).feeds
        except (sqlite3.Error, ValueError, KeyError):
            return ()
        # Compared here, where nobody else writes: an import may have replaced what was confirmed.
        kept = tuple(
            replace(feed, checked=now) if feed == confirmed.get(feed.name) else feed
            for feed in feeds
            if feed.name not in replaced
        )
        carry_over(tables, old, kept)
        return kept
