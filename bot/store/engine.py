"""Database engines: SQLite as one durable file, or any database SQLAlchemy reaches."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

# FULL, not NORMAL: an acknowledged delivery must survive a power cut.
PRAGMAS = ("busy_timeout=30000", "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL")


def is_sqlite(url: str) -> bool:
    """Whether a database URL names a SQLite file."""
    return sa.make_url(url).get_backend_name() == "sqlite"


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
