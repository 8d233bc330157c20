"""Somebody pressed "Re-run" or the check's own button: judge that commit again, for every pull request it heads."""

from dataclasses import replace

from bot import codec
from bot.context import Context
from bot.events import CheckRunEvent
from bot.github import collaborators, pulls
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.github.pulls import Pull
from bot.handlers import errands
from bot.handlers.again import judge_again
from bot.handlers.publish import RESCAN
from bot.store import reviews
from bot.store.jobs import Job
from bot.store.reviews import Request


async def handle(ctx: Context, job: Job) -> None:
    """Open a new attempt at the head, if the check is ours and the person may write."""
    event = codec.load(CheckRunEvent, codec.plain(job.payload))
    if event.action == "requested_action" and event.identifier not in (RESCAN.identifier, errands.BUTTON):
        return
    identity = await ctx.github.identity()
    repo = ctx.github.repository(event.installation_id, event.repository.full_name, event.repository.id)
    if event.app_id != identity.app_id or not await _may_ask(repo, event.sender):
        return
    if event.identifier == errands.BUTTON:
        await errands.press(ctx, repo, event, job.id)
        return
    for request, pull in await _requests(ctx, repo, event, job.id):
        await judge_again(ctx, request, pull)


async def _may_ask(repo: Repository, sender: str) -> bool:
    """GitHub promises no role for the person who presses a button."""
    return await collaborators.permission(repo, sender) >= Permission.WRITE


async def _requests(
    ctx: Context, repo: Repository, event: CheckRunEvent, trigger: str
) -> list[tuple[Request, Pull | None]]:
    """One request for each open pull request with this head, and for its merge group."""
    known = await ctx.store.do(lambda c: reviews.on_head(c, repo.id, event.head_sha))
    found = await pulls.list_open_with_head(repo, event.head_sha)
    groups = [row.request for row in known if not row.request.number]
    return [
        *((_request(repo, event, pull, trigger), pull) for pull in found),
        *((replace(group, trigger=trigger, fresh=False), None) for group in groups[-1:]),
    ]


def _request(repo: Repository, event: CheckRunEvent, pull: Pull, trigger: str) -> Request:
    return Request(
        installation_id=event.installation_id,
        repository_id=repo.id,
        repository=repo.full_name,
        number=pull.number,
        head=pull.head_sha,
        base=pull.base_sha,
        base_ref=pull.base_ref,
        trigger=trigger,
    )
