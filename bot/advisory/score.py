"""Score CVSS vectors of any version. A vector nobody can read has no score; it is never an error.

Follows https://www.first.org/cvss/ (versions 2.0, 3.0, 3.1 and 4.0).
"""

from collections.abc import Callable, Iterable
from functools import lru_cache

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from bot.severity import Severity

_MAX_VECTOR = 400
_READERS: dict[str, Callable[[str], float]] = {
    "CVSS_V4": lambda vector: float(CVSS4(vector).base_score),
    "CVSS_V3": lambda vector: float(CVSS3(vector).base_score),
    "CVSS_V2": lambda vector: float(CVSS2(vector).base_score),
}
_STEPS = ((9.0, Severity.CRITICAL), (7.0, Severity.HIGH), (4.0, Severity.MEDIUM), (0.1, Severity.LOW))


def best_score(vectors: Iterable[tuple[str, str]]) -> tuple[str, float] | None:
    """Return (type, score) by the newest CVSS version among the vectors, the worst where it occurs twice."""
    scored = [(type_, score(type_, vector)) for type_, vector in vectors]
    return max(((type_, value) for type_, value in scored if value is not None), default=None)


@lru_cache(maxsize=1 << 14)
def score(type_: str, vector: str) -> float | None:
    """Return the base score, or None for a vector or a version that cannot be read."""
    reader = _READERS.get(type_)
    if reader is None or len(vector) > _MAX_VECTOR:
        return None
    try:
        return reader(vector)
    except CVSSError:
        return None


def to_severity(type_: str, value: float) -> Severity:
    """Return the qualitative rating; CVSS 2 knows no "critical"."""
    severity = next((step for floor, step in _STEPS if value >= floor), Severity.NEGLIGIBLE)
    return min(severity, Severity.HIGH) if type_ == "CVSS_V2" else severity
