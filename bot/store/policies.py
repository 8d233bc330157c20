"""The last repository file of each target branch that could be understood, for the day a commit breaks it."""

from dataclasses import dataclass

import sqlalchemy as sa

from bot.store.tables import policies


@dataclass(frozen=True, slots=True)
class StoredPolicy:
    """A file by its blob."""

    blob: str
    text: str


def find(connection: sa.Connection, repository_id: int, base_ref: str) -> StoredPolicy | None:
    """Return the last good file of a branch."""
    columns = sa.select(policies.c.blob, policies.c.text)
    row = connection.execute(columns.filter_by(repository_id=repository_id, base_ref=base_ref)).first()
    return StoredPolicy(row.blob, row.text) if row else None


def save(
    connection: sa.Connection, repository_id: int, base_ref: str, stored: StoredPolicy, now: float
) -> None:
    """Keep a file that could be understood."""
    forget(connection, repository_id, base_ref)
    key = {"repository_id": repository_id, "base_ref": base_ref}
    values = {**key, "blob": stored.blob, "text": stored.text, "saved_at": now}
    connection.execute(policies.insert().values(values))


def forget(connection: sa.Connection, repository_id: int, base_ref: str) -> None:
    """Note that a branch has no such file (any more): then the default is the last good policy."""
    connection.execute(policies.delete().filter_by(repository_id=repository_id, base_ref=base_ref))
