"""What a pull request proposes, so that `/ignore this` and an image nobody named mean something."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from bot import codec
from bot.context import Context
from bot.handlers.memory import Inputs
from bot.image.reference import InvalidReference, Reference
from bot.inspection import Inspection
from bot.store import ignores, pulls, reviews
from bot.store.ignores import Move


@dataclass(frozen=True, slots=True)
class Proposed:
    """Images a pull request is about, normalised and without tags, and the moves that are proposed for them."""

    images: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


async def proposed(ctx: Context, repository_id: int, number: int) -> Proposed:
    """Of a bump pull request what it changes; of another one what its last review says."""
    moves = await ctx.store.do(lambda c: ignores.moves_of(c, repository_id, number))
    if moves is not None:
        return Proposed(_once(move.image for move in moves), tuple(moves))
    text = await ctx.store.do(lambda c: _last_inputs(c, repository_id, number))
    return await asyncio.to_thread(_of_review, text) if text else Proposed()


def _last_inputs(connection: sa.Connection, repository_id: int, number: int) -> str | None:
    pull = pulls.find(connection, repository_id, number)
    if pull is None:
        return None
    attempts = reviews.on_head(connection, repository_id, pull.head)
    ours = [row.id for row in reversed(attempts) if row.request.number == number]
    return next((text for each in ours if (text := reviews.inputs_of(connection, each))), None)


def _of_review(text: str) -> Proposed:
    try:
        inputs = codec.load(Inputs, text)
    except codec.Unreadable:
        # Another version wrote it; a new review says it anew.
        return Proposed()
    advised = [(_name(advice.reference), advice.best) for advice in inputs.advice]
    moves = [Move(name, best.tag, best.track) for name, best in advised if name and best]
    return Proposed(_once(_names(inputs.inspection)), tuple(dict.fromkeys(moves)))


def _names(inspection: Inspection) -> Iterator[str]:
    """The shipped images of the head; the others only where none is shipped."""
    bases = [base for pair in inspection.pairs if pair.after for base in pair.after.bases if base.reference]
    shipped = [base for base in bases if base.shipped]
    yield from (name for base in shipped or bases if (name := _name(base.reference)))


def _name(reference: str) -> str:
    try:
        return Reference.parse(reference).name
    except InvalidReference:
        return ""


def _once(names: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
