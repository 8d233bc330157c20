"""`plimsoll db …`: fetch, import and describe the advisory index; fetch support dates."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.compose import update_advisories, update_support_dates
from bot.errors import ConfigError
from bot.feeds import (
    AdvisoryIndex,
    FeedState,
    FreshnessLevel,
    IndexUnusable,
    Snapshot,
    age_of,
    import_path,
)
from bot.feeds.lifecycle import LifecycleFile
from bot.feeds.problems import LifecycleUnavailable
from bot.settings import Settings

AGES = {FreshnessLevel.FRESH: "ok", FreshnessLevel.WARN: "old", FreshnessLevel.ERROR: "too old"}
UNUSED = "not used, as this version matches no release of it"


def update(settings: Settings) -> tuple[str, bool]:
    """Fetch the feeds and the support dates; return what is in use now, and whether all feeds came.

    What failed is named. Support dates that did not come are no failure: the ones in use are right for long.
    """
    settings.make_data_dir()
    report = asyncio.run(update_advisories(settings, SystemClock()))
    failures = [f"failed: {failure}" for failure in report.failed]
    dates = _update_support_dates(settings)
    return _lines([_describe(report.snapshot, settings), *dates, *failures]), not failures


def _update_support_dates(settings: Settings) -> list[str]:
    if not settings.lifecycle_url:
        return [_describe_support_dates(settings)]
    try:
        report = asyncio.run(update_support_dates(settings, SystemClock()))
    except LifecycleUnavailable as exc:
        return [_describe_support_dates(settings), str(exc)]
    kept = [f"support dates of {product} stay as they were: {reason}" for product, reason in report.failed]
    return [_describe_support_dates(settings), *kept]


def import_from(settings: Settings, path: Path, as_of: str) -> str:
    """Import a folder or zip file; return what is in use now."""
    settings.make_data_dir()
    moment = _date(as_of) if as_of else None
    report = import_path(path, settings.advisories, as_of=moment, now=SystemClock().now())
    return _lines([_describe(report.snapshot, settings)])


def status(settings: Settings) -> str:
    """Return what is in use; raises IndexUnusable when there is nothing."""
    if not settings.advisories.is_file():
        raise IndexUnusable(
            f"There is no advisory index in {settings.data_dir}: run `plimsoll db update`, "
            "or `plimsoll db import PATH` where there is no internet."
        )
    with AdvisoryIndex.open(settings.advisories) as index:
        return _lines([_describe(index.snapshot, settings), _describe_support_dates(settings)])


def _describe_support_dates(settings: Settings) -> str:
    state = LifecycleFile(settings.support_dates).state()
    count = f"support dates: {len(state.lifecycle.products)} products"
    if state.fetched is not None:
        return f"{count}, fetched {state.fetched.isoformat()}; from {state.source}"
    problem = f"; {state.problem}" if state.problem else ""
    return f"{count}, as known to this version{problem}"


def _date(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--as-of {text!r}: write a date, such as 2026-11-21") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _describe(snapshot: Snapshot, settings: Settings) -> str:
    now = SystemClock().now()
    feeds = [_describe_feed(feed, now, settings) for feed in snapshot.feeds]
    return "\n".join([f"snapshot {snapshot.id}", *feeds])


def _describe_feed(feed: FeedState, now: datetime, settings: Settings) -> str:
    age = age_of(feed.checked, now, settings.advisory_warn_days, settings.advisory_error_days)
    covers = _releases(len(feed.releases)) if feed.releases else UNUSED
    broken = f", {feed.broken} broken records left out" if feed.broken else ""
    return (
        f"{feed.name}: {feed.records:,} records, {covers}{broken}; "
        f"checked {feed.checked.date().isoformat()}, {int(age.days)} days ago ({AGES[age.level]}); from {feed.source}"
    )


def _releases(number: int) -> str:
    return f"{number} release" if number == 1 else f"{number} releases"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts) + "\n"
