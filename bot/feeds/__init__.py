"""The local advisory index: fetched or imported OSV records, searched by package, named by a snapshot id.

Here is what reads it; `download` and `importer` make it, and import an HTTP client for that.
"""

from bot.feeds.assess import (
    find_hits,
    find_known,
    find_matches,
    find_matches_in,
    find_safe_versions,
    with_exploitation,
)
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
    "IndexBusy",
    "IndexUnusable",
    "Snapshot",
    "age_of",
    "find_hits",
    "find_known",
    "find_matches",
    "find_matches_in",
    "find_safe_versions",
    "freshness",
    "with_exploitation",
]
