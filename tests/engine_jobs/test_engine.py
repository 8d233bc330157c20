"""What we rely on the job engine for, on SQLite: once, in order by partition, in our transaction, after a stop."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import ConfigError
from bot.jobs.engine import JobEngine
from bot.jobs.lock import owned
from bot.store.engine import store_engine
from bot.store.jobs import Job

WAIT = 15.0


class Log:
    """What ran, and a way to wait for it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._news = asyncio.Event()

    def note(self, line: str) -> None:
        self.lines.append(line)
        self._news.set()

    async def until(self, *wanted: str) -> None:
        async with asyncio.timeout(WAIT):
            while not set(wanted) <= set(self.lines):
                self._news.clear()
                await self._news.wait()


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@pytest.fixture
async def log() -> Log:
    return Log()


@asynccontextmanager
async def running(
    url: str, run: Callable[[str], Awaitable[None]], grace: float = 2.0
) -> AsyncIterator[JobEngine]:
    engine = JobEngine(url, workers=2)

    async def job(name: str) -> None:
        await run(name)

    await engine.start(job)
    try:
        yield engine
    finally:
        await engine.stop(grace)
        engine.close()


def enqueue(engine: JobEngine, url: str, *jobs: Job, fail: bool = False) -> None:
    """Enqueue within a transaction of our own, as a webhook does."""
    database = store_engine(url)
    try:
        with database.begin() as connection:
            for job in jobs:
                engine.enqueue(connection, job)
            if fail:
                raise LookupError
    finally:
        database.dispose()


def job(name: str, partition: str = "one", *, tries: int = 0, delay: float = 0.0) -> Job:
    return Job(name, "test", {}, partition, tries, delay)


async def test_a_job_runs_once_however_often_it_is_enqueued(url: str, log: Log) -> None:
    async def run(name: str) -> None:
        log.note(name)

    async with running(url, run) as engine:
        enqueue(engine, url, job("a"))
        enqueue(engine, url, job("a"), job("b"))
        await log.until("a", "b")
        enqueue(engine, url, job("a"), job("last"))
        await log.until("last")
    assert sorted(log.lines) == ["a", "b", "last"]


async def test_another_try_of_a_job_runs_again(url: str, log: Log) -> None:
    async def run(name: str) -> None:
        log.note(f"{name}{log.lines.count(name)}" if name in log.lines else name)

    async with running(url, run) as engine:
        enqueue(engine, url, job("a"), job("a", tries=1))
        await log.until("a", "a1")


async def test_surveys_leave_the_workers_to_others(url: str, log: Log) -> None:
    review = asyncio.Event()

    async def run(name: str) -> None:
        log.note(f"{name} begins")
        if name.startswith("survey"):
            await review.wait()
        else:
            review.set()
        log.note(f"{name} ends")

    async with running(url, run) as engine:
        surveys = [Job(f"survey{number}", "survey", {}, f"{number}/bumps") for number in range(2)]
        enqueue(engine, url, *surveys)
        await log.until("survey0 begins", "survey1 begins")
        enqueue(engine, url, job("review"))
        await log.until("review ends", "survey0 ends", "survey1 ends")


async def test_one_partition_runs_in_order_while_another_runs_beside_it(url: str, log: Log) -> None:
    beside = asyncio.Event()

    async def run(name: str) -> None:
        log.note(f"{name} begins")
        if name == "a1":
            await beside.wait()
        if name == "b":
            beside.set()
        log.note(f"{name} ends")

    async with running(url, run) as engine:
        enqueue(engine, url, *(job(f"a{number}", "a") for number in (1, 2, 3)), job("b", "b"))
        await log.until("a3 ends", "b ends")
    mine = [line for line in log.lines if line.startswith("a")]
    assert mine == [f"a{number} {what}" for number in (1, 2, 3) for what in ("begins", "ends")]
    assert log.lines.index("b begins") < log.lines.index("a1 ends")


async def test_a_transaction_that_is_rolled_back_enqueues_nothing(url: str, log: Log) -> None:
    async def run(name: str) -> None:
        log.note(name)

    async with running(url, run) as engine:
        with pytest.raises(LookupError):
            enqueue(engine, url, job("never"), fail=True)
        enqueue(engine, url, job("after"))
        await log.until("after")
    assert log.lines == ["after"]


async def test_a_delayed_job_waits_without_holding_up_its_partition(url: str, log: Log) -> None:
    began: dict[str, float] = {}

    async def run(name: str) -> None:
        began[name] = time.monotonic()
        log.note(name)

    async with running(url, run) as engine:
        start = time.monotonic()
        enqueue(engine, url, job("later", delay=1.5), job("now"))
        await log.until("later", "now")
    assert log.lines == ["now", "later"]
    assert began["later"] - start >= 1.4


async def test_what_was_queued_or_cut_short_runs_after_the_next_start(url: str, log: Log) -> None:
    async def hang(name: str) -> None:
        log.note(f"{name} hangs")
        try:
            await asyncio.Event().wait()
        finally:
            log.note(f"{name} is cut short")

    async def run(name: str) -> None:
        log.note(name)

    async with running(url, hang, grace=1.0) as engine:
        enqueue(engine, url, job("first"), job("second"))
        await log.until("first hangs")
    assert log.lines == ["first hangs", "first is cut short"]
    async with running(url, run):
        await log.until("first", "second")
    assert log.lines[2:] == ["first", "second"]


async def test_forgetting_drops_what_ended_and_nothing_else(url: str, log: Log) -> None:
    async def run(name: str) -> None:
        log.note(name)

    async with running(url, run) as engine:
        enqueue(engine, url, job("a"), job("b"), job("later", delay=600))
        await log.until("a", "b")
    assert states(url) == ["DELAYED", "SUCCESS", "SUCCESS"]
    async with running(url, run) as engine:
        await engine.forget_before(datetime.now(UTC) + timedelta(days=1))
    assert states(url) == ["DELAYED"]


def states(url: str) -> list[str]:
    database = store_engine(url)
    try:
        with database.begin() as connection:
            return sorted(connection.scalars(sa.text("SELECT status FROM workflow_status")))
    finally:
        database.dispose()


def test_a_data_folder_has_one_owner_at_a_time(tmp_path: Path) -> None:
    lock = tmp_path / "new" / "plimsoll.lock"
    with owned(lock), pytest.raises(ConfigError, match="another plimsoll process"), owned(lock):
        pass
    with owned(lock):
        assert lock.exists()
