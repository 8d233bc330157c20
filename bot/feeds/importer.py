"""Import advisories from a directory or a zip archive: `plimsoll db import`, which needs no network."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from bot.feeds import build, catalogues
from bot.feeds.archive import DEFAULT_LIMITS, Document, Limits, documents_in
from bot.feeds.build import UNSORTED, read_feeds
from bot.feeds.catalogues import Catalogue, read_catalogue
from bot.feeds.delta import Delta, apply_delta
from bot.feeds.index import AdvisoryIndex, read_feed_states
from bot.feeds.problems import ImportRefused
from bot.feeds.snapshot import CatalogueState, FeedState, Snapshot
from bot.feeds.tally import LONG_AGO, Provenance
from bot.feeds.writer import is_copy, make_indexes, replacing, save_catalogue, save_feed, snapshot_in
from bot.package.versions import ORDERINGS

LAYOUT = (
    "Advisories are read from `<Ecosystem>/all.zip`, `<Ecosystem>.zip`, `<Ecosystem>/<ID>.json` or plain `*.json`"
    " files, with ecosystems named as OSV.dev names them, such as `Alpine`; see docs/advisories.md."
)
_MOST_BROKEN = 10
"""Records of a feed that may be unreadable; of a large feed, one in a hundred."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The state now in use, and what was read for it."""

    snapshot: Snapshot
    imported: tuple[FeedState, ...]
    """Feeds that were read as a whole."""
    kept: tuple[FeedState, ...]
    """Feeds carried over from the index that was in use."""
    revised: tuple[FeedState, ...] = ()
    """Feeds of which only the changes were read."""
    changed: int = 0
    """Records that feeds in use brought or changed."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What is new. Everything else stays as it is in the index in use."""

    documents: Iterable[Document] | None = None
    """Of feeds that are replaced as a whole; None when there is none."""
    provenance: Callable[[str], Provenance] = lambda feed: Provenance(feed)
    unchanged: tuple[FeedState, ...] = ()
    """Feeds as they were when their source confirmed them: those that still are the same count as checked now."""
    deltas: tuple[Delta, ...] = ()
    catalogues: tuple[tuple[Catalogue, CatalogueState], ...] = ()
    same_catalogues: tuple[CatalogueState, ...] = ()
    """Confirmed as the feeds are."""
    place: str = "it"
    """Where the documents are from, for people."""


def import_path(
    path: Path,
    index_path: Path,
    *,
    as_of: datetime | None = None,
    now: datetime,
    limits: Limits = DEFAULT_LIMITS,
) -> ImportReport:
    """Replace the feeds and catalogues found in `path`, keep the others.

    `as_of` declares when the documents were current at their source. A directory does not know that: without
    it the newest record counts, which can only make the feed look older than it is.
    """
    if as_of is not None and as_of > now:
        raise ImportRefused(f"the declared date {as_of:%Y-%m-%d} lies in the future.")
    provenance = Provenance(source=path.name or str(path), checked=as_of)
    found = tuple(_catalogues_in(path, as_of, now))
    documents = documents_in(path, limits)
    if found and not any(entry.is_dir() or entry.suffix in (".zip", ".json") for entry in _others(path)):
        return rebuild(index_path, Changes(catalogues=found), now=now)
    changes = Changes(documents, lambda feed: provenance, catalogues=found, place=str(path))
    return rebuild(index_path, changes, now=now)


def rebuild(index_path: Path, changes: Changes, *, now: datetime) -> ImportReport:
    """Make the index anew from what changed and from what else it held."""
    with replacing(index_path, now=now, revising=changes.documents is None) as tables:
        if is_copy(tables):
            tables.execute("DELETE FROM changed")
            imported: tuple[FeedState, ...] = ()
            kept = tuple(read_feed_states(tables))
        else:
            imported, kept = _read_anew(tables, index_path, changes, now)
        kept = tuple(_confirm(tables, feed, changes.unchanged, now) for feed in kept)
        revised = tuple(_revise(tables, kept, delta, now) for delta in changes.deltas)
        confirmed = bool(changes.unchanged or changes.deltas or changes.catalogues)
        _refuse_empty(imported, confirmed, changes.place)
        _put_catalogues(tables, changes, now)
        (changed,) = tables.execute("SELECT count(*) FROM changed").fetchone()
    with AdvisoryIndex.open(index_path) as index:
        names = {feed.name for feed in revised}
        kept = tuple(feed for feed in kept if feed.name not in names)
        return ImportReport(index.snapshot, imported, kept, revised, changed)


