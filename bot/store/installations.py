"""Where the app is installed, as GitHub last told."""

import sqlalchemy as sa

from bot.store.tables import installations


def save(connection: sa.Connection, installation_id: int, account: str, state: str, now: float) -> None:
    """Note the state of an installation: `active`, `suspended` or `deleted`."""
    connection.execute(installations.delete().filter_by(id=installation_id))
    values = {"id": installation_id, "account": account, "state": state, "changed_at": now}
    connection.execute(installations.insert().values(values))
