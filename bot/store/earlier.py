"""What the last verdict on a place (a branch, a head) said of each target, as JSON of `diff.Earlier`."""

from collections.abc import Mapping

import sqlalchemy as sa

from bot.store.tables import earlier

HEAD = "head:"


def branch(name: str) -> str:
    """The place of a target branch."""
    return f"branch:{name}"


def head(number: int, sha: str) -> str:
    """The place of a pull request at one head commit."""
    return f"{HEAD}{sha}#{number}"


def read(connection: sa.Connection, repository_id: int, place: str) -> dict[str, str]:
    """Target → earlier verdict, at a place."""
    query = sa.select(earlier.c.target, earlier.c.verdict)
    rows = connection.execute(query.filter_by(repository_id=repository_id, place=place))
    return {row.target: row.verdict for row in rows}


def save(connection: sa.Connection, repository_id: int, place: str, verdicts: Mapping[str, str]) -> None:
    """Replace what is known of these targets at a place."""
    for target, text in verdicts.items():
        key = {"repository_id": repository_id, "place": place, "target": target}
        connection.execute(earlier.delete().filter_by(**key))
        connection.execute(earlier.insert().values({**key, "verdict": text}))
