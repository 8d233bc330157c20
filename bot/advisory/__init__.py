"""Advisories: read from OSV records, matched against packages, rated."""

from bot.advisory.match import Matches, match, match_all, safe_upgrade
from bot.advisory.model import Advisory, Affected, FixState, Match, Range
from bot.advisory.osv import BrokenRecord, parse_record
from bot.advisory.places import Place, goes_by_source, matchable, owners, places
from bot.advisory.severity import Rating, Severity

__all__ = [
    "Advisory",
    "Affected",
    "BrokenRecord",
    "FixState",
    "Match",
    "Matches",
    "Place",
    "Range",
    "Rating",
    "Severity",
    "goes_by_source",
    "match",
    "match_all",
    "matchable",
    "owners",
    "parse_record",
    "places",
    "safe_upgrade",
]
