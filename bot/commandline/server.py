"""`plimsoll serve`: the web server with the job engine in the same process."""

import gc
import signal
import sys
from contextlib import ExitStack

import uvicorn

from bot.app import create_app
from bot.errors import ConfigError
from bot.github.auth import rsa_key
from bot.github.errors import BadPrivateKey
from bot.jobs.lock import owned
from bot.settings import Settings
from bot.store.engine import sqlite_file

KEEP_ALIVE_SECONDS = 30


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> None:
    """Run until stopped. Running jobs get ten seconds, the rest is done after the next start."""
    database = sqlite_file(settings.database)
    # uvicorn raises the signal that stopped it once more: to be stopped is no failure.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    app = create_app(settings)
    _check_key(settings)
    # What is imported stays for good; looking through it again would stop every webhook for a tenth of a second.
    gc.collect()
    gc.freeze()
    locks = {settings.data_dir.resolve() / "plimsoll.lock", database.resolve().with_suffix(".lock")}
    with ExitStack() as stack:
        for lock in sorted(locks):
            stack.enter_context(owned(lock))
        uvicorn.run(
            app,
            host=host or settings.host,
            port=settings.port if port is None else port,
            log_level="warning",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            # Its own headers are GitHub's concern, not the address a proxy claims.
            proxy_headers=False,
        )


def _check_key(settings: Settings) -> None:
    """Refuse to start with a key that cannot sign: every review would fail by it."""
    try:
        rsa_key(settings.app_key())
    except BadPrivateKey as exc:
        place = settings.private_key_file or "PLIMSOLL_PRIVATE_KEY"
        raise ConfigError(f"{place}: {exc}") from exc
