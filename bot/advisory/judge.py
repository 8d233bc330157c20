"""Decide, from all that the records say, whether one flaw is in a package version, and where it is fixed.

A distribution's tracker entry for a CVE speaks of that flaw alone, a DSA or USN of everything an upload
changed: the entry decides, the advisory is heard where the entry is missing or knows no fix. Publishers of a language
are equals: what any of them calls affected is.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bot.advisory.ecosystem import is_distribution
from bot.advisory.model import Advisory, Affected, FixState
from bot.advisory.places import Place
from bot.advisory.ranges import fix_above, is_affected, is_fixed_below
from bot.package.versions import sort_key


@dataclass(frozen=True, slots=True)
class Claim:
    """What one `affected` entry says of the version at hand."""

    record: Advisory
    affected: Affected
    affects: bool
    fix: str
    """Lowest fix above the version, when it is affected."""
    has_fix: bool
    """Not affected, because the version has the fix."""
    from_tracker: bool


@dataclass(frozen=True, slots=True)
class Judgement:
    """The flaw is there: who says so, and its fix in this release."""

    hits: tuple[Claim, ...]
    state: FixState
    fixed_version: str = ""


def make_claim(record: Advisory, affected: Affected, place: Place, *, from_tracker: bool) -> Claim:
    """Evaluate one entry; raises NotComparable. A fix that is sold apart is none in the release itself."""
    version = place.version
    affects = is_affected(affected, version)
    return Claim(
        record,
        affected,
        affects=affects,
        fix=fix_above(affected, version) if affects and not place.sold else "",
        has_fix=not affects and is_fixed_below(affected, version),
        from_tracker=from_tracker,
    )


def judge(claims: Sequence[Claim], fixed_later: Callable[[], bool]) -> Judgement | None:
    """Weigh the claims about one flaw in one release; None when the version is not affected.

    `fixed_later` tells, when it matters, whether a newer release of the distribution has a fix.
    """
    hits = tuple(claim for claim in claims if claim.affects)
    if not hits:
        return None
    leading = [claim for claim in claims if claim.from_tracker] or claims
    if not any(claim.affects for claim in leading):
        return None
    fixing = [claim for claim in leading if claim.fix] or [claim for claim in hits if claim.fix]
    if fixing:
        return Judgement(hits, FixState.FIXED, _covering_fix(fixing))
    # Nobody knows a fix above this version, but one record knows that the version has it.
    if any(claim.has_fix and is_distribution(claim.affected.ecosystem) for claim in claims):
        return None
    if any(claim.affected.will_not_fix for claim in hits):
        return Judgement(hits, FixState.WILL_NOT_FIX)
    return Judgement(hits, FixState.FIXED_IN_NEWER_RELEASE if fixed_later() else FixState.NOT_FIXED)


def _covering_fix(claims: list[Claim]) -> str:
    """Return the lowest fix that none of the claims calls affected: a re-issued advisory raises it."""
    return max((claim.fix for claim in claims), key=lambda fix: sort_key(claims[0].affected.ecosystem, fix))
