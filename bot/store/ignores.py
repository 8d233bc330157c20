"""Candidates nobody wants, as said by commands. Those of the repository's file stay there."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from bot.image.tags.model import Track
from bot.policy.bumps import Ignore
from bot.store.tables import bumps, ignores

MOST = 200
"""Of one repository."""


@dataclass(frozen=True, slots=True)
class IgnoreRow:
    """What is ignored, and who said so."""

    ignore: Ignore
    made_by: str


@dataclass(frozen=True, slots=True)
class Move:
    """What a bump pull request proposes for one image."""

    image: str
    """Normalised, without its tag."""
    tag: str
    track: Track


def read(connection: sa.Connection, repository_id: int, day: date) -> list[IgnoreRow]:
    """Those that still hold on a day, the oldest first."""
    query = sa.select(ignores).filter_by(repository_id=repository_id).order_by(ignores.c.id)
    rows = [_row(row) for row in connection.execute(query)]
    return [row for row in rows if row.ignore.holds(day)]


def add(
    connection: sa.Connection, repository_id: int, wanted: Iterable[Ignore], made_by: str, now: float
) -> None:
    """Note them; one for the same image, tracks and tag is replaced, so that saying it twice changes nothing."""
    for ignore in wanted:
        key = {"image": ignore.image, "tracks": ",".join(ignore.tracks), "tag": ignore.tag}
        connection.execute(ignores.delete().filter_by(repository_id=repository_id, **key))
        until = ignore.until.isoformat() if ignore.until else ""
        values = {**key, "until": until, "reason": ignore.reason, "made_by": made_by, "made_at": now}
        connection.execute(ignores.insert().values({**values, "repository_id": repository_id}))


def remove(connection: sa.Connection, repository_id: int, images: Iterable[str] | None) -> int:
    """Forget those for these images, or all (None); return how many there were."""
    query = ignores.delete().filter_by(repository_id=repository_id)
    if images is not None:
        query = query.where(ignores.c.image.in_(list(images)))
    return connection.execute(query).rowcount


def forget_expired(connection: sa.Connection, repository_id: int, day: date) -> None:
    """Drop those that hold no more."""
    over = (ignores.c.until != "") & (ignores.c.until < day.isoformat())
    connection.execute(ignores.delete().filter_by(repository_id=repository_id).where(over))


def moves_of(connection: sa.Connection, repository_id: int, number: int) -> list[Move] | None:
    """What the bump pull request of this number proposes; None when the number is none of a bump."""
    text = connection.scalar(sa.select(bumps.c.moves).filter_by(repository_id=repository_id, number=number))
    return (
        None if text is None else [Move(image, tag, Track(track)) for image, tag, track in json.loads(text)]
    )


def _row(row: sa.Row[Any]) -> IgnoreRow:
    tracks = tuple(Track(word) for word in row.tracks.split(",") if word)
    until = date.fromisoformat(row.until) if row.until else None
    return IgnoreRow(Ignore(row.image, tracks, row.tag, until, row.reason), row.made_by)
