"""How old the advisories are that some packages need, and which snapshot that is. Images are read elsewhere."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.feeds import AdvisoryIndex, FreshnessLevel, age_of, freshness
from bot.feeds.snapshot import covering
from bot.inspection import SnapshotSeen


@dataclass(frozen=True, slots=True)
class Ages:
    """Days after which an advisory feed warns, and after which nothing may be concluded from it."""

    warn: float = 7
    error: float = 30

    def level(self, checked: datetime, now: datetime) -> FreshnessLevel:
        """How old something is that was checked at its source once."""
        return age_of(checked, now, self.warn, self.error).level


def describe(
    index: AdvisoryIndex, used: Collection[str], ages: Ages, now: datetime, *, exploitation: bool
) -> SnapshotSeen:
    """Describe our own snapshot to those who use these ecosystems of it.

    `exploitation` says that its catalogues serve for the flaws of others too.
    """
    state = index.snapshot
    levels = {ecosystem: _level(index, ecosystem, ages, now) for ecosystem in used}
    catalogues = state.catalogues if used or exploitation else ()
    levels |= {each.kind: _at_most_a_warning(ages.level(each.checked, now)) for each in catalogues}
    feeds = [feed for feed in state.feeds if any(feed in covering(state, ecosystem) for ecosystem in used)]
    return SnapshotSeen(
        id=state.id,
        checked=(
            *((feed.name, feed.checked.date().isoformat()) for feed in feeds),
            *((each.kind, each.checked.date().isoformat()) for each in catalogues),
        ),
        old=_feeds(levels, FreshnessLevel.WARN),
        too_old=_feeds(levels, FreshnessLevel.ERROR),
        # A feed that covers nothing may hold what was to rate these flaws, or could not be sorted.
        broken=tuple(
            (feed.name, feed.broken)
            for feed in state.feeds
            if feed.broken and (feed in feeds or not feed.releases)
        ),
    )


def with_database(
    seen: SnapshotSeen | None, owner: str, name: str, built: datetime, level: FreshnessLevel
) -> SnapshotSeen:
    """Add the advisories of a scanner, whose age counts as that of a feed does."""
    seen = seen or SnapshotSeen("")
    return replace(
        seen,
        id=f"{seen.id} + {name}" if seen.id else name,
        checked=(*seen.checked, (owner, built.date().isoformat())),
        old=(*seen.old, *([owner] if level is FreshnessLevel.WARN else [])),
        too_old=(*seen.too_old, *([owner] if level is FreshnessLevel.ERROR else [])),
    )


def _level(index: AdvisoryIndex, ecosystem: str, ages: Ages, now: datetime) -> FreshnessLevel:
    """How old the advisories for a release are; one that none covers is said elsewhere."""
    if not index.covers(ecosystem).covered:
        return FreshnessLevel.FRESH
    return freshness(index.snapshot, ecosystem, now, ages.warn, ages.error).level


def _at_most_a_warning(level: FreshnessLevel) -> FreshnessLevel:
    """An old catalogue may miss what is exploited since; the flaws themselves are known without it."""
    return FreshnessLevel.WARN if level is FreshnessLevel.ERROR else level


def _feeds(levels: Mapping[str, FreshnessLevel], level: FreshnessLevel) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.partition(":")[0] for name, found in levels.items() if found is level))
