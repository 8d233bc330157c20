"""What is done by the clock: overdue checks, lost jobs and deliveries, surveys, advisories; the old is forgotten."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

from bot.clock import seconds
from bot.context import Context
from bot.errors import BotError
from bot.feeds import find_hits
from bot.handlers import redeliver, rounds, unfinished
from bot.jobs.lost import Expected, find_lost
from bot.reach import update_advisories, update_support_dates
from bot.store import deliveries, inventories, jobs, retention
from bot.store.engine import checkpoint

log = logging.getLogger(__name__)

CHECKPOINT_SECONDS = 2.0
MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_SHOWN = 20

Forget = Callable[[datetime], Awaitable[None]]
Chore = Callable[[], Awaitable[None]]


async def keep_up(ctx: Context, forget: Forget, expected: Expected) -> None:
    """Run every chore at start and then by its interval, until cancelled. One that fails does not stop the others."""
    chores: list[tuple[str, float, Chore]] = [
        ("checkpoint", CHECKPOINT_SECONDS, lambda: asyncio.to_thread(checkpoint, ctx.settings.database)),
        ("sweep", MINUTE, lambda: unfinished.sweep(ctx)),
        ("surveys", MINUTE, lambda: rounds.owe_surveys(ctx)),
        ("lost jobs", MINUTE, lambda: find_lost(ctx, expected)),
        ("redelivery", HOUR, lambda: redeliver.ask_again(ctx)),
        ("retention", DAY, lambda: forget_old(ctx, forget)),
    ]
    if hours := ctx.settings.advisory_update_hours:
        chores.append(("advisories", hours * HOUR, lambda: refresh(ctx)))
        if ctx.settings.lifecycle_url:
            chores.append(("support dates", max(hours * HOUR, DAY), lambda: refresh_support_dates(ctx)))
    await asyncio.gather(*(_repeat(*chore) for chore in chores))


async def _repeat(name: str, interval: float, chore: Chore) -> None:
    while True:
        try:
            await chore()
        except BotError as exc:
            log.warning("%s: %s", name, exc)
        except Exception:
            log.exception("%s failed by a bug", name)
        await asyncio.sleep(interval)


async def refresh(ctx: Context) -> None:
    """Fetch the advisory feeds; the old snapshot stays in use when that fails."""
    report = await update_advisories(ctx.settings, ctx.clock)
    for failure in report.failed:
        log.warning("%s", failure)
    if report.absent:
        log.info("not published by %s: %s", ctx.settings.osv_url, ", ".join(report.absent))
    if report.changed:
        found = await asyncio.to_thread(affected_images, ctx)
        shown = ", ".join(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
        log.info(
            "%d advisories changed, %d stored images hit: %s", report.changed, len(found), shown or "none"
        )


def affected_images(ctx: Context) -> tuple[str, ...]:
    """Return the manifests of the stored images that what changed last hits."""
    index = ctx.images.snapshots.open()
    if index is None:
        return ()
    with index:
        ids = index.changed()
        advisories, judge = index.records(ids), partial(find_hits, index, ids)
        return ctx.store.do_now(lambda c: inventories.affected(c, advisories, judge, index.knows)).digests


async def refresh_support_dates(ctx: Context) -> None:
    """Fetch support dates; the ones in use stay in use when that fails."""
    report = await update_support_dates(ctx.settings, ctx.clock)
    for product, reason in report.failed:
        log.warning("support dates of %s stay as they were: %s", product, reason)


async def forget_old(ctx: Context, forget: Forget) -> None:
    """Drop what finished long ago, after GitHub's own time for redelivery."""
    old = ctx.clock.now() - timedelta(days=ctx.settings.keep_days)
    now = seconds(ctx.clock) - ctx.settings.keep_days * DAY
    await ctx.store.do(lambda c: jobs.drop_before(c, now))
    await ctx.store.do(lambda c: deliveries.drop_before(c, now))
    await ctx.store.do(lambda c: retention.forget_before(c, now))
    await forget(old)
