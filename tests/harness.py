"""The whole bot for flow tests: real HTTP in, real HTTP out, a clock that is held, jobs run one by one.

The bot lives in a thread with an event loop of its own, so tests are plain functions. No job engine runs: `drain`
takes the waiting jobs from the store and runs them as the engine would.
"""

import asyncio
import json
import shutil
import socket
import tempfile
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from unittest.mock import patch

import uvicorn
from fastapi import FastAPI

from bot.app import Bot, add_routes, open_bot
from bot.context import Context
from bot.feeds.importer import import_path
from bot.handlers import redeliver, unfinished
from bot.image.lifecycle import Lifecycle
from bot.image.lifecycle.model import Cycle
from bot.jobs.run import run_job
from bot.settings import Settings
from bot.store import jobs, open_store
from bot.store.engine import PRAGMAS
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.images import BuiltImage, BuiltIndex, image, push
from tests.fakes.registry import FakeRegistry

T = TypeVar("T")
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WAIT = 60.0
# No power is cut here, so no commit waits for the disk: a flow test makes some fifty. `tests/engine_jobs` runs the bot
# as it is.
HASTY = (*PRAGMAS, "synchronous=OFF")

VECTORS = {
    "critical": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
    "high": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N",
    "medium": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
    "low": "CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:U/C:L/I:N/A:N",
}


# The releases images of the tests are made of, supported whenever their clock stands: what is past its end of life
# warns and gets advice of its own, which is for tests that are about that.
LIFECYCLE = Lifecycle.default().with_newer(
    Lifecycle(
        Cycle(product, name, released=date(2024, 5, 22), ends=date(2099, 12, 31))
        for product, name in (("alpine-linux", "3.20"), ("fedora", "41"))
    )
)


class HeldClock:
    """Time that only passes when the test says so."""

    def __init__(self, now: datetime = NOW) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def advance(self, **span: float) -> None:
        self._now += timedelta(**span)


class Advisories:
    """Records in OSV's form, imported when the bot is about to look."""

    def __init__(self, folder: Path, index: Path, clock: HeldClock) -> None:
        self._folder = folder
        self._index = index
        self._clock = clock
        self._records: dict[str, dict[str, Any]] = {}
        self._changed = False
        self.add("CVE-1999-0001", package="nothing-has-this", fixed="1")

    def add(
        self,
        flaw: str,
        *,
        package: str,
        fixed: str = "",
        severity: str = "high",
        ecosystem: str = "Alpine:v3.20",
        record: str = "",
    ) -> None:
        """Know a flaw of a source package, fixed in a version of one release or not at all."""
        name = record or f"{ecosystem.partition(':')[0].upper()}-{flaw}"
        events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
        affected = self._records.get(name, {}).get("affected", [])
        entry = {
            "package": {"ecosystem": ecosystem, "name": package},
            "ranges": [{"type": "ECOSYSTEM", "events": events}],
        }
        self._records[name] = {
            "schema_version": "1.7.0",
            "id": name,
            "modified": "2026-11-01T00:00:00Z",
            "published": "2026-11-01T00:00:00Z",
            "upstream": [flaw],
            "summary": f"A flaw in {package}",
            "affected": [*affected, entry],
        }
        if severity != "unknown":
            self._records[name]["severity"] = [{"type": "CVSS_V3", "score": VECTORS[severity]}]
        self._changed = True

    def alias(self, name: str, *others: str) -> None:
        """Let a record say under which other names its flaw is known."""
        self._records[name]["aliases"] = list(others)
        self._changed = True

    def withdraw(self, name: str) -> None:
        """Take a record back, as its publisher may."""
        self._records[name]["withdrawn"] = "2026-11-10T00:00:00Z"
        self._changed = True

    def put_raw(self, feed: str, name: str, document: bytes) -> None:
        """Let a feed hold a document as it is."""
        place = self._folder / feed / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(document)
        self._changed = True

    def import_only(self, feed: str, as_of: datetime) -> None:
        """Import one feed again, as `db update` does when the others do not answer."""
        shutil.move(self._folder / feed, self._folder.with_name("alone") / feed)
        import_path(self._folder.with_name("alone"), self._index, as_of=as_of, now=self._clock.now())

    def remove(self) -> None:
        """Lose the index."""
        self._index.unlink(missing_ok=True)
        self._changed = False

    def import_now(self, as_of: datetime | None = None) -> None:
        """Import what is known, if it changed since the last time."""
        if not self._changed and as_of is None:
            return
        for name, record in self._records.items():
            ecosystem = record["affected"][0]["package"]["ecosystem"].partition(":")[0]
            place = self._folder / ecosystem / f"{name}.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(record))
        import_path(self._folder, self._index, as_of=as_of or self._clock.now(), now=self._clock.now())
        self._changed = False


class Registry(FakeRegistry):
    """The registry with a verb that makes the image it pushes."""

    def push_image(
        self, name: str, os: str = "alpine:3.20", packages: dict[str, Any] | None = None, **more: Any
    ) -> str:
        """Push `repository:tag` and return the reference to write after FROM."""
        return self.push_built(name, image(os=os, packages=packages or {"musl": "1.2.5-r0"}, **more))

    def push_built(self, name: str, built: BuiltImage | BuiltIndex) -> str:
        """Push an image that was made before."""
        repository, _, tag = name.partition(":")
        push(self, repository, tag, built)
        return f"{self.host}/{name}"


