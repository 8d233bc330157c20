"""Which advisories are there, and how old they are."""

from collections.abc import Iterator

from bot.clock import SystemClock
from bot.commandline.advisories import AGES, open_index
from bot.commandline.checkup.line import Line, Mark, mark_of
from bot.errors import BotError
from bot.feeds import FreshnessLevel, Snapshot, age_of
from bot.feeds.catalogues import Kind
from bot.settings import Settings


def look_at_advisories(settings: Settings) -> Iterator[Line]:
    """Look at the index and the catalogues of exploitation."""
    try:
        with open_index(settings) as index:
            snapshot = index.snapshot
    except BotError as exc:
        yield Line("advisories", str(exc), Mark.BROKEN)
        return
    yield from _feeds(settings, snapshot)
    found = {each.kind: each for each in snapshot.catalogues}
    now = SystemClock().now()
    for kind in Kind:
        if kind not in found:
            yield Line(kind.value, "not imported: `plimsoll db update` fetches it", Mark.ABSENT)
            continue
        age = age_of(found[kind].checked, now, settings.advisory_warn_days, settings.advisory_error_days)
        said = f"{found[kind].entries:,} CVEs; checked {int(age.days)} days ago ({AGES[age.level]})"
        yield Line(kind.value, said, mark_of(age.level))


def _feeds(settings: Settings, snapshot: Snapshot) -> Iterator[Line]:
    now = SystemClock().now()
    limits = (settings.advisory_warn_days, settings.advisory_error_days)
    ages = {feed.name: age_of(feed.checked, now, *limits) for feed in snapshot.feeds}
    records = sum(feed.records for feed in snapshot.feeds)
    said = f"{len(ages)} feeds, {records:,} records, snapshot {snapshot.id}"
    yield Line("advisories", said, Mark.FINE if ages else Mark.BROKEN)
    for level in (FreshnessLevel.WARN, FreshnessLevel.ERROR):
        if old := [f"{name} ({int(age.days)} days)" for name, age in ages.items() if age.level is level]:
            said = f"{AGES[level]}: {', '.join(old)}; run `plimsoll db update`"
            yield Line("advisories", said, mark_of(level))
