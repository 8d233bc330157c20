"""Target branches that are looked after between pull requests."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bot.store.tables import branches, installations

DEFAULT = ""
"""Stands for the default branch of a repository nobody asked about yet."""


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One target branch."""

    repository_id: int
    base_ref: str
    installation_id: int
    repository: str
    head: str = ""
    """The commit it was last surveyed at."""
    snapshot: str = ""
    surveyed_at: float = 0.0
    """When the last finished survey began; 0 for never."""
    problem: str = ""
    """Why bumps cannot be opened there, if so."""


def meet(connection: sa.Connection, row: BranchRow) -> None:
    """Begin to look after a repository, unless one of its branches is looked after already."""
    known = sa.select(branches.c.base_ref).filter_by(repository_id=row.repository_id).limit(1)
    if connection.execute(known).first() is None:
        connection.execute(branches.insert().values(asdict(row)))


def add(connection: sa.Connection, row: BranchRow) -> None:
    """Begin to look after one branch, unless that is done already."""
    if find(connection, row.repository_id, row.base_ref) is None:
        connection.execute(branches.insert().values(asdict(row)))


def note_failure(connection: sa.Connection, repository_id: int, base_ref: str, problem: str) -> None:
    """Note why a survey did not end. When the last one did stays as it was: the branch is as due as before."""
    row = branches.update().filter_by(repository_id=repository_id, base_ref=base_ref)
    connection.execute(row.values(problem=problem))


def save(connection: sa.Connection, row: BranchRow) -> None:
    """Note what a survey found; whatever the branch was called when nobody knew its name is settled by it."""
    for name in {row.base_ref, DEFAULT}:
        forget(connection, row.repository_id, name)
    connection.execute(branches.insert().values(asdict(row)))


def find(connection: sa.Connection, repository_id: int, base_ref: str) -> BranchRow | None:
    """Return one branch."""
    query = sa.select(branches).filter_by(repository_id=repository_id, base_ref=base_ref)
    row = connection.execute(query).first()
    return BranchRow(*row) if row else None


def due(connection: sa.Connection, snapshot: str, before: float, most: int) -> list[BranchRow]:
    """Branches judged on another snapshot, or not since `before`, those that wait longest first.

    Those with a problem come last: it may be one that keeps a survey from ending, and others need not wait for it.
    An installation nobody told us of counts as active: it is older than our records.
    """
    gone = sa.select(installations.c.id).where(installations.c.state != "active")
    stale = branches.c.surveyed_at < before
    if snapshot:
        stale |= branches.c.snapshot != snapshot
    query = sa.select(branches).where(stale, branches.c.installation_id.not_in(gone))
    has_problem = sa.case((branches.c.problem != "", 1), else_=0)
    ordered = query.order_by(
        has_problem, branches.c.surveyed_at, branches.c.repository_id, branches.c.base_ref
    )
    return [BranchRow(*row) for row in connection.execute(ordered.limit(most))]


def forget(connection: sa.Connection, repository_id: int, base_ref: str) -> None:
    """Look after a branch no longer."""
    connection.execute(branches.delete().filter_by(repository_id=repository_id, base_ref=base_ref))


def forget_repository(connection: sa.Connection, repository_id: int) -> None:
    """Look after a repository no longer."""
    connection.execute(branches.delete().filter_by(repository_id=repository_id))


def forget_installation(connection: sa.Connection, installation_id: int) -> None:
    """Look after what an installation covered no longer."""
    connection.execute(branches.delete().filter_by(installation_id=installation_id))
