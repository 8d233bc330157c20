"""Answers to commands in comments."""

from dataclasses import dataclass

from bot.report.templating import render_markdown


@dataclass(frozen=True, slots=True)
class NoPermission:
    """The author of the command may not run it."""

    command: str


@dataclass(frozen=True, slots=True)
class UnknownCommand:
    """A command nobody knows, and the one it resembles, if any."""

    written: str
    nearest: str = ""


Reply = NoPermission | UnknownCommand

_KINDS: dict[type[Reply], str] = {
    NoPermission: "no-permission",
    UnknownCommand: "unknown-command",
}


def render_help(bot_name: str) -> str:
    """What `/help` answers."""
    return render_markdown("comment/help.md.j2", bot_name=bot_name)


def render_reply(reply: Reply) -> str:
    """The text of one answer."""
    return render_markdown("comment/reply.md.j2", kind=_KINDS[type(reply)], reply=reply)
