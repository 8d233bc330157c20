"""A command in a comment as its carrier sees it: who asked for what, and the ways to answer.

A carrier is a function of one `Asked`; `handlers.command` maps each verb to its carrier.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.commands import Command
from bot.context import Context
from bot.events import CommentEvent
from bot.github import comments
from bot.github.client import Repository
from bot.github.collaborators import Permission
from bot.github.comments import Reaction
from bot.report.reply import NoPermission, render_reply


@dataclass(frozen=True, slots=True)
class Asked:
    """One command, by a person whose permission was just asked for."""

    ctx: Context
    repo: Repository
    event: CommentEvent
    command: Command
    permission: Permission

    async def react(self, content: Reaction) -> None:
        """Put a reaction on the comment."""
        await comments.react(self.repo, self.event.comment_id, content)

    async def answer(self, body: str, what: str = "") -> None:
        """Reply once to this command; the same answer for several commands of a comment has one `what`."""
        key = f"{self.event.comment_id}:{what or self.command}"
        await comments.reply(self.repo, self.event.number, body, key)

    async def refuse(self, body: str, what: str = "") -> None:
        """Say why not."""
        await self.react("-1")
        await self.answer(body, what)

    async def may_write(self) -> bool:
        """Whether the person may write to the repository; one who may not is told so."""
        if self.permission >= Permission.WRITE:
            return True
        await self.refuse(render_reply(NoPermission(f"/{self.command.verb}")), self.command.verb)
        return False


Carrier = Callable[[Asked], Awaitable[None]]
