"""How bad a flaw is, and who says so.

The ladder: the distribution's own rating, the record's CVSS, its publisher's word, that of an alias or upstream
record, unknown.
"""

from dataclasses import dataclass

from bot.severity import Severity as Severity


@dataclass(frozen=True, slots=True)
class Rating:
    """A severity with its origin: `distribution`, `cvss`, `publisher`, `alias:CVE-…`, or `` when nobody rated it."""

    severity: Severity = Severity.UNKNOWN
    source: str = ""
    score: float | None = None
