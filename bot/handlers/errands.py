"""`/bump`, `/pin`, `/rebase`, `/recreate` and the check's button: owe a survey that carries them out and answers."""

from bot.bump.life import Asked as Wish
from bot.bump.model import Wanted
from bot.bump.plan import Demand
from bot.clock import seconds
from bot.commands import Command, Verb
from bot.context import Context
from bot.events import CheckRunEvent
from bot.github import pulls
from bot.github.client import Repository
from bot.handlers.asked import Asked
from bot.handlers.order import Errand, Order, survey_job
from bot.jobs.accept import owe
from bot.report.bump_notice import render_refusal
from bot.store import bumps

BUTTON = "bump"
WISHES = {Verb.REBASE: Wish.REBASE, Verb.RECREATE: Wish.RECREATE}


async def bump(asked: Asked) -> None:
    """Open or update the pull requests of one family or of all, on the target branch of this pull request."""
    command = asked.command
    named = command.track is not None or command.tag != ""
    demand = Demand(bump=True, wanted=Wanted(command.track, command.tag) if named else None)
    await _on_target(asked, _errand(asked, command.image, demand))


async def pin(asked: Asked) -> None:
    """Write digests wherever the target branch ships an image without one."""
    await _on_target(asked, _errand(asked, "", Demand(pin=True)))


async def again(asked: Asked) -> None:
    """Write one of our own pull requests anew: `/rebase` spares people's commits, `/recreate` does not."""
    if not await asked.may_write():
        return
    row = await asked.ctx.store.do(lambda c: bumps.with_number(c, asked.repo.id, asked.event.number))
    if row is None:
        why = "it works on pull requests that Plimsoll opened, and this is none"
        await asked.refuse(render_refusal(f"/{asked.command.verb}", why))
        return
    await asked.react("eyes")
    errand = _errand(asked, row.family, Demand(), WISHES[asked.command.verb])
    await _owe(asked.ctx, asked.event.installation_id, asked.repo, row.base_ref, errand)


async def look_again(asked: Asked, base_ref: str) -> None:
    """Survey a branch for what somebody said, without an answer of its own."""
    ctx, event, now = asked.ctx, asked.event, seconds(asked.ctx.clock)
    order = Order(event.installation_id, asked.repo.id, asked.repo.full_name, base_ref)
    job = survey_job(order, f"{event.comment_id}:{_words(asked.command)}:{base_ref}", now)
    await ctx.store.do(lambda c: owe(c, job, ctx.enqueue, now))


async def press(ctx: Context, repo: Repository, event: CheckRunEvent, job_id: str) -> None:
    """Do what `/bump` does, for whoever pressed the button and may write; answered on the pull request."""
    for pull in await pulls.list_open_with_head(repo, event.head_sha):
        errand = Errand("Bump", pull.number, f"{job_id}:{pull.number}")
        await _owe(ctx, event.installation_id, repo, pull.base_ref, errand)


async def _on_target(asked: Asked, errand: Errand) -> None:
    if not await asked.may_write():
        return
    await asked.react("eyes")
    pull = await pulls.get(asked.repo, asked.event.number)
    await _owe(asked.ctx, asked.event.installation_id, asked.repo, pull.base_ref, errand)


def _errand(asked: Asked, image: str, demand: Demand, wish: Wish = Wish.BUMP) -> Errand:
    command, event = asked.command, asked.event
    return Errand(
        command=f"/{command.verb}",
        number=event.number,
        key=f"{event.comment_id}:{_words(command)}",
        comment_id=event.comment_id,
        asked=wish,
        image=image,
        demand=demand,
    )


def _words(command: Command) -> str:
    return " ".join([command.verb, command.image, command.track or "", command.tag])


async def _owe(ctx: Context, installation_id: int, repo: Repository, base_ref: str, errand: Errand) -> None:
    now = seconds(ctx.clock)
    order = Order(installation_id, repo.id, repo.full_name, base_ref, errand=errand)
    job = survey_job(order, errand.key, now)
    await ctx.store.do(lambda c: owe(c, job, ctx.enqueue, now))
