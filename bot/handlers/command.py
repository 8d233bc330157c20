"""A comment on a pull request that may hold commands: acknowledge, check permission, do, answer."""

from collections.abc import Mapping

from bot import codec
from bot.commands import Command, Misunderstood, Verb, parse_commands
from bot.context import Context
from bot.events import CommentEvent
from bot.github import collaborators, comments, pulls
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.handlers import ignoring
from bot.handlers.again import judge_again
from bot.handlers.asked import Asked, Carrier
from bot.report.reply import UnknownCommand, render_help, render_reply
from bot.store.jobs import Job
from bot.store.reviews import Request


async def handle(ctx: Context, job: Job) -> None:
    """Carry out what a comment asks for."""
    event = codec.load(CommentEvent, codec.plain(job.payload))
    commands = parse_commands(event.body)
    if not commands:
        return
    repo = ctx.github.repository(event.installation_id, event.repository.full_name, event.repository.id)
    # The author of the comment is asked about now, not when it was written.
    permission = await collaborators.permission(repo, event.author)
    for command in dict.fromkeys(commands):
        match command:
            case Misunderstood():
                await _misunderstood(repo, event, command, permission)
            case Command():
                await CARRIERS[command.verb](Asked(ctx, repo, event, command, permission))


async def _misunderstood(
    repo: Repository, event: CommentEvent, slip: Misunderstood, permission: Permission
) -> None:
    # A stranger's slip is not worth a comment of ours.
    if permission >= Permission.WRITE:
        await comments.react(repo, event.comment_id, "confused")
        body = render_reply(UnknownCommand(slip.written, slip.nearest))
        await comments.reply(repo, event.number, body, f"{event.comment_id}:{slip.written}")


async def _help(asked: Asked) -> None:
    if asked.permission >= Permission.READ:
        await asked.react("eyes")
        name = (await asked.ctx.github.identity()).slug
        await asked.answer(render_help(name), "help")
        await asked.react("+1")


async def _rescan(asked: Asked) -> None:
    if not await asked.may_write():
        return
    await asked.react("eyes")
    event = asked.event
    pull = await pulls.get(asked.repo, event.number)
    if not pull.is_open:
        await asked.react("-1")
        return
    request = Request(
        installation_id=event.installation_id,
        repository_id=event.repository.id,
        repository=event.repository.full_name,
        number=event.number,
        head=pull.head_sha,
        base=pull.base_sha,
        base_ref=pull.base_ref,
        trigger=f"comment:{event.comment_id}",
        fresh="--fresh" in asked.command.options,
    )
    await judge_again(asked.ctx, request, pull)
    await asked.react("+1")


CARRIERS: Mapping[Verb, Carrier] = {
    Verb.RESCAN: _rescan,
    Verb.HELP: _help,
    Verb.IGNORE: ignoring.ignore,
    Verb.UNIGNORE: ignoring.unignore,
    Verb.SHOW: ignoring.show,
}
