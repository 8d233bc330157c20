"""Answers to commands in comments."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.policy.bumps import Ignore
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


class WhyNot(StrEnum):
    """Why nothing was ignored."""

    WHICH_IMAGE = "which-image"
    IS_IMAGE = "is-image"
    NOTHING_PROPOSED = "nothing-proposed"
    PAST = "past"
    TOO_MANY = "too-many"


@dataclass(frozen=True, slots=True)
class NotIgnored:
    """What the author of `/ignore` or `/unignore` has to say first."""

    why: WhyNot
    until: date | None = None
    images: tuple[str, ...] = ()
    most: int = 0


@dataclass(frozen=True, slots=True)
class Ignored:
    """What is ignored from now on."""

    entries: tuple[Ignore, ...]
    bumps: tuple[int, ...] = ()
    """Numbers of the open bump pull requests that propose it."""


@dataclass(frozen=True, slots=True)
class Unignored:
    """What commands said was taken back, of one image or of all (empty)."""

    image: str
    count: int
    said: tuple[Ignore, ...]
    """What commands still say, by a pattern."""
    kept: tuple[Ignore, ...]
    """What the repository's file still says."""


@dataclass(frozen=True, slots=True)
class Ignores:
    """All that is ignored now, by commands and by the repository's file."""

    said: tuple[Ignore, ...]
    kept: tuple[Ignore, ...]


Reply = NoPermission | UnknownCommand | NotIgnored | Ignored | Unignored | Ignores

_KINDS: dict[type[Reply], str] = {
    NoPermission: "no-permission",
    UnknownCommand: "unknown-command",
    NotIgnored: "not-ignored",
    Ignored: "ignored",
    Unignored: "unignored",
    Ignores: "ignores",
}


def render_help(bot_name: str) -> str:
    """What `/help` answers."""
    return render_markdown("comment/help.md.j2", bot_name=bot_name)


def render_reply(reply: Reply) -> str:
    """The text of one answer."""
    return render_markdown("comment/reply.md.j2", kind=_KINDS[type(reply)], reply=reply)
