"""One base family at one site, and what its row and its pull request are to say."""

import hashlib
import json
from dataclasses import dataclass, replace

from bot import codec
from bot.bump.edits import Rewritten
from bot.bump.life import BumpState
from bot.bump.plan import Demand, Plan
from bot.clock import seconds
from bot.github.pulls import Pull
from bot.handlers.site import Site
from bot.report.bump import BumpMove, BumpText, EditRow, RefusedRow, hand_rows
from bot.store import bumps
from bot.store.bumps import BumpRow


@dataclass(frozen=True, slots=True)
class Bump:
    """One family at one site: what is stored, what GitHub shows, what is wanted."""

    site: Site
    plan: Plan
    row: BumpRow
    pull: Pull | None
    rewritten: Rewritten
    demand: Demand
    remarks: tuple[str, ...] = ()

    def content(self) -> str:
        """Hash of what it changes, which stays the same however the rest of the branch moves."""
        facts = sorted(
            (edit.path, edit.mode, _hash(edit.before), _hash(edit.after)) for edit in self.rewritten.edits
        )
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()


def wanted_row(bump: Bump, state: BumpState) -> BumpRow:
    """What is stored once it is as it should be."""
    moves = tuple((bump.plan.family, each.tag, each.track.value) for each in bump.plan.chosen)
    return replace(
        bump.row,
        state=state,
        critical=tuple(sorted(bump.plan.critical)),
        moves=moves,
        wanted=codec.dump(Demand, bump.demand) if bump.demand != Demand() else "",
        reason="",
    )


def text_of(bump: Bump) -> BumpText:
    """What the pull request tells."""
    advice = {base.reference: base.advice for base in bump.plan.bases}
    done = bump.rewritten
    return BumpText(
        moves=tuple(
            BumpMove(each.before, each.after, advice.get(each.before), each.candidate)
            for each in bump.plan.chosen
        ),
        edits=tuple(EditRow(edit.path, edit.lines) for edit in done.edits),
        refused=tuple(RefusedRow(each.path, each.line, each.why) for each in done.refused),
        by_hand=tuple(row for edit in done.by_hand for row in hand_rows(edit.path, edit.before, edit.after)),
        remarks=tuple(f"Not looked at: {why}" for why in bump.remarks),
    )


async def save(site: Site, row: BumpRow) -> None:
    """Store a row, as changed now."""
    row = replace(row, changed_at=seconds(site.ctx.clock))
    await site.ctx.store.do(lambda c: bumps.save(c, row))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
