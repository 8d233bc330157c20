"""One process owns a data folder and a database: two would both take over what the other is doing."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.errors import ConfigError


@contextmanager
def owned(path: Path) -> Iterator[None]:
    """Hold the lock file, or raise ConfigError that says who might. A process that dies lets go of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise ConfigError(
                f"another plimsoll process works on this data folder ({path} is locked): stop it, or set "
                "PLIMSOLL_DATA_DIR to another folder"
            ) from None
        yield
