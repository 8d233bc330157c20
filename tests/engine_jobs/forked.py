"""`plimsoll serve` in a process forked from one that has imported the bot already: imports take most of a start."""

import multiprocessing
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path


def _serve(env: dict[str, str], log: Path) -> None:
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = ["plimsoll", "serve"]
    from bot.cli import main

    main()


class Forked:
    """The part of `subprocess.Popen` that a test of the bot needs."""

    def __init__(self, env: dict[str, str], log: Path) -> None:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["bot.cli", "bot.commandline.server"])
        self._process: BaseProcess = context.Process(target=_serve, args=(env, log))
        self._process.start()

    @property
    def returncode(self) -> int | None:
        return self._process.exitcode

    def poll(self) -> int | None:
        return self._process.exitcode

    def send_signal(self, number: signal.Signals) -> None:
        pid = self._process.pid
        assert pid is not None
        os.kill(pid, number)

    def wait(self, timeout: float) -> int | None:
        self._process.join(timeout)
        return self._process.exitcode
