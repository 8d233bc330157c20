"""Jobs that the engine drops are found and run: one that was cut short at every start, one whose database failed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa

from bot.jobs import run as running
from bot.jobs.engine import MOST_RECOVERIES, JobEngine
from bot.jobs.lost import find_lost
from bot.jobs.run import run_job
from bot.store import Store, jobs, open_store
from bot.store.jobs import Job, JobState
from tests.engine_jobs.serving import wait_until
from tests.harness import HeldClock

T = TypeVar("T")
JOB = Job("test:1", "test", {}, "one")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'jobs.db'}"


@asynccontextmanager
async def started(url: str, run: Callable[[Any, str], Awaitable[None]]) -> AsyncIterator[Any]:
    """An engine on a store of its own, as in one process."""
    store, engine = open_store(url), JobEngine(url, workers=2)
    ctx = SimpleNamespace(store=store, clock=HeldClock(), enqueue=engine.enqueue, engine=engine)

    async def job(name: str) -> None:
        await run(ctx, name)

    await engine.start(job)
    try:
        yield ctx
    finally:
        await engine.stop(0)
        engine.close()
        store.close()


def owe(ctx: Any) -> None:
    def write(connection: sa.Connection) -> None:
        jobs.add(connection, JOB, 0.0)
        ctx.enqueue(connection, JOB)

    ctx.store.do_now(write)


def state(ctx: Any) -> dict[str, int]:
    found: dict[str, int] = ctx.store.do_now(jobs.count_by_state)
    return found


async def until(fact: Callable[[], bool], what: str) -> None:
    await asyncio.to_thread(wait_until, fact, what)


async def until_dropped(ctx: Any) -> None:
    ended = sa.text("SELECT count(*) FROM workflow_status WHERE status NOT IN ('ENQUEUED', 'PENDING')")
    await until(lambda: bool(ctx.store.do_now(lambda c: c.scalar(ended))), "the engine drops the job")
    assert await ctx.engine.expected() == set()


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was handled."""
    done: list[str] = []

    async def handle(ctx: Any, job: Job) -> None:
        done.append(job.run)

    monkeypatch.setattr(running, "HANDLERS", {"test": handle})
    return done


class FailsOnce:
    """A store whose database fails at the first thing asked of it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._failed = False

    async def do(self, work: Callable[[sa.Connection], T]) -> T:
        if self._failed:
            return await self._store.do(work)
        self._failed = True
        return await self._store.do(self._fail)

    def _fail(self, connection: sa.Connection) -> Any:
        raise sa.exc.OperationalError("SELECT", {}, Exception("disk I/O error"))


async def test_a_job_whose_database_failed_as_it_began_runs_later(url: str, ran: list[str]) -> None:
    store: list[FailsOnce] = []

    async def run(ctx: Any, name: str) -> None:
        store[:] = store or [FailsOnce(ctx.store)]
        await run_job(SimpleNamespace(**vars(ctx) | {"store": store[0]}), name)  # type: ignore[arg-type]

    async with started(url, run) as ctx:
        owe(ctx)
        await until_dropped(ctx)
        assert state(ctx) == {JobState.QUEUED: 1}
        await find_lost(ctx, ctx.engine.expected)
        await until(lambda: state(ctx) == {JobState.DONE: 1}, "the job runs")
    assert ran == ["test:1~1"]


async def test_a_job_that_was_cut_short_at_every_start_runs_later(url: str, ran: list[str]) -> None:
    begun: list[str] = []

    async def hang(ctx: Any, name: str) -> None:
        begun.append(name)
        await asyncio.Event().wait()

    for start in range(MOST_RECOVERIES + 1):
        async with started(url, hang) as ctx:
            if start == 0:
                owe(ctx)
            await until(lambda start=start: len(begun) > start, f"start {start}")
            await find_lost(ctx, ctx.engine.expected)
            assert len(await ctx.engine.expected()) == 1
    async with started(url, run_job) as ctx:
        await until_dropped(ctx)
        assert state(ctx) == {JobState.QUEUED: 1}
        await find_lost(ctx, ctx.engine.expected)
        await until(lambda: state(ctx) == {JobState.DONE: 1}, "the job runs")
    assert ran == ["test:1~1"]
