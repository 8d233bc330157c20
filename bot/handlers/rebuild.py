"""Ask for a rebuild where no edit would help: what is shipped was built on an older content of the same tag.

Once for each new digest, by `repository_dispatch` or an issue, as the policy says.
https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#repository_dispatch
"""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from bot.bump.hurdles import inconclusive
from bot.bump.model import Flaw
from bot.bump.question import distrust
from bot.bump.weigh import weigh
from bot.clock import seconds
from bot.errors import OperatorError
from bot.github import issues, repositories
from bot.github.client import NOTICE
from bot.handlers.look import Shipped
from bot.handlers.site import Outcome, Site
from bot.image.platform import Platform
from bot.images import Reader
from bot.inspection import SeenImage
from bot.policy.bumps import Rebuild
from bot.report.bump_notice import render_rebuild
from bot.store import shipped as table
from bot.store.shipped import ShippedRow

EVENT = "plimsoll-rebuild"
MOST_IMAGES = 20
MOST_FLAWS = 100


@dataclass(frozen=True, slots=True)
class Stale:
    """An image that was built on older content of its base."""

    written: str
    reference: str
    path: str
    line: int
    old: str
    new: str
    cleared: tuple[Flaw, ...]
    """Flaws that gate, and that the new content does not have."""
    row: ShippedRow


async def ask_where_due(
    site: Site, reader: Reader, shipped: Sequence[Shipped], outcomes: Sequence[Outcome]
) -> list[str]:
    """Note what is shipped, and ask for the rebuilds that are due; return what stood in the way."""
    stale = await _stale(site, reader, shipped, outcomes)
    how = site.policy.bump.rebuild
    if not stale or how is Rebuild.OFF or not site.info.is_writable:
        return []
    try:
        if how is Rebuild.DISPATCH:
            await repositories.dispatch(site.writable, EVENT, payload_of(site, stale, reader.snapshot_id))
        else:
            await _keep_issue(site, stale)
    except OperatorError as exc:
        return [f"a rebuild could not be asked for: {exc}"]
    for each in stale:
        row = replace(each.row, asked=each.new)
        await site.ctx.store.do(partial(table.save, row=row))
    return []


async def _stale(
    site: Site, reader: Reader, shipped: Sequence[Shipped], outcomes: Sequence[Outcome]
) -> list[Stale]:
    """Compare what was built on with what is there now; a push counts as built on what its day had."""
    rows = await site.ctx.store.do(lambda c: table.of_branch(c, site.repo.id, site.base_ref))
    known = {(row.reference, row.platform): row for row in rows}
    # One that is only wanted, and waits for its turn or was refused, mends nothing.
    edited = {each.before for outcome in outcomes if outcome.is_open for each in outcome.plan.chosen}
    found: list[Stale] = []
    for each in shipped:
        base = each.base
        row = known.pop((base.reference, base.platform), None)
        if base.seen is None or each.reference.digest is not None:
            continue
        if row is None or row.head != site.tip:
            await _note(site, each, base.seen)
        elif row.built_on != base.seen.index_digest and base.reference not in edited:
            found += await _compare(site, reader, each, row, base.seen)
    for row in known.values():
        await site.ctx.store.do(partial(table.forget, row=row))
    return found[:MOST_IMAGES]


async def _note(site: Site, each: Shipped, seen: SeenImage) -> None:
    row = ShippedRow(
        site.repo.id,
        site.base_ref,
        each.base.reference,
        each.base.platform,
        seen.index_digest,
        site.tip,
        seconds(site.ctx.clock),
    )
    await site.ctx.store.do(lambda c: table.save(c, row))


async def _compare(site: Site, reader: Reader, each: Shipped, row: ShippedRow, now: SeenImage) -> list[Stale]:
    base = each.base
    platform = Platform.parse(base.platform) if base.platform else None
    before = await reader.see(each.reference.with_digest(row.built_on), platform)
    if not isinstance(before, SeenImage) or any(_doubt(seen, reader) for seen in (before, now)):
        # What is gone from the registry, or was not looked at in full, can be compared with nothing.
        return []
    weighed = await asyncio.to_thread(weigh, before, now, site.policy)
    cleared = tuple(flaw for flaw in weighed.fixes if flaw.severe)
    if len(cleared) <= sum(flaw.severe for flaw in weighed.adds):
        return []
    place = base.location
    return [
        Stale(
            base.written,
            base.reference,
            place.path,
            place.start_line,
            row.built_on,
            now.index_digest,
            cleared,
            row,
        )
    ]


def _doubt(seen: SeenImage, reader: Reader) -> str:
    return inconclusive(seen) or distrust(seen, reader)


def payload_of(site: Site, stale: Sequence[Stale], snapshot: str) -> dict[str, object]:
    """What a workflow gets as `github.event.client_payload`."""
    return {
        "branch": site.base_ref,
        "commit": site.tip,
        "snapshot": snapshot,
        "images": [
            {
                "image": each.reference,
                "file": each.path,
                "line": each.line,
                "old_digest": each.old,
                "new_digest": each.new,
                "clears": sorted({flaw.id for flaw in each.cleared})[:MOST_FLAWS],
            }
            for each in stale
        ],
    }


async def _keep_issue(site: Site, stale: Sequence[Stale]) -> None:
    """One issue for each set of new digests: one that a person closed says nothing of the next."""
    what = hashlib.sha256("\0".join(sorted(each.reference + each.new for each in stale)).encode()).hexdigest()
    marker = f"<!-- plimsoll-rebuild {what[:32]} -->"
    title, body = render_rebuild(site.base_ref, stale)
    await issues.keep_one(site.repo.having(NOTICE), marker, title, body, site.policy.bump.labels)
