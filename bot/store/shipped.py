"""What references meant when a branch was last pushed to: what its images were built on, as far as we can know."""

from dataclasses import asdict, dataclass

import sqlalchemy as sa

from bot.store.tables import shipped


@dataclass(frozen=True, slots=True)
class ShippedRow:
    """One reference of one branch, for one platform."""

    repository_id: int
    base_ref: str
    reference: str
    platform: str
    index_digest: str
    head: str
    """The commit of the branch it was noted at."""
    seen_at: float
    asked: str = ""
    """The digest a rebuild was asked for."""

    @property
    def built_on(self) -> str:
        """The digest its images stand on: a rebuild that was asked for counts as done."""
        return self.asked or self.index_digest


def save(connection: sa.Connection, row: ShippedRow) -> None:
    """Note what a reference means for what is shipped."""
    key = _key(row.repository_id, row.base_ref, row.reference, row.platform)
    connection.execute(shipped.delete().filter_by(**key))
    connection.execute(shipped.insert().values(asdict(row)))


def of_branch(connection: sa.Connection, repository_id: int, base_ref: str) -> list[ShippedRow]:
    """Everything that is noted of a branch."""
    query = sa.select(shipped).filter_by(repository_id=repository_id, base_ref=base_ref)
    return [ShippedRow(*row) for row in connection.execute(query)]


def forget(connection: sa.Connection, row: ShippedRow) -> None:
    """Forget a reference that is shipped no longer."""
    key = _key(row.repository_id, row.base_ref, row.reference, row.platform)
    connection.execute(shipped.delete().filter_by(**key))


def _key(repository_id: int, base_ref: str, reference: str, platform: str) -> dict[str, object]:
    return {
        "repository_id": repository_id,
        "base_ref": base_ref,
        "reference": reference,
        "platform": platform,
    }
