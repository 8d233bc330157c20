"""`plimsoll serve`: the web server with the job engine in the same process."""

import asyncio
import errno
import gc
import signal
import socket
import sys
from contextlib import ExitStack

import click
import uvicorn

from bot import __version__
from bot.app import open_app
from bot.errors import ConfigError
from bot.feeds import AdvisoryIndex, IndexUnusable
from bot.github.auth import rsa_key
from bot.github.errors import BadPrivateKey
from bot.jobs.lock import owned
from bot.settings import Settings
from bot.store.engine import sqlite_file

KEEP_ALIVE_SECONDS = 30


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> None:
    """Run until stopped. Running jobs get ten seconds, the rest is done after the next start."""
    database = sqlite_file(settings.database)
    settings.require_app()
    _check_key(settings)
    settings.make_data_dir()
    locks = {settings.data_dir.resolve() / "plimsoll.lock", database.resolve().with_suffix(".lock")}
    with ExitStack() as stack:
        for lock in sorted(locks):
            stack.enter_context(owned(lock))
        address = host or settings.host, settings.port if port is None else port
        listener = stack.enter_context(_bound(*address))
        # uvicorn raises the signal that stopped it once more: to be stopped is no failure.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: sys.exit(0))
        # What is imported stays for good; looking through it again would stop every webhook for a tenth of a second.
        gc.collect()
        gc.freeze()
        asyncio.run(_serve(settings, listener))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    async with open_app(settings) as app:
        config = uvicorn.Config(
            app,
            log_level="warning",
            lifespan="off",
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            # Its own headers are GitHub's concern, not the address a proxy claims.
            proxy_headers=False,
        )
        # From here on a request waits instead of being refused.
        listener.listen(config.backlog)
        click.echo(_greeting(settings, listener))
        await uvicorn.Server(config).serve([listener])


def _bound(host: str, port: int) -> socket.socket:
    """Take the address before anything is begun; nobody can connect yet."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol has to be named: by it asyncio knows to send small answers at once (TCP_NODELAY).
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as exc:
        listener.close()
        if exc.errno == errno.EADDRINUSE:
            why = "is in use by another process: choose another with --port or PLIMSOLL_PORT"
        else:
            why = f"cannot be listened on ({exc.strerror}): choose another with --host and --port"
        raise ConfigError(f"{host}:{port} {why}") from exc
    return listener


def _greeting(settings: Settings, listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    return (
        f"plimsoll {__version__} listens on http://{address}/webhooks/github; "
        f"data in {settings.data_dir}; advisories: {_advisories(settings)}"
    )


def _advisories(settings: Settings) -> str:
    if not settings.advisories.is_file():
        return "none yet"
    try:
        with AdvisoryIndex.open(settings.advisories) as index:
            checked = [feed.checked for feed in index.snapshot.feeds]
    except IndexUnusable as exc:
        return str(exc)
    return f"checked {min(checked).date().isoformat()}" if checked else "none yet"


def _check_key(settings: Settings) -> None:
    """Refuse to start with a key that cannot sign: every review would fail by it."""
    try:
        rsa_key(settings.app_key())
    except BadPrivateKey as exc:
        place = settings.private_key_file or "PLIMSOLL_PRIVATE_KEY"
        raise ConfigError(f"{place}: {exc}") from exc