class RunningBot:
    """The bot, started, with the verbs a test needs."""

    def __init__(self, bot: Bot, loop: asyncio.AbstractEventLoop, advisories: Advisories, url: str) -> None:
        self.context: Context = bot.context
        self.url = url
        self.may_end_as = {"done"}
        """States of jobs that the test expects at its end."""
        self._loop = loop
        self._advisories = advisories

    def call(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine where the bot lives."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WAIT)

    def drain(self) -> list[str]:
        """Run waiting jobs until none is due; return their ids."""
        self._advisories.import_now()
        return self.call(self._drain())

    def run(self, job: str) -> None:
        """Run one waiting job, whatever waits before it."""
        self._advisories.import_now()
        self.call(run_job(self.context, job))

    def waiting(self) -> list[str]:
        """Ids of the jobs that are not finished, whether due or not."""
        return [job.id for job in self.context.store.do_now(jobs.queued)]

    def states(self) -> dict[str, int]:
        """How many jobs there are in each state."""
        return self.context.store.do_now(jobs.count_by_state)

    def sweep(self) -> None:
        """Do what is done every minute, and the work it finds."""
        self.call(unfinished.sweep(self.context))
        for job in self.context.store.do_now(self._due):
            if job.startswith("unfinished:"):
                self.run(job)

    def ask_again(self) -> None:
        """Do what is done every hour."""
        self.call(redeliver.ask_again(self.context))

    async def _drain(self) -> list[str]:
        ran: list[str] = []
        while job := next(iter(await self.context.store.do(self._due)), None):
            await run_job(self.context, job)
            ran.append(job)
        return ran

    def _due(self, connection: Any) -> list[str]:
        return [job.id for job in jobs.due(connection, self.context.clock.now().timestamp())]


def settings_for(folder: Path, github: FakeGitHub, registry: FakeRegistry, **changes: Any) -> Settings:
    """Settings of a bot that talks to the stand-ins and to nothing else."""
    values: dict[str, Any] = {
        "data_dir": folder,
        "github_url": github.url,
        "app_id": str(github.app_id),
        "private_key": github.private_key,
        "webhook_secret": github.webhook_secret,
        "private_hosts": registry.host,
        "insecure_hosts": registry.host,
        "port": 0,
        "advisory_update_hours": 0,
        # It takes a fifth of a second for each Dockerfile; tests that are about it switch it on.
        "hadolint": "off",
    }
    return Settings(**{**values, **changes})


@contextmanager
def running_bot(
    settings: Settings, clock: HeldClock, github: FakeGitHub, advisories: Advisories
) -> Iterator[RunningBot]:
    """Start the bot and connect GitHub's webhooks to it."""
    _give_database(settings)
    with patch("bot.store.engine.PRAGMAS", HASTY):
        yield from _running(settings, clock, github, advisories)


def _running(
    settings: Settings, clock: HeldClock, github: FakeGitHub, advisories: Advisories
) -> Iterator[RunningBot]:
    started: Future[tuple[Bot, asyncio.AbstractEventLoop, int]] = Future()
    ended = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_live(settings, clock, started, ended)))
    thread.start()
    try:
        bot, loop, port = started.result(WAIT)
        url = f"http://127.0.0.1:{port}"
        github.webhook_url = f"{url}/webhooks/github"
        yield RunningBot(bot, loop, advisories, url)
    finally:
        ended.set()
        thread.join(WAIT)


def _give_database(settings: Settings) -> None:
    """Put an empty database there, its schema made: hundreds of tests need not each go through every migration."""
    place = settings.data_dir / "plimsoll.db"
    if not place.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_empty_database())


@cache
def _empty_database() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "plimsoll.db"
        open_store(f"sqlite:///{place}").close()
        return place.read_bytes()


async def _live(
    settings: Settings,
    clock: HeldClock,
    started: "Future[tuple[Bot, asyncio.AbstractEventLoop, int]]",
    ended: threading.Event,
) -> None:
    try:
        async with open_bot(settings, clock, sleep=_no_pause) as bot, _served(bot) as port:
            # Jobs wait in the store until the test drains them.
            object.__setattr__(bot.context, "enqueue", lambda connection, job: None)
            object.__setattr__(bot.context.images, "lifecycle", lambda: LIFECYCLE)
            started.set_result((bot, asyncio.get_running_loop(), port))
            await asyncio.to_thread(ended.wait)
    except BaseException as exc:
        if not started.done():
            started.set_exception(exc)
        raise


async def _no_pause(seconds: float) -> None:
    """Back off without waiting."""


class _served:
    """The bot's routes on a free port of loopback."""

    def __init__(self, bot: Bot) -> None:
        app = FastAPI()
        add_routes(app, bot.context)
        self._server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off"))
        self._socket = socket.create_server(("127.0.0.1", 0))

    async def __aenter__(self) -> int:
        self._task = asyncio.ensure_future(self._server._serve([self._socket]))
        return int(self._socket.getsockname()[1])

    async def __aexit__(self, *_: object) -> None:
        self._server.should_exit = True
        await self._task


Sleep = Callable[[float], Awaitable[None]]
