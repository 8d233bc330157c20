"""The local advisory index: fetched or imported OSV records, searched by package, named by a snapshot id."""

from bot.feeds.assess import (
    find_hits,
    find_matches,
    find_matches_in,
    find_safe_versions,
    with_exploitation,
)
from bot.feeds.download import UpdateReport, update
from bot.feeds.importer import ImportReport, import_path
from bot.feeds.index import AdvisoryIndex
from bot.feeds.problems import FeedUnavailable, ImportRefused, IndexBusy, IndexUnusable
from bot.feeds.snapshot import Coverage, FeedState, Freshness, FreshnessLevel, Snapshot, age_of, freshness

__all__ = [
    "AdvisoryIndex",
    "Coverage",
    "FeedState",
    "FeedUnavailable",
    "Freshness",
    "FreshnessLevel",
    "ImportRefused",
    "ImportReport",
    "IndexBusy",
    "IndexUnusable",
    "Snapshot",
    "UpdateReport",
    "age_of",
    "find_hits",
    "find_matches",
    "find_matches_in",
    "find_safe_versions",
    "freshness",
    "import_path",
    "update",
    "with_exploitation",
]
