"""End a program and all it started, and give back its pipes."""

import asyncio
import os
import signal
from contextlib import suppress

_PIECE = 1 << 16
_PATIENCE = 5.0
"""Seconds for a killed program to be gone; one that fled its session may hold the pipes for longer."""


async def end(process: asyncio.subprocess.Process) -> None:
    """Kill the session of a program that was started in one of its own; returns within seconds whatever it does.

    Before Python 3.13, `Process.wait` waits for the pipes too, and a pipe nobody reads is never at its end: what is
    left in them is read at the same time, and what stays open even then is closed.
    """
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    try:
        async with asyncio.timeout(_PATIENCE):
            await asyncio.gather(process.wait(), _drain(process.stdout), _drain(process.stderr))
    except TimeoutError:
        # Nothing public closes the pipes.
        process._transport.close()  # type: ignore[attr-defined]


async def _drain(stream: asyncio.StreamReader | None) -> None:
    while stream is not None and await stream.read(_PIECE):
        pass
