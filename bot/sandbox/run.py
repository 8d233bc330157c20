"""Run one program in a private folder, with an empty environment and bounds on everything; a failure is a value."""

import asyncio
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.sandbox.ending import end
from bot.sandbox.launch import MISSING, NOT_THAT_USER, REFUSED

_LAUNCH = Path(__file__).with_name("launch.py")
_PIECE = 1 << 16
_FORGOTTEN = 86_400.0
"""Seconds after which a folder is nobody's any more; no run takes that long."""
_KEPT_OF_ERRORS = 4000
NO_ISOLATION = "this system does not let a program be run without network, which takes a network namespace"


@dataclass(frozen=True, slots=True)
class SandboxLimits:
    """What one run may take."""

    seconds: float = 300
    memory: int = 4 << 30
    """Bytes of data the program may have (RLIMIT_DATA)."""
    output: int = 256 << 20
    file: int = 4 << 30
    """Bytes of the largest file it may write."""


@dataclass(frozen=True, slots=True)
class Finished:
    """It ended by itself."""

    code: int
    output: bytes
    errors: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be run to its end; nothing it said counts."""

    why: str
    transient: bool = False
    """A limit was reached, so another try may end otherwise."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """How programs are run. `isolate` takes the network away, and refuses to run where the system does not let it."""

    root: Path
    isolate: bool = True
    user: tuple[int, int] | None = None
    """User and group id to run as; only root can change them."""
    limits: SandboxLimits = field(default_factory=SandboxLimits)

    @property
    def changes_user(self) -> bool:
        """Whether programs run as somebody else than the bot."""
        return self.user is not None and self.user[0] != os.geteuid()

    @asynccontextmanager
    async def folder(self) -> AsyncIterator[Path]:
        """Make a folder for one run, and remove it with all that the program left there."""
        self.root.mkdir(parents=True, exist_ok=True)
        await asyncio.to_thread(_sweep, self.root)
        path = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=self.root))
        try:
            if self.user is not None and os.geteuid() == 0:
                os.chown(path, *self.user)
            yield path
        finally:
            await asyncio.to_thread(_remove, path)

    async def run(
        self,
        command: Sequence[str],
        folder: Path,
        *,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> Finished | Failed:
        """Run a program given by its full path, with `folder` as its home, temporary and working directory."""
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            "-S",
            str(_LAUNCH),
            self._settings(),
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=folder,
            env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": "/usr/bin:/bin", **(environment or {})},
            start_new_session=True,
        )
        try:
            async with asyncio.timeout(self.limits.seconds):
                return await self._talk(process, stdin, command[0])
        except TimeoutError:
            return Failed(f"it took longer than {self.limits.seconds:g} seconds", transient=True)
        finally:
            await end(process)

    async def _talk(self, process: asyncio.subprocess.Process, stdin: bytes, name: str) -> Finished | Failed:
        given = asyncio.create_task(_give(process, stdin))
        errors = asyncio.create_task(_read(process.stderr, _KEPT_OF_ERRORS, to_end=True))
        try:
            output = await _read(process.stdout, self.limits.output + 1)
            if len(output) > self.limits.output:
                return Failed(f"it wrote more than {self.limits.output:,} bytes", transient=True)
            await given
            said = (await errors).decode("utf-8", "replace")
            return _ended(await process.wait(), output, said, name)
        finally:
            given.cancel()
            errors.cancel()
            await asyncio.gather(given, errors, return_exceptions=True)

    def _settings(self) -> str:
        limits = {
            "RLIMIT_DATA": self.limits.memory,
            "RLIMIT_FSIZE": self.limits.file,
            "RLIMIT_CPU": int(self.limits.seconds * 2) + 1,
            "RLIMIT_CORE": 0,
        }
        user, group = self.user or (None, None)
        return json.dumps({"limits": limits, "isolate": self.isolate, "user": user, "group": group})


def _sweep(root: Path) -> None:
    """Remove what a bot that was killed left."""
    for path in root.iterdir():
        with suppress(FileNotFoundError):
            if time.time() - path.stat().st_mtime > _FORGOTTEN:
                _remove(path)


def _remove(path: Path) -> None:
    """Remove a folder. Who is not root has to open those that a program closed, links left alone."""
    if os.geteuid() != 0:
        for folder, inner, _ in os.walk(path):
            for place in (Path(folder, name) for name in inner):
                if not place.is_symlink():
                    place.chmod(0o700)
    shutil.rmtree(path, ignore_errors=True)


def _ended(code: int, output: bytes, said: str, name: str) -> Finished | Failed:
    if code == REFUSED:
        return Failed(NO_ISOLATION)
    if code == NOT_THAT_USER:
        return Failed("only root may run it as another user")
    if code == MISSING:
        return Failed(f"{name} cannot be started")
    if code < 0:
        return Failed(f"it was ended by signal {-code}", transient=True)
    return Finished(code, output, said)


async def _give(process: asyncio.subprocess.Process, data: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - it was asked for
    with suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(data)
        await process.stdin.drain()
    process.stdin.close()


async def _read(stream: asyncio.StreamReader | None, most: int, *, to_end: bool = False) -> bytes:
    """Read as much as is kept, and where the rest is harmless, the rest too, so that the program does not hang."""
    pieces: list[bytes] = []
    size = 0
    while stream is not None and (piece := await stream.read(_PIECE)):
        if size < most:
            pieces.append(piece[: most - size])
        size += len(piece)
        if size >= most and not to_end:
            break
    return b"".join(pieces)
