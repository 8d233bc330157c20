"""A comment on a pull request that may hold commands: acknowledge, check permission, do, answer."""

from bot import codec
from bot.commands import Command, Misunderstood, Verb, parse_commands
from bot.context import Context
from bot.events import CommentEvent
from bot.github import collaborators, comments, pulls
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.handlers.again import judge_again
from bot.report.reply import NoPermission, UnknownCommand, render_help, render_reply
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
        await _carry_out(ctx, repo, event, command, permission)


async def _carry_out(
    ctx: Context,
    repo: Repository,
    event: CommentEvent,
    command: Command | Misunderstood,
    permission: Permission,
) -> None:
    match command:
        case Misunderstood():
            # A stranger's slip is not worth a comment of ours.
            if permission >= Permission.WRITE:
                await comments.react(repo, event.comment_id, "confused")
                await _answer(
                    repo,
                    event,
                    render_reply(UnknownCommand(command.written, command.nearest)),
                    command.written,
                )
        case Command(Verb.HELP):
            if permission >= Permission.READ:
                await comments.react(repo, event.comment_id, "eyes")
                name = (await ctx.github.identity()).slug
                await _answer(repo, event, render_help(name), "help")
                await comments.react(repo, event.comment_id, "+1")
        case Command(Verb.RESCAN):
            await _rescan(ctx, repo, event, permission, fresh="--fresh" in command.options)


async def _rescan(
    ctx: Context, repo: Repository, event: CommentEvent, permission: Permission, *, fresh: bool
) -> None:
    if permission < Permission.WRITE:
        await comments.react(repo, event.comment_id, "-1")
        await _answer(repo, event, render_reply(NoPermission("/rescan")), "rescan")
        return
    await comments.react(repo, event.comment_id, "eyes")
    pull = await pulls.get(repo, event.number)
    if not pull.is_open:
        await comments.react(repo, event.comment_id, "-1")
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
        fresh=fresh,
    )
    await judge_again(ctx, request, pull)
    await comments.react(repo, event.comment_id, "+1")


async def _answer(repo: Repository, event: CommentEvent, body: str, what: str) -> None:
    await comments.reply(repo, event.number, body, f"{event.comment_id}:{what}")
