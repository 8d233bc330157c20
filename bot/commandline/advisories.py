"""`plimsoll db …`: fetch, import and describe the advisory index; fetch support dates."""

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import IntEnum
from itertools import groupby
from pathlib import Path

from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.feeds import AdvisoryIndex, FeedState, FreshnessLevel, IndexUnusable, Snapshot, age_of
from bot.feeds.catalogues import Kind
from bot.feeds.download import UpdateReport
from bot.feeds.importer import import_path
from bot.feeds.lifecycle import LifecycleFile
from bot.feeds.problems import LifecycleUnavailable
from bot.feeds.snapshot import CatalogueState
from bot.package.language import ECOSYSTEMS
from bot.reach import update_advisories, update_support_dates
from bot.settings import Settings

AGES = {FreshnessLevel.FRESH: "ok", FreshnessLevel.WARN: "old", FreshnessLevel.ERROR: "too old"}
UNUSED = "not used, as this version matches no release of it"


def update(settings: Settings) -> tuple[str, bool]:
    """Fetch the feeds and the support dates; return what is in use now, and whether all feeds came.

    What failed is named. Support dates that did not come are no failure: the ones in use are right for long. Neither
    is a feed the source does not publish.
    """
    settings.make_data_dir()
    report = asyncio.run(update_advisories(settings, SystemClock()))
    failures = [f"failed: {failure}" for failure in report.failed]
    absent = [f"not published by {settings.osv_url}: {', '.join(report.absent)}"] if report.absent else []
    done = _fared(report)
    dates = _update_support_dates(settings)
    return _lines([_describe(report.snapshot, settings), *dates, done, *absent, *failures]), not failures


def _fared(report: UpdateReport) -> str:
    """Say how many feeds came in which way."""
    ways = {
        "fetched as a whole": report.fetched,
        "brought up to date by their changes": report.revised,
        "unchanged": report.unchanged,
        "failed": report.failed,
    }
    counts = ", ".join(f"{len(feeds)} {way}" for way, feeds in ways.items() if feeds)
    return f"feeds: {counts}" + (f"; {report.changed:,} records changed" if report.changed else "")


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
    with open_index(settings) as index:
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


def open_index(settings: Settings) -> AdvisoryIndex:
    """Open the index in use; raises IndexUnusable when there is none."""
    if not settings.advisories.is_file():
        raise IndexUnusable(
            f"There is no advisory index in {settings.data_dir}: run `plimsoll db update`, "
            "or `plimsoll db import PATH` where there is no internet."
        )
    return AdvisoryIndex.open(settings.advisories)


def _describe(snapshot: Snapshot, settings: Settings) -> str:
    """Describe a snapshot: distributions, then languages, then what only rates, then the catalogues."""
    now = SystemClock().now()
    lines = [f"snapshot {snapshot.id}"]
    groups = groupby(sorted(snapshot.feeds, key=lambda feed: (_group(feed), feed.name.lower())), key=_group)
    for group, feeds in groups:
        lines += [f"{group.name.lower()}:", *(f"  {_describe_feed(feed, now, settings)}" for feed in feeds)]
    found = {state.kind: state for state in snapshot.catalogues}
    lines += ["exploitation:"]
    for kind in Kind:
        lines.append(
            f"  {_describe_catalogue(found[kind], now, settings)}" if kind in found else f"  {kind}: none"
        )
    return "\n".join(lines)


class _Group(IntEnum):
    """What a feed is about, in the order in which feeds are shown."""

    DISTRIBUTIONS = 1
    LANGUAGES = 2
    OTHERS = 3


def _group(feed: FeedState) -> _Group:
    if not feed.releases:
        return _Group.OTHERS
    return _Group.LANGUAGES if feed.name in ECOSYSTEMS.values() else _Group.DISTRIBUTIONS


def _describe_feed(feed: FeedState, now: datetime, settings: Settings) -> str:
    covers = ""
    if not feed.releases:
        covers = f", {UNUSED}"
    elif feed.releases != (feed.name,):
        covers = f", {_releases(len(feed.releases))}"
    age = _age(feed.checked, feed.broken, now, settings)
    return f"{feed.name}: {feed.records:,} records{covers}{age}; from {feed.source}"


def _describe_catalogue(state: CatalogueState, now: datetime, settings: Settings) -> str:
    age = _age(state.checked, state.broken, now, settings)
    return f"{state.kind}: {state.entries:,} CVEs{age}; from {state.source}"


def _age(checked: datetime, broken: int, now: datetime, settings: Settings) -> str:
    age = age_of(checked, now, settings.advisory_warn_days, settings.advisory_error_days)
    left_out = f", {broken} broken records left out" if broken else ""
    return f"{left_out}; checked {checked.date().isoformat()}, {int(age.days)} days ago ({AGES[age.level]})"


def _releases(number: int) -> str:
    return f"{number} release" if number == 1 else f"{number} releases"


def _lines(parts: Iterable[str]) -> str:
    return "\n".join(parts) + "\n"
