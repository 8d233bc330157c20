"""Run hadolint over one Dockerfile, away from everything: the text comes in by stdin, JSON goes out, nothing else.

hadolint obeys a `.hadolint.yaml` in its working directory and comments in the file, so it runs in an empty folder of
its own with an empty configuration, without our environment, and with limits on time, memory and output. Not in
`bot.sandbox`: its launcher takes three times what hadolint does, and there are many Dockerfiles.
"""

import asyncio
import contextlib
import resource
import shutil
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import dataclass, replace
from pathlib import Path

from bot.dockerfile import DockerfileError, parse
from bot.inventory import SkipKind, Skipped
from bot.linting.report import UNREAD, NoReport, Report, prepare, read_reports
from bot.sandbox.ending import end

MAX_TEXT = 200_000
"""Characters of a Dockerfile; hadolint takes some 8 ms for each RUN."""
MAX_OUTPUT = 4 << 20
SECONDS = 10.0
AT_ONCE = 2
_MEMORY = "512m"
_FILE_SIZE = 1 << 20


def find_hadolint() -> str | None:
    """Find the program: beside our own interpreter, else on the path."""
    beside = Path(sys.executable).with_name("hadolint")
    return str(beside) if beside.is_file() else shutil.which("hadolint")


def configured(setting: str) -> "Hadolint | None":
    """The program that was set, which has to be there, else the one that is found; none where it is switched off."""
    if setting == "off":
        return None
    program = setting or find_hadolint()
    return Hadolint(program) if program else None


async def hadolint(text: str | bytes, program: str | None = None) -> tuple[Report, ...] | Skipped:
    """Lint one Dockerfile; what could not be linted is Skipped with the reason, never an empty answer."""
    program = program or find_hadolint()
    return await Hadolint(program).lint(text) if program else _not("it is not installed")


@dataclass(slots=True)
class Hadolint:
    """The program, and how much of it runs at one time."""

    program: str | None
    seconds: float = SECONDS
    max_output: int = MAX_OUTPUT
    _turns: asyncio.Semaphore | None = None

    async def lint(self, text: str | bytes) -> tuple[Report, ...] | Skipped:
        """Lint one Dockerfile; the lines of the answer are those of the file."""
        if self.program is None:
            return _not("it is not installed")
        if len(text) > MAX_TEXT:
            return _not(f"the file has more than {MAX_TEXT:,} characters")
        try:
            prepared = await asyncio.to_thread(lambda: prepare(parse(text)))
        except DockerfileError as exc:
            return _not(exc.reason)
        self._turns = self._turns or asyncio.Semaphore(AT_ONCE)
        async with self._turns:
            output = await self._run(self.program, prepared.text.encode("utf-8", "replace"))
        if isinstance(output, Skipped):
            return output
        try:
            reports = read_reports(output)
        except NoReport as exc:
            return _not(str(exc))
        reports = tuple(replace(report, line=prepared.line(report.line)) for report in reports)
        unread = next((report for report in reports if report.code == UNREAD), None)
        return _not(f"it cannot read line {unread.line}") if unread else reports

    async def _run(self, program: str, text: bytes) -> bytes | Skipped:
        with tempfile.TemporaryDirectory(prefix="plimsoll-lint-") as folder:
            config = _empty_configuration(folder)
            options = ("--disable-ignore-pragma", "--no-color", "--no-fail", "-f", "json")
            limits = ("+RTS", f"-M{_MEMORY}", "-RTS")
            try:
                process = await asyncio.create_subprocess_exec(
                    program,
                    *("-c", config, *options, *limits, "-"),
                    stdin=PIPE,
                    stdout=PIPE,
                    stderr=DEVNULL,
                    cwd=folder,
                    # Without a UTF-8 locale it could not read the file.
                    env={"LANG": "C.UTF-8", "HOME": folder, "XDG_CONFIG_HOME": folder, "TMPDIR": folder},
                    start_new_session=True,
                )
            except OSError as exc:
                return _not(f"it cannot be started: {exc.strerror or type(exc).__name__}")
            try:
                _limit(process.pid, int(self.seconds) + 1)
                async with asyncio.timeout(self.seconds):
                    return await self._talk(process, text)
            except TimeoutError:
                return _not(f"it took longer than {self.seconds:g} seconds")
            finally:
                await end(process)

    async def _talk(self, process: Process, text: bytes) -> bytes | Skipped:
        """Write and read at the same time: either side may wait for the other."""
        writing = asyncio.create_task(_write(process, text))
        try:
            output = bytearray()
            while process.stdout and (piece := await process.stdout.read(65_536)):
                output += piece
                if len(output) > self.max_output:
                    return _not(f"its answer is larger than {self.max_output:,} bytes")
            code = await process.wait()
        finally:
            writing.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await writing
        # It is told not to fail because of what it finds.
        return bytes(output) if output or code == 0 else _not(f"it ended with code {code} and no answer")


def _empty_configuration(folder: str) -> str:
    config = Path(folder, "config.yaml")
    config.write_text("{}\n", encoding="ascii")
    return str(config)


async def _write(process: Process, text: bytes) -> None:
    if process.stdin is None:
        return
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(text)
        await process.stdin.drain()
    process.stdin.close()


def _limit(pid: int, seconds: int) -> None:
    """Bound what the kernel can bound; the process waits for its input meanwhile."""
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, resource.RLIMIT_CPU, (seconds, seconds))
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (_FILE_SIZE, _FILE_SIZE))
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _not(why: str) -> Skipped:
    return Skipped(
        "what hadolint says", f"not linted by hadolint: {why}", SkipKind.UNCATALOGUED, transient=True
    )
