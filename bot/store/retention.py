"""Forget what no review will need again: texts of old verdicts, and what was resolved and said for heads of the past.

The row of a review stays: attempts at a head are counted by it, and the newest check of a head is found by it.
"""

import sqlalchemy as sa

from bot.store import earlier as earlier_verdicts
from bot.store import inventories
from bot.store.reviews import UNFINISHED
from bot.store.tables import earlier, first_seen, pulls, resolutions, reviews

Head = tuple[int, int, str]
"""Repository, number of the pull request, commit."""


def forget_before(connection: sa.Connection, moment: float) -> None:
    """Forget what is older than `moment` and about no head of an open pull request."""
    current = _current_heads(connection, moment)
    for row in _old_reviews(connection, moment):
        if (row.repository_id, row.number, row.head) not in current:
            empty = {"shown": None, "document": None, "inputs": None}
            connection.execute(reviews.update().filter_by(id=row.id).values(empty))
    columns = (resolutions.c.repository_id, resolutions.c.number, resolutions.c.head)
    for head in set(map(tuple, connection.execute(sa.select(*columns).distinct()))) - current:
        key = dict(zip(("repository_id", "number", "head"), head, strict=True))
        connection.execute(resolutions.delete().filter_by(**key))
    _forget_earlier(connection, current)
    _forget_moved_tags(connection, moment)
    inventories.forget_unused(connection)


def _current_heads(connection: sa.Connection, moment: float) -> set[Head]:
    """Heads of open pull requests, and those that were judged since."""
    is_open = sa.select(pulls.c.repository_id, pulls.c.number, pulls.c.head).filter_by(is_open=True)
    judged = sa.select(reviews.c.repository_id, reviews.c.number, reviews.c.head)
    recent = judged.where((reviews.c.opened_at >= moment) | reviews.c.state.in_(UNFINISHED))
    return {(row.repository_id, row.number, row.head) for row in connection.execute(is_open.union(recent))}


def _old_reviews(connection: sa.Connection, moment: float) -> list[sa.Row[tuple[str, int, int, str]]]:
    columns = (reviews.c.id, reviews.c.repository_id, reviews.c.number, reviews.c.head)
    filled = reviews.c.shown.is_not(None) | reviews.c.inputs.is_not(None)
    return list(connection.execute(sa.select(*columns).where(filled, reviews.c.opened_at < moment)))


def _forget_moved_tags(connection: sa.Connection, moment: float) -> None:
    """Forget since when a tag meant what it means no more. What it still means stays, however old."""
    later = first_seen.alias()
    moved = sa.exists().where(
        later.c.name == first_seen.c.name,
        later.c.tag == first_seen.c.tag,
        later.c.seen_at > first_seen.c.seen_at,
        later.c.seen_at < moment,
    )
    connection.execute(first_seen.delete().where(moved))


def _forget_earlier(connection: sa.Connection, current: set[Head]) -> None:
    """Of branches it stays: it tells a new advisory from a moved tag for as long as the branch lives."""
    kept = {(repository, earlier_verdicts.head(number, sha)) for repository, number, sha in current}
    query = sa.select(earlier.c.repository_id, earlier.c.place).distinct()
    of_heads = query.where(earlier.c.place.startswith(earlier_verdicts.HEAD))
    for repository, place in {(row.repository_id, row.place) for row in connection.execute(of_heads)} - kept:
        connection.execute(earlier.delete().filter_by(repository_id=repository, place=place))
