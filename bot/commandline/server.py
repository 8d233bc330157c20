"""`plimsoll serve`: the web server with the job engine in the same process."""

import uvicorn

from bot.app import create_app
from bot.settings import Settings

KEEP_ALIVE_SECONDS = 30


def serve(settings: Settings, host: str | None = None, port: int | None = None) -> None:
    """Run until stopped. Running jobs get ten seconds, the rest is done after the next start."""
    uvicorn.run(
        create_app(settings),
        host=host or settings.host,
        port=settings.port if port is None else port,
        log_level="warning",
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        # Its own headers are GitHub's concern, not the address a proxy claims.
        proxy_headers=False,
    )
