"""Survey a target branch: what it ships, what could be better, and the pull requests that make it so.

Gathered at one commit, on one snapshot. It runs after pushes, new advisories, once a day, and when a person asks.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import codec
from bot.bump.edits import Used, uses_of
from bot.bump.family import by_family, is_named
from bot.bump.life import Asked, BumpState
from bot.bump.plan import POLICY_ALONE, Demand, Plan, make_plan
from bot.bump.sources import UNREAD, builds_of
from bot.clock import seconds
from bot.context import Context
from bot.errors import OperatorError, TransientError
from bot.github import contents, repositories
from bot.github.client import Repository
from bot.github.errors import Archived, Forbidden, NotFound, NotWritable, Protected, Unprocessable
from bot.handlers import bump, notice, rebuild, rounds
from bot.handlers.answer import answer, refuse
from bot.handlers.look import Shipped, look
from bot.handlers.order import Errand, Order
from bot.handlers.policy import load_policy
from bot.handlers.site import Outcome, Site
from bot.handlers.sources import Sources, read_sources
from bot.handlers.survey_memory import SurveyMemory
from bot.registry.model import Access
from bot.store import branches, bumps
from bot.store.branches import BranchRow
from bot.store.bumps import BumpRow
from bot.store.jobs import Job
from bot.trees import SYMBOLIC_LINK

MOST_LAGGING_TRIES = 4
"""After these the branch is believed to be back where it was."""


UNDER_WAY = (BumpState.OPENING, BumpState.OPEN, BumpState.CLOSING)


async def handle(ctx: Context, job: Job) -> None:
    """Look at a branch, and do what is due for it. Touches no check."""
    order = codec.load(Order, codec.plain(job.payload))
    if order.errand is None and await _is_moot(ctx, order):
        return
    repo = ctx.github.repository(order.installation_id, order.repository, order.repository_id)
    began = seconds(ctx.clock)
    try:
        site = await _site(ctx, repo, order, job.tries)
        if site is not None:
            await _survey(site, began)
    except OperatorError as exc:
        if order.errand is None:
            raise
        await refuse(repo, order.errand, str(exc))


async def tell(ctx: Context, job: Job, why: str, bug: str = "") -> None:
    """Tell whoever asked that a survey was given up, or note it where the next one is owed."""
    order = codec.load(Order, codec.plain(job.payload))
    if order.errand is None:
        failed = (order.repository_id, order.base_ref, f"{why} ({bug})" if bug else why)
        await ctx.store.do(lambda c: branches.note_failure(c, *failed))
    else:
        repo = ctx.github.repository(order.installation_id, order.repository, order.repository_id)
        await refuse(repo, order.errand, f"{why} ({bug})" if bug else why)


async def _is_moot(ctx: Context, order: Order) -> bool:
    """Whether a survey that began after this one was asked for has ended."""
    row = await ctx.store.do(lambda c: branches.find(c, order.repository_id, order.base_ref))
    return row is not None and row.surveyed_at > order.asked_at


async def _site(ctx: Context, repo: Repository, order: Order, tries: int) -> Site | None:
    """Find the branch; None, and nobody looks after it any more, when it is gone."""
    info = await repositories.get(repo)
    # It may have been renamed since; GitHub leads there, but its lists know branches by their owner's name.
    order = replace(order, repository=info.full_name)
    repo = ctx.github.repository(order.installation_id, info.full_name, order.repository_id)
    base_ref = order.base_ref or info.default_branch
    try:
        tip = await contents.branch_tip(repo, base_ref)
    except NotFound:
        await ctx.store.do(lambda c: branches.forget(c, repo.id, order.base_ref))
        if order.errand is not None:
            raise
        return None
    if order.before and tip == order.before and tries < MOST_LAGGING_TRIES:
        raise TransientError(f"GitHub's answer about {base_ref} is older than its own event")
    policy = await load_policy(ctx, repo, base_ref, tip=tip)
    return Site(ctx, repo, info, order, base_ref, tip, policy)


async def _survey(site: Site, began: float) -> None:
    ctx, errand = site.ctx, site.order.errand
    stored = await ctx.store.do(lambda c: bumps.into(c, site.repo.id, site.base_ref))
    sources = await read_sources(site.repo, site.tip)
    # A hostile file takes seconds to read, and everybody else's events would wait for it.
    used = await asyncio.to_thread(_uses, site, sources)
    unread = [f"{use.path}: {use.unresolved}" for use in used if use.kind == UNREAD]
    sources = replace(sources, unread=tuple(unread))
    demands = _demands(stored, used, errand)
    with ctx.images.reader(Access(site.order.repository), SurveyMemory(ctx)) as reader:
        shipped = await look(reader, used, site.policy, ctx.clock.now(), demands)
        unseen = "; ".join(sources.left_out)
        plans = make_plans(shipped, stored, demands, pin=site.policy.bump.pin, unseen=unseen)
        wanted = [plan for plan in plans if errand is None or is_named(plan.family, errand.image)]
        outcomes = [await _carry_out(site, plan, sources, demands) for plan in wanted]
        if errand is not None:
            await _look_after(site)
            await answer(site, errand, outcomes, sources.left_out)
            return
        await _come_back(site, outcomes)
        problems = [*sources.incomplete, *_problems(outcomes)]
        problems += await rebuild.ask_where_due(site, reader, shipped, outcomes)
        snapshot = reader.snapshot_id
    problems = list(dict.fromkeys(problems))
    await notice.keep(site, problems)
    row = BranchRow(
        repository_id=site.repo.id,
        base_ref=site.base_ref,
        installation_id=site.order.installation_id,
        repository=site.order.repository,
        head=site.tip,
        snapshot=snapshot,
        surveyed_at=began,
        problem="; ".join(problems),
    )
    await ctx.store.do(lambda c: branches.save(c, row))


async def _come_back(site: Site, outcomes: Sequence[Outcome]) -> None:
    """Owe a survey for when the schedule begins, if something may wait for it."""
    opening = site.policy.bump.window.opens_after(site.ctx.clock.now())
    if opening is not None and any(each.plan.chosen and each.number is None for each in outcomes):
        await rounds.owe_at_opening(site.ctx, site.order, site.base_ref, opening)


async def _look_after(site: Site) -> None:
    """A branch that somebody wants bumps for is surveyed from now on."""
    order = site.order
    row = BranchRow(site.repo.id, site.base_ref, order.installation_id, order.repository)
    await site.ctx.store.do(lambda c: branches.add(c, row))


def make_plans(
    shipped: Sequence[Shipped],
    stored: Sequence[BumpRow],
    demands: Mapping[str, Demand],
    *,
    pin: bool,
    unseen: str = "",
) -> list[Plan]:
    """One plan a family that is shipped, or that has a pull request; those that gain most come first."""
    families = by_family((each.reference, each.in_use) for each in shipped)
    gone = (row.family for row in stored if row.state in UNDER_WAY and row.family not in families)
    plans = [
        *(
            make_plan(family, bases, pin=pin, demand=demands.get(family, POLICY_ALONE))
            for family, bases in families.items()
        ),
        *(Plan(family, unseen=unseen) for family in gone),
    ]
    return sorted(plans, key=lambda plan: (-plan.cleared, plan.family))


def _uses(site: Site, sources: Sources) -> list[Used]:
    settings, platform = site.ctx.settings, site.ctx.images.platform
    files = [(file.path, file.content) for file in sources.files if file.mode != SYMBOLIC_LINK]
    builds = builds_of(files)
    return [use for file in files for use in uses_of(*file, settings.build_args, platform, builds)]


def _demands(stored: Sequence[BumpRow], used: Sequence[Used], errand: Errand | None) -> dict[str, Demand]:
    """What people asked of families: kept while their pull request is open, and what is asked now."""
    demands = {
        row.family: codec.load(Demand, row.wanted) for row in stored if row.wanted and row.state in UNDER_WAY
    }
    if errand is None or errand.asked is not Asked.BUMP:
        return demands
    for family in {use.reference.name for use in used if use.reference is not None}:
        if is_named(family, errand.image):
            demands[family] = demands.get(family, POLICY_ALONE).with_more(errand.demand)
    return demands


async def _carry_out(site: Site, plan: Plan, sources: Sources, demands: Mapping[str, Demand]) -> Outcome:
    """Do what is due for one family; what only its owner can mend is told, and keeps no other family waiting."""
    if not site.info.is_writable:
        return Outcome(
            plan, why="the repository is archived, so nothing in it can be changed", in_the_way=True
        )
    errand = site.order.errand
    asked = errand.asked if errand else Asked.NOTHING
    demand = demands.get(plan.family, POLICY_ALONE)
    try:
        return await bump.carry_out(site, plan, sources, asked=asked, demand=demand)
    except (Forbidden, Protected, Archived, Unprocessable, NotWritable) as exc:
        return Outcome(plan, why=str(exc), in_the_way=True)


def _problems(outcomes: Sequence[Outcome]) -> list[str]:
    """What keeps a bump that is needed from being made."""
    found = [outcome.why for outcome in outcomes if outcome.in_the_way and outcome.plan.chosen]
    for outcome in outcomes:
        for advice in outcome.advice:
            whys = [advice.problem, *(f"{each.tag}: {each.reason}" for each in advice.unreadable)]
            why = next(filter(None, whys), "")
            if advice.severe and why and not advice.candidates:
                found.append(f"{advice.written}: {why}")
    return found