def _read_anew(
    tables: sqlite3.Connection, index_path: Path, changes: Changes, now: datetime
) -> tuple[tuple[FeedState, ...], tuple[FeedState, ...]]:
    """Fill empty tables: with the feeds that are replaced, and with what is carried over.

    An index that cannot be read is left behind: its releases then read as uncovered.
    """
    imported = read_feeds(tables, changes.documents or (), changes.provenance, now)
    _refuse_broken(imported)
    before = snapshot_in(index_path)
    if before is None:
        make_indexes(tables)
        return imported, ()
    replaced = {feed.name for feed in imported}
    kept = tuple(feed for feed in before.feeds if feed.name not in replaced)
    tables.execute("COMMIT")
    build.attach(tables, index_path)
    tables.execute("BEGIN")
    build.carry_over(tables, kept)
    tables.execute("INSERT INTO scores SELECT * FROM old.scores")
    tables.execute("INSERT INTO catalogues SELECT * FROM old.catalogues")
    make_indexes(tables)
    build.note_changes(tables)
    return imported, kept


def _confirm(
    tables: sqlite3.Connection, feed: FeedState, confirmed: tuple[FeedState, ...], now: datetime
) -> FeedState:
    """Compared here, where nobody else writes: an import may have replaced what was confirmed."""
    if feed not in confirmed:
        return feed
    feed = replace(feed, checked=now)
    save_feed(tables, feed)
    return feed


def _revise(
    tables: sqlite3.Connection, kept: tuple[FeedState, ...], delta: Delta, now: datetime
) -> FeedState:
    """Apply changes to a feed, if it still is the one they were asked for."""
    if delta.base not in kept:
        raise ImportRefused(f"{delta.base.name} was replaced meanwhile.", feed=delta.base.name)
    feed = apply_delta(tables, delta, now)
    _refuse_broken((feed,))
    _refuse_empty((feed,), confirmed=True)
    return feed


def _put_catalogues(tables: sqlite3.Connection, changes: Changes, now: datetime) -> None:
    for catalogue, state in changes.catalogues:
        save_catalogue(tables, catalogue, state)
    for same in changes.same_catalogues:
        tables.execute(
            "UPDATE catalogues SET checked = ? WHERE kind = ? AND digest = ?",
            (now.isoformat(), same.kind, same.digest),
        )


def _refuse_broken(imported: tuple[FeedState, ...]) -> None:
    """A published feed may hold a few bad records. Where many are, nothing can be concluded from the rest."""
    sizes = {feed.name: feed.records + feed.ratings + feed.unused + feed.broken for feed in imported}
    for feed in imported:
        # What could not be sorted may belong to any of them.
        total = sum(sizes.values()) if feed.name == UNSORTED else sizes[feed.name]
        if feed.broken > max(_MOST_BROKEN, total // 100):
            message = f"{feed.broken} of {total} records could not be read ({feed.name})."
            raise ImportRefused(message, feed=feed.name)


def _refuse_empty(imported: tuple[FeedState, ...], confirmed: bool, place: str = "it") -> None:
    """An empty feed would read as "nothing is vulnerable": refuse it, and keep the index in use."""
    for feed in imported:
        if feed.name in ORDERINGS and not feed.records:
            raise ImportRefused(
                f"There is not one usable advisory for {feed.name} in {place}.", feed=feed.name
            )
    if not (confirmed or any(feed.records for feed in imported)):
        what = "usable advisory" if imported else "record"
        raise ImportRefused(f"There is not one {what} in {place}. {LAYOUT}")


def _others(path: Path) -> list[Path]:
    """Return what lies beside the catalogues."""
    known = {name for names in catalogues.FILES.values() for name in names}
    return [entry for entry in path.iterdir() if entry.name not in known]


def _catalogues_in(
    path: Path, as_of: datetime | None, now: datetime
) -> Iterable[tuple[Catalogue, CatalogueState]]:
    """Read the catalogues that lie beside the ecosystems."""
    for kind, names in catalogues.FILES.items() if path.is_dir() else ():
        for name in names:
            if (path / name).is_file():
                with (path / name).open("rb") as file:
                    catalogue = read_catalogue(kind, file.read(catalogues.MAX_BYTES + 1))
                checked = as_of or min(catalogue.dated or LONG_AGO, now)
                yield catalogue, catalogue.state(f"{path.name}/{name}", checked)
                break
