"""Bring the pull request of one base family to what it should be: opened, written anew, closed, or left.

Every step may run twice: the branch is derived, its commit is noted before the branch moves, and the pull request is
looked for before it is made. See https://docs.github.com/en/rest/pulls/pulls
"""

import asyncio
from dataclasses import replace

from bot.bump.edits import Move, Rewritten, rewrite
from bot.bump.family import branch_name
from bot.bump.life import Action, Asked, BumpState, Close, Existing, Leave, Open, Room, Update, Wish, decide
from bot.bump.plan import Demand, Plan, why_not_needed, why_unmet
from bot.github import branches, comments, commits, labels, pulls
from bot.github.pulls import Pull
from bot.handlers.bump_branch import write_branch
from bot.handlers.bump_case import Bump, save, text_of, wanted_row
from bot.handlers.site import Outcome, Site
from bot.handlers.sources import Sources
from bot.report.bump import render_body, render_closing, render_title
from bot.report.bump_notice import render_left
from bot.store import bumps
from bot.store.bumps import BumpRow

ENDED = {True: BumpState.MERGED, False: BumpState.REFUSED}


async def carry_out(
    site: Site,
    plan: Plan,
    sources: Sources,
    *,
    asked: Asked = Asked.NOTHING,
    demand: Demand,
) -> Outcome:
    """Do what is due for one family."""
    branch = branch_name(site.base_ref, plan.family)
    row = await site.ctx.store.do(lambda c: bumps.find(c, site.repo.id, branch))
    if not plan.chosen and (row is None or row.state in (BumpState.MERGED, BumpState.REFUSED)):
        why = plan.obstacle or why_unmet(plan, demand) or why_not_needed(plan, (), site.base_ref)
        return Outcome(plan, why=why)
    moves = [Move(each.before, each.after) for each in plan.chosen]
    rewritten = await asyncio.to_thread(rewrite, sources.files, moves, site.ctx.settings.build_args)
    row = row or BumpRow(site.repo.id, branch, site.base_ref, plan.family, BumpState.OPENING)
    row, pull = await _synchronised(site, row)
    bump = Bump(site, plan, row, pull, rewritten, demand, sources.left_out)
    action = await _decide(bump, asked)
    return await _do(bump, action)


async def _synchronised(site: Site, row: BumpRow) -> tuple[BumpRow, Pull | None]:
    """Believe GitHub more than the store: events get lost, and so do stores."""
    found = await pulls.with_branch(site.repo, row.branch)
    pull = next((each for each in found if each.base_ref == site.base_ref), None)
    if pull is None:
        return row, None
    if pull.is_open:
        return replace(row, number=pull.number), pull
    if row.state in (BumpState.OPEN, BumpState.OPENING):
        row = replace(row, state=ENDED[pull.merged], number=pull.number)
        await save(site, row)
    return row, pull


async def _decide(bump: Bump, asked: Asked) -> Action:
    site, row, pull = bump.site, bump.row, bump.pull
    is_open = pull is not None and pull.is_open
    if row.state is BumpState.CLOSING:
        return Close(row.reason)
    if bump.plan.obstacle and asked is Asked.NOTHING and (is_open or not bump.plan.chosen):
        # What cannot be seen now is no reason to change or close anything.
        return Leave(bump.plan.obstacle)
    if asked is Asked.BUMP and (unmet := why_unmet(bump.plan, bump.demand)):
        # A track or a tag that only others have is no reason to close this one.
        return Leave(unmet)
    wish = None
    if bump.rewritten.edits:
        wish = Wish(bump.content(), bump.plan.critical, site.tip)
    elif bump.plan.chosen:
        return Leave(_why_no_edit(bump.rewritten), in_the_way=True)
    strangers = await _strangers(bump)
    # A branch that never got what was noted for it, because of a crash, does not have it.
    lost = pull is not None and is_open and pull.head_sha != row.head and not strangers
    content = "" if lost else row.content
    existing = Existing(row.state, content, frozenset(row.critical), row.base, is_open, strangers)
    count = await site.ctx.store.do(lambda c: bumps.count_open(c, site.repo.id))
    policy = site.policy.bump
    room = Room(count, policy.limit, policy.window.is_open(site.ctx.clock.now()))
    not_needed = why_not_needed(bump.plan, row.moves, site.base_ref)
    return decide(existing, wish, room, asked=asked, not_needed=not_needed)


