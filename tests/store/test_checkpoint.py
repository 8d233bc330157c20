"""SQLite's log is moved into the database beside the work, not by whichever webhook comes at the wrong time."""

import sqlite3
from contextlib import closing
from pathlib import Path

from bot.store import open_store
from bot.store.engine import checkpoint
from bot.store.tables import installations

ROW = {"id": 1, "account": "octo", "state": "active", "changed_at": 0.0}


def accounts_without_the_log(database: Path, copy: Path) -> list[str]:
    """What the database file says by itself."""
    copy.write_bytes(database.read_bytes())
    with closing(sqlite3.connect(copy)) as connection:
        return [account for (account,) in connection.execute("SELECT account FROM plimsoll_installations")]


def test_what_was_committed_gets_from_the_log_into_the_database(tmp_path: Path) -> None:
    database = tmp_path / "bot.db"
    url = f"sqlite:///{database}"
    store = open_store(url)
    try:
        checkpoint(url)
        store.do_now(lambda connection: connection.execute(installations.insert().values(ROW)))
        assert accounts_without_the_log(database, tmp_path / "before.db") == []
        checkpoint(url)
        assert accounts_without_the_log(database, tmp_path / "after.db") == ["octo"]
    finally:
        store.close()


def test_another_database_needs_none() -> None:
    checkpoint("postgresql+psycopg://nowhere/bot")
