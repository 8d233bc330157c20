"""`/ignore`, `/unignore` and `/show ignores`: what nobody wants for now, kept beside the repository's file."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from fnmatch import fnmatchcase

import sqlalchemy as sa

from bot.bump.family import is_named
from bot.clock import seconds, today
from bot.commands import Command
from bot.github import pulls
from bot.handlers.asked import Asked
from bot.handlers.errands import look_again
from bot.handlers.policy import file_policy
from bot.handlers.proposed import Proposed, proposed
from bot.image.reference import Reference
from bot.image.tags.model import Track
from bot.policy.bumps import Ignore
from bot.policy.patterns import names_of
from bot.report.reply import Ignored, Ignores, NotIgnored, Unignored, WhyNot, render_reply
from bot.store import bumps, ignores
from bot.store.bumps import BumpRow
from bot.store.ignores import Move

EVERYTHING = "*"


async def ignore(asked: Asked) -> None:
    """Stop proposing what the command names, until the day it says."""
    if not await asked.may_write():
        return
    await asked.react("eyes")
    command, event = asked.command, asked.event
    day = today(asked.ctx.clock)
    if command.until is not None and command.until < day:
        return await asked.refuse(render_reply(NotIgnored(WhyNot.PAST, command.until)))
    found = wanted(command, await proposed(asked.ctx, asked.repo.id, event.number))
    if isinstance(found, NotIgnored):
        return await asked.refuse(render_reply(found))
    reason = f"said by {event.author} on #{event.number}"
    entries = tuple(replace(entry, reason=reason) for entry in found)

    def write(connection: sa.Connection) -> bool:
        ignores.forget_expired(connection, asked.repo.id, day)
        if len(ignores.read(connection, asked.repo.id, day)) + len(entries) > ignores.MOST:
            return False
        ignores.add(connection, asked.repo.id, entries, event.author, seconds(asked.ctx.clock))
        return True

    if not await asked.ctx.store.do(write):
        return await asked.refuse(render_reply(NotIgnored(WhyNot.TOO_MANY, most=ignores.MOST)))
    hit = [row for row in await _open_bumps(asked) if _is_hit(row, entries, day)]
    for base_ref in dict.fromkeys(row.base_ref for row in hit):
        await look_again(asked, base_ref)
    await asked.answer(render_reply(Ignored(entries, tuple(row.number for row in hit if row.number))))
    await asked.react("+1")


async def _open_bumps(asked: Asked) -> list[BumpRow]:
    return await asked.ctx.store.do(lambda c: bumps.open_now(c, asked.repo.id))


def _is_hit(row: BumpRow, entries: Iterable[Ignore], day: date) -> bool:
    """Whether an open pull request proposes what is ignored now."""
    moves = [(Reference.parse(image), tag, Track(track)) for image, tag, track in row.moves]
    return any(entry.covers(*move, day) for entry in entries for move in moves)


async def unignore(asked: Asked) -> None:
    """Take back what commands said of an image, or of all."""
    if not await asked.may_write():
        return
    await asked.react("eyes")
    images: tuple[str, ...] | None = None
    if asked.command.image != EVERYTHING:
        here = await proposed(asked.ctx, asked.repo.id, asked.event.number)
        found = _named(asked.command.image, here.images)
        if len(found) != 1:
            return await asked.refuse(render_reply(NotIgnored(WhyNot.WHICH_IMAGE, images=_short(found))))
        images = _short(found)
    count = await asked.ctx.store.do(lambda c: ignores.remove(c, asked.repo.id, images))
    said, kept = (
        tuple(entry for entry in entries if images is None or _is_about(entry, images[0]))
        for entries in (await _said(asked), await _of_file(asked))
    )
    await asked.answer(render_reply(Unignored(images[0] if images else "", count, said, kept)))
    await asked.react("+1")


async def show(asked: Asked) -> None:
    """List what is ignored, by commands and by the repository's file."""
    if not await asked.may_write():
        return
    await asked.react("eyes")
    await asked.answer(render_reply(Ignores(await _said(asked), await _of_file(asked))))
    await asked.react("+1")


def wanted(command: Command, here: Proposed) -> tuple[Ignore, ...] | NotIgnored:
    """What a command means on a pull request. Pure."""
    if command.this:
        return _this(command, here)
    if not command.image and any(command.tag in names_of(image) for image in here.images):
        return NotIgnored(WhyNot.IS_IMAGE, images=(command.tag,))
    named = _named(command.image, here.images)
    if len(named) != 1:
        return NotIgnored(WhyNot.WHICH_IMAGE, images=_short(named))
    tracks = (command.track,) if command.track else ()
    return (Ignore(_short(named)[0], tracks, command.tag, command.until),)


def _named(image: str, here: tuple[str, ...]) -> tuple[str, ...]:
    """What an image or a pattern names: of those here as `/bump` understands it, else as it is written."""
    if not image:
        return here
    meant = () if "*" in image or "?" in image else tuple(each for each in here if is_named(each, image))
    return meant or (image,)


def _this(command: Command, here: Proposed) -> tuple[Ignore, ...] | NotIgnored:
    moves = [move for move in here.moves if not command.image or _is_about(Ignore(command.image), move.image)]
    images = tuple(dict.fromkeys(move.image for move in moves))
    if not moves:
        return NotIgnored(WhyNot.NOTHING_PROPOSED)
    if len(images) > 1:
        return NotIgnored(WhyNot.WHICH_IMAGE, images=_short(images))
    return tuple(_of_move(move, command) for move in moves)


def _of_move(move: Move, command: Command) -> Ignore:
    # A newer content of the same tag is only that: its other tracks do not lead to this tag.
    tracks = (Track.DIGEST,) if move.track is Track.DIGEST else ()
    return Ignore(_short((move.image,))[0], tracks, move.tag, command.until)


async def _said(asked: Asked) -> tuple[Ignore, ...]:
    day = today(asked.ctx.clock)
    rows = await asked.ctx.store.do(lambda c: ignores.read(c, asked.repo.id, day))
    return tuple(row.ignore for row in rows)


async def _of_file(asked: Asked) -> tuple[Ignore, ...]:
    pull = await pulls.get(asked.repo, asked.event.number)
    return (await file_policy(asked.ctx, asked.repo, pull.base_ref)).bump.ignores


def _is_about(entry: Ignore, image: str) -> bool:
    """Whether an entry is about an image. A pattern is about itself."""
    return entry.image == image or any(fnmatchcase(name, entry.image) for name in names_of(image))


def _short(images: Iterable[str]) -> tuple[str, ...]:
    """As people write them: `docker.io/library/node` is `node`. A pattern stays as it is."""
    return tuple(names_of(image)[-1] if "*" not in image and "?" not in image else image for image in images)
