"""Bump pull requests: one row for each branch of ours, whose name is derived from what it bumps."""

import json
from dataclasses import dataclass, replace

import sqlalchemy as sa

from bot.bump.life import BumpState
from bot.store.tables import bumps


@dataclass(frozen=True, slots=True)
class BumpRow:
    """The last bump of one family into one target branch."""

    repository_id: int
    branch: str
    base_ref: str
    family: str
    state: BumpState
    number: int | None = None
    head: str = ""
    """What we pushed last."""
    base: str = ""
    """The commit it stands on."""
    content: str = ""
    moves: tuple[tuple[str, str, str], ...] = ()
    """What it proposes: (normalised image name, tag, track)."""
    critical: tuple[str, ...] = ()
    wanted: str = ""
    """What a person asked for, as JSON; empty when the policy did."""
    reason: str = ""
    changed_at: float = 0.0


def save(connection: sa.Connection, row: BumpRow) -> None:
    """Note how a bump stands."""
    key = {"repository_id": row.repository_id, "branch": row.branch}
    connection.execute(bumps.delete().filter_by(**key))
    values = {name: getattr(row, name) for name in BumpRow.__slots__}
    lists = {"critical": json.dumps(row.critical), "moves": json.dumps(row.moves)}
    connection.execute(bumps.insert().values({**values, **lists}))


def find(connection: sa.Connection, repository_id: int, branch: str) -> BumpRow | None:
    """Return the bump of a branch of ours."""
    return _one(connection, repository_id=repository_id, branch=branch)


def with_number(connection: sa.Connection, repository_id: int, number: int) -> BumpRow | None:
    """Return the bump whose pull request this is."""
    return _one(connection, repository_id=repository_id, number=number)


def into(connection: sa.Connection, repository_id: int, base_ref: str) -> list[BumpRow]:
    """Every bump into a target branch, whatever became of it."""
    query = sa.select(bumps).filter_by(repository_id=repository_id, base_ref=base_ref)
    return [_row(row) for row in connection.execute(query.order_by(bumps.c.branch))]


def open_now(connection: sa.Connection, repository_id: int) -> list[BumpRow]:
    """Those of a repository that are open."""
    query = sa.select(bumps).filter_by(repository_id=repository_id, state=BumpState.OPEN)
    return [_row(row) for row in connection.execute(query.order_by(bumps.c.number))]


def count_open(connection: sa.Connection, repository_id: int) -> int:
    """How many bump pull requests a repository has open, those that are being written anew among them."""
    is_open = (bumps.c.state == BumpState.OPEN) | (
        (bumps.c.state == BumpState.OPENING) & bumps.c.number.is_not(None)
    )
    query = sa.select(sa.func.count()).select_from(bumps).filter_by(repository_id=repository_id)
    return int(connection.execute(query.where(is_open)).scalar_one())


def note_ended(
    connection: sa.Connection, repository_id: int, number: int, *, merged: bool, now: float
) -> None:
    """Note that a pull request was closed. One that we closed ourselves says so already."""
    row = with_number(connection, repository_id, number)
    if row is not None and row.state in (BumpState.OPEN, BumpState.OPENING):
        state = BumpState.MERGED if merged else BumpState.REFUSED
        save(connection, replace(row, state=state, changed_at=now))


def note_reopened(connection: sa.Connection, repository_id: int, number: int, now: float) -> None:
    """Note that somebody opened a pull request again."""
    row = with_number(connection, repository_id, number)
    if row is not None and row.state is not BumpState.OPEN:
        save(connection, replace(row, state=BumpState.OPEN, changed_at=now))


def _one(connection: sa.Connection, **key: object) -> BumpRow | None:
    row = connection.execute(sa.select(bumps).filter_by(**key)).first()
    return _row(row) if row else None


def _row(row: sa.Row[tuple[object, ...]]) -> BumpRow:
    found = dict(row._mapping)
    critical = tuple(json.loads(found["critical"]))
    moves = tuple((name, tag, track) for name, tag, track in json.loads(found["moves"]))
    return BumpRow(**{**found, "state": BumpState(found["state"]), "critical": critical, "moves": moves})