async def _strangers(bump: Bump) -> tuple[str, ...]:
    """People whose commits would be lost. What was merged is not lost, and what we pushed last has none."""
    pull, row = bump.pull, bump.row
    if pull is None or pull.merged or pull.head_sha == row.head:
        return ()
    return await commits.strangers(bump.site.repo, bump.site.tip, pull.head_sha)


def _why_no_edit(rewritten: Rewritten) -> str:
    if rewritten.by_hand:
        paths = ", ".join(edit.path for edit in rewritten.by_hand[:3])
        return f"only {paths} would change, and an app may not touch workflows: please change them by hand"
    refused = [f"{refusal.path}:{refusal.line}: {refusal.why}" for refusal in rewritten.refused[:3]]
    return "; ".join(refused) or "no file names it in a way that can be changed"


async def _do(bump: Bump, action: Action) -> Outcome:
    pull = bump.pull if bump.pull and bump.pull.is_open else None
    match action:
        case Open():
            return Outcome(bump.plan, "opened", await _open(bump))
        case Update() if pull is not None:
            await _update(bump, pull.number)
            return Outcome(bump.plan, "updated", pull.number)
        case Close(reason):
            await _close(bump, reason)
            return Outcome(bump.plan, "closed", pull.number if pull else None, reason)
        case Leave(why, by_people) if pull is not None:
            await _leave(bump, pull.number, why, by_people=by_people)
            return Outcome(bump.plan, "kept", pull.number, why)
        case Leave(why, _, in_the_way):
            return Outcome(bump.plan, why=why, in_the_way=in_the_way)
        case _:
            raise AssertionError(f"{action} without an open pull request")


async def _open(bump: Bump) -> int:
    """Find or make the branch, then the pull request, then its labels."""
    # The number is that of an earlier one, if there was any.
    site, row = bump.site, replace(wanted_row(bump, BumpState.OPENING), number=None)
    row = await write_branch(bump, row)
    text = text_of(bump)
    pull = await pulls.create(site.writable, row.branch, site.base_ref, render_title(text), render_body(text))
    await labels.add(site.writable, pull.number, site.policy.bump.labels)
    await save(site, replace(row, state=BumpState.OPEN, number=pull.number))
    return pull.number


async def _update(bump: Bump, number: int) -> None:
    row = await write_branch(bump, replace(wanted_row(bump, BumpState.OPENING), number=number))
    await _say(bump, row, number)


async def _say(bump: Bump, row: BumpRow, number: int) -> None:
    """Let the pull request tell what it does now."""
    site, text = bump.site, text_of(bump)
    await pulls.update(site.writable, number, title=render_title(text), body=render_body(text))
    await labels.add(site.writable, number, site.policy.bump.labels)
    await save(site, replace(row, state=BumpState.OPEN, number=number))


async def _close(bump: Bump, reason: str) -> None:
    """Say why, close, and delete the branch. Noted before, so that our own close is not taken for a person's."""
    site, row, pull = bump.site, bump.row, bump.pull
    row = replace(row, state=BumpState.CLOSING, reason=reason)
    await save(site, row)
    if pull is not None and pull.is_open:
        body = render_closing(reason)
        await comments.reply(site.writable, pull.number, body, f"close:{row.branch}:{pull.number}")
        await pulls.update(site.writable, pull.number, state="closed")
    await branches.delete(site.writable, row.branch)
    await save(site, replace(row, state=BumpState.CLOSED))


async def _leave(bump: Bump, number: int, why: str, *, by_people: bool) -> None:
    """Keep what there is, and let it say what it clears by now. That it is left to people is said in it once."""
    site, row = bump.site, bump.row
    if by_people:
        if row.reason != why:
            await comments.reply(site.writable, number, render_left(why), f"left:{row.branch}:{why}")
        await save(site, replace(row, state=BumpState.OPEN, reason=why))
    elif not why and (row.state is not BumpState.OPEN or bump.plan.critical - set(row.critical)):
        row = wanted_row(bump, BumpState.OPEN)
        await _say(bump, row, number)
