"""Climb the severity ladder: the distribution's word, the record's CVSS, a related record's, unknown.

For packages of languages no distribution speaks: the record's CVSS comes first, then its publisher's word.
"""

from collections.abc import Iterable

from bot.advisory.ecosystem import is_distribution
from bot.advisory.model import Advisory, Affected
from bot.advisory.score import best_score, to_severity
from bot.advisory.severity import Rating, Severity

_UNKNOWN = Rating()
#: Words of Debian (security-tracker), Ubuntu (priorities), Red Hat and GitHub. Any other word rates nothing.
_WORDS = {
    "unimportant": Severity.NEGLIGIBLE,
    "negligible": Severity.NEGLIGIBLE,
    "low": Severity.LOW,
    "medium": Severity.MEDIUM,
    "moderate": Severity.MEDIUM,
    "high": Severity.HIGH,
    "important": Severity.HIGH,
    "critical": Severity.CRITICAL,
    # RustSec tells of packages that are given up and of other facts, which are no flaws of themselves.
    "unmaintained": Severity.NEGLIGIBLE,
    "notice": Severity.NEGLIGIBLE,
}
#: Packages made to do harm, https://github.com/ossf/malicious-packages.
_MALICIOUS = "MAL-"


def rate(hits: Iterable[tuple[Advisory, Affected]], others: Iterable[Advisory] = ()) -> Rating:
    """Rate a flaw by the records that hit the package, else by `others`, which speak of it elsewhere."""
    return rate_by_hits(hits) or rate_by_others(others) or _UNKNOWN


def rate_by_hits(hits: Iterable[tuple[Advisory, Affected]]) -> Rating | None:
    """Rate by the records that hit the package; None when they tell nothing."""
    pairs = list(hits)
    own = [_own_word(record, affected) for record, affected in pairs if is_distribution(affected.ecosystem)]
    scored = [_by_cvss(affected.severity or record.severity, "cvss") for record, affected in pairs]
    other = [
        _own_word(record, affected) for record, affected in pairs if not is_distribution(affected.ecosystem)
    ]
    return _worst(own) or _worst(scored) or _worst(other)


def rate_by_others(others: Iterable[Advisory]) -> Rating | None:
    """Rate by records that speak of the flaw elsewhere; None when they tell nothing."""
    return _worst(_by_record(record) for record in others)


def _own_word(record: Advisory, affected: Affected) -> Rating | None:
    if record.id.startswith(_MALICIOUS):
        return Rating(Severity.CRITICAL, "publisher")
    source = "distribution" if is_distribution(affected.ecosystem) else "publisher"
    return _by_word(affected.urgency or record.urgency, source)


def _by_record(record: Advisory) -> Rating | None:
    source = f"alias:{record.id}"
    return _by_cvss(record.severity, source) or _by_word(record.urgency, source)


def _by_word(word: str, source: str) -> Rating | None:
    """Debian marks a word that is the maintainers' guess with asterisks: `low**`."""
    severity = _WORDS.get(word.strip().rstrip("*").lower())
    return None if severity is None else Rating(severity, source)


def _by_cvss(vectors: tuple[tuple[str, str], ...], source: str) -> Rating | None:
    best = best_score(vectors)
    return None if best is None else Rating(to_severity(*best), source, best[1])


def _worst(ratings: Iterable[Rating | None]) -> Rating | None:
    """The worst speaks; among equals the source decides, so that the order of the records does not matter."""
    known = [rating for rating in ratings if rating is not None]
    return min(
        known, key=lambda rating: (-rating.severity, -(rating.score or 0), rating.source), default=None
    )
