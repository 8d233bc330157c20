"""Pull requests as last seen: which are open on a head, and which comment is ours."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.tables import pulls


@dataclass(frozen=True, slots=True)
class PullRow:
    """A pull request."""

    repository_id: int
    number: int
    head: str
    base_ref: str
    is_open: bool
    comment_id: int | None = None
    updated_at: float = 0.0
    """When GitHub last changed it; 0 when that was not told."""
    suggestions: str = "[]"
    """Markers of our suggestions on its lines, as JSON."""


def save(connection: sa.Connection, pull: PullRow) -> None:
    """Note the state of a pull request; its comment is kept, and the newest moment it is known from."""
    before = find(connection, pull.repository_id, pull.number)
    key = {"repository_id": pull.repository_id, "number": pull.number}
    values: dict[str, object] = {"head": pull.head, "base_ref": pull.base_ref, "is_open": pull.is_open}
    if before:
        values["updated_at"] = max(before.updated_at, pull.updated_at)
        connection.execute(pulls.update().filter_by(**key).values(values))
    else:
        connection.execute(pulls.insert().values({**key, **values, "updated_at": pull.updated_at}))


def is_outdated(connection: sa.Connection, pull: PullRow) -> bool:
    """Whether something newer is known of this pull request: GitHub promises no order, and redelivers hours later."""
    before = find(connection, pull.repository_id, pull.number)
    return before is not None and pull.updated_at < before.updated_at


def find(connection: sa.Connection, repository_id: int, number: int) -> PullRow | None:
    """Return one pull request."""
    row = connection.execute(sa.select(pulls).filter_by(repository_id=repository_id, number=number)).first()
    return PullRow(*row) if row else None


def open_with_head(connection: sa.Connection, repository_id: int, head: str) -> list[PullRow]:
    """Open pull requests whose head is this commit."""
    query = sa.select(pulls).filter_by(repository_id=repository_id, head=head, is_open=True)
    return [PullRow(*row) for row in connection.execute(query.order_by(pulls.c.number))]


def remember_comment(
    connection: sa.Connection, repository_id: int, number: int, comment_id: int | None
) -> None:
    """Note which comment is the sticky one."""
    row = pulls.update().filter_by(repository_id=repository_id, number=number)
    connection.execute(row.values(comment_id=comment_id))


def suggestions(connection: sa.Connection, repository_id: int, number: int) -> frozenset[str]:
    """Return the markers of the suggestions that may stand on its lines."""
    pull = find(connection, repository_id, number)
    return frozenset(json.loads(pull.suggestions)) if pull else frozenset()


def remember_suggestions(
    connection: sa.Connection, repository_id: int, number: int, markers: Iterable[str]
) -> None:
    """Note which suggestions may stand on its lines."""
    row = pulls.update().filter_by(repository_id=repository_id, number=number)
    connection.execute(row.values(suggestions=json.dumps(sorted(markers))))
