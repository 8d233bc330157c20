"""Database engines: SQLite as one durable file, or any database SQLAlchemy reaches."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from bot.errors import ConfigError

# FULL, not NORMAL: an acknowledged delivery must survive a power cut. `checkpoint` moves the log into the database
# beside the work; left to SQLite, every thousandth page makes some webhook wait for that, up to half a second.
PRAGMAS = (
    "busy_timeout=30000",
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "wal_autocheckpoint=50000",
)


def is_sqlite(url: str) -> bool:
    """Whether a database URL names a SQLite file."""
    return sa.make_url(url).get_backend_name() == "sqlite"


def sqlite_file(url: str) -> Path:
    """The file a database URL names; raises ConfigError for anything else."""
    try:
        path = sa.make_url(url).database if is_sqlite(url) else None
    except sa.exc.ArgumentError:
        path = None
    if not path or path == ":memory:" or path.startswith("file:"):
        raise ConfigError(
            "PLIMSOLL_DATABASE_URL must name a SQLite file, such as sqlite:////var/lib/plimsoll/plimsoll.db: one "
            "process does all the work, and nothing would keep a second one on another database from doing it too"
        )
    return Path(path)


def store_engine(url: str) -> sa.Engine:
    """Return the engine of our own tables. On SQLite a transaction takes the write lock as it begins.

    The driver's own `IMMEDIATE` begins only at the first write, so a read before it may be stale.
    """
    if not is_sqlite(url):
        return sa.create_engine(url, pool_pre_ping=True)
    engine = _sqlite(url, isolation_level=None)

    @event.listens_for(engine, "begin")
    def begin_immediate(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def job_engine(url: str) -> sa.Engine:
    """Return the engine the job engine works on: the same database, its transactions its own."""
    if not is_sqlite(url):
        options = {"options": "-c idle_in_transaction_session_timeout=60000"}
        return sa.create_engine(url, pool_pre_ping=True, connect_args=options)
    return _sqlite(url, isolation_level="IMMEDIATE")


def checkpoint(url: str) -> None:
    """Move what SQLite's log holds into the database, as far as nobody reads it. Blocks no writer."""
    path = sa.make_url(url).database
    if not is_sqlite(url) or not path:
        return
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def _sqlite(url: str, *, isolation_level: str | None) -> sa.Engine:
    database = sa.make_url(url).database
    if database:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url, pool_size=8, max_overflow=0)

    @event.listens_for(engine, "connect")
    def configure(connection: Any, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = isolation_level
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    return engine
