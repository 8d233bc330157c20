"""The packages of `rpmdb.sqlite`, RPM's database since Fedora 33 and RHEL 9.

The file is the image's, so SQLite reads it as it should read what strangers wrote: in memory, one table, no schema's
functions or triggers, within bounds. See https://www.sqlite.org/security.html.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

from bot.engine.catalog.model import CatalogError, CatalogLimitError

MAGIC = b"SQLite format 3\0"
#: Steps of SQLite's machine between two looks at the clock of steps, and how many looks there may be.
_STEPS, _LOOKS = 100_000, 500
_LONGEST = 32 << 20
_ALLOWED = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ}


def read_sqlite(data: bytes) -> Iterator[bytes]:
    """Yield the header of each package; raises CatalogError."""
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            # A database that was in use says that its newest pages are in another file; alone it is a plain one.
            database.deserialize(b"".join((data[:18], b"\1\1", data[20:])))
            _restrict(database)
            table = "SELECT type FROM sqlite_master WHERE name = 'Packages'"
            if database.execute(table).fetchall() != [("table",)]:
                raise CatalogError("it has no table of packages")
            left = len(data)
            for (blob,) in database.execute("SELECT blob FROM Packages ORDER BY rowid"):
                if not isinstance(blob, bytes):
                    raise CatalogError("it has a package that is no header")
                left -= len(blob)
                if left < 0:
                    raise CatalogError("its packages lie upon each other")
                yield blob
        except sqlite3.OperationalError as exc:
            if "interrupted" in str(exc):
                raise CatalogLimitError("it takes too long to read") from exc
            raise CatalogError(f"it is damaged: {exc}") from exc
        except (sqlite3.Error, MemoryError) as exc:
            raise CatalogError(f"it is damaged: {exc}") from exc
        except UnicodeDecodeError as exc:
            # SQLite quotes the damage in its message, which then is no text.
            raise CatalogError("it is damaged") from exc


def _restrict(database: sqlite3.Connection) -> None:
    database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
    database.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 100_000)
    database.setlimit(sqlite3.SQLITE_LIMIT_ATTACHED, 0)
    for setting in ("trusted_schema = OFF", "cell_size_check = ON", "query_only = ON", "mmap_size = 0"):
        database.execute(f"PRAGMA {setting}")
    looks = iter(range(_LOOKS))
    database.set_progress_handler(lambda: next(looks, None) is None, _STEPS)
    database.set_authorizer(
        lambda action, *_: sqlite3.SQLITE_OK if action in _ALLOWED else sqlite3.SQLITE_DENY
    )
