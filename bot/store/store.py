"""One database, reached from coroutines without blocking them.

The table modules hold plain functions of a connection; `Store.do` runs one in a transaction of its own.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from typing import TypeVar

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from bot.errors import TransientError
from bot.store.engine import is_sqlite, store_engine

T = TypeVar("T")
POOL_SIZE = 4


class StoreUnavailable(TransientError):
    """The database does not answer, or refuses for now: it is locked, or its disk is full."""


class Store:
    """Runs work on the database in its own threads: the job engine replaces the event loop's default pool."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine
        self._pool = ThreadPoolExecutor(POOL_SIZE, thread_name_prefix="store")

    async def do(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in one transaction, committed when it returns and rolled back when it raises.

        Raises StoreUnavailable when time can mend what is wrong with the database.
        """
        return await asyncio.get_running_loop().run_in_executor(self._pool, self.do_now, work)

    def do_now(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` as `do` does, but in the calling thread."""
        try:
            with self.engine.begin() as connection:
                return work(connection)
        except (sa.exc.OperationalError, sa.exc.TimeoutError) as exc:
            raise StoreUnavailable(f"the database is not available: {exc}") from exc

    def close(self) -> None:
        """Let running work end, then give the connections back."""
        self._pool.shutdown(wait=True)
        self.engine.dispose()


def open_store(url: str) -> Store:
    """Open the database, creating it or bringing its schema up to date first."""
    engine = store_engine(url)
    migrate(engine)
    return Store(engine)


def migrate(engine: sa.Engine) -> None:
    """Run the missing migrations in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(resources.files("bot.store") / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


__all__ = ["Store", "StoreUnavailable", "is_sqlite", "migrate", "open_store"]
