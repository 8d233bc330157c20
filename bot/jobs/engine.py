"""The job engine, DBOS Transact, and the only module that imports it: durable queues, schedules, recovery.

It is used for little: one workflow that runs one of our jobs by id. What a job is and how it ended is our own
table, so the engine can be replaced. https://docs.dbos.dev/python
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cached_property, partial
from typing import Any

import sqlalchemy as sa
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, EnqueueOptions

from bot.store.engine import job_engine
from bot.store.jobs import Job

QUEUE = "jobs.v1"
SURVEYS = "surveys.v1"
"""A survey may take minutes, and new advisories ask for thousands: they leave the workers to those who wait."""
SURVEYS_AT_ONCE = 2
WORKFLOW = "job.v1"
APPLICATION = "plimsoll"
APPLICATION_VERSION = "1"
EXECUTOR = "local"
POLL_SECONDS = 0.1
MOST_RECOVERIES = 2
"""Starts at which one try of a job is taken up again, before `lost` counts it as failed."""

ROWS_ONLY: dict[str, Any] = {"load_input": False, "load_output": False}

Run = Callable[[str], Coroutine[Any, Any, None]]


class JobEngine:
    """Runs our jobs in the event loop it was started in; the engine's own threads only wait for them.

    One process owns a SQLite file; `lock.owned` sees to that.
    """

    def __init__(self, url: str, *, workers: int) -> None:
        self._url = url
        self._workers = workers
        self._engine = job_engine(url)
        # Not pickle, the engine's default: who can write the database must not be able to run code.
        self._serializer = DBOSPortableJSONSerializer()
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="jobs")
        self._running: set[asyncio.Task[None]] = set()

    @cached_property
    def _client(self) -> DBOSClient:
        return DBOSClient(
            system_database_engine=self._engine,
            serializer=self._serializer,
            application_name=APPLICATION,
            retry_connection_errors=False,
        )

    def enqueue(self, connection: sa.Connection, job: Job) -> None:
        """Hand a job to the engine within the caller's transaction; the same try of a job only once."""
        options: EnqueueOptions = {
            "queue_name": SURVEYS if job.kind == "survey" else QUEUE,
            "workflow_name": WORKFLOW,
            "workflow_id": job.run,
            "queue_partition_key": job.partition,
            "app_version": APPLICATION_VERSION,
        }
        if job.delay > 0:
            options["delay_seconds"] = job.delay
        self._client.enqueue_in_transaction(connection, options, job.id)

    async def start(self, run: Run) -> None:
        """Take over what an earlier process left, and begin to work."""
        loop = asyncio.get_running_loop()

        async def tracked(job_id: str) -> None:
            task = asyncio.ensure_future(run(job_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            await task

        await loop.run_in_executor(self._pool, lambda: self._launch(tracked, loop))

    def _launch(self, run: Run, loop: asyncio.AbstractEventLoop) -> None:
        config: DBOSConfig = {
            "name": APPLICATION,
            "system_database_url": self._url,
            "system_database_engine": self._engine,
            "executor_id": EXECUTOR,
            # Fixed, or an edit of our own code would leave queued jobs to nobody.
            "application_version": APPLICATION_VERSION,
            "serializer": self._serializer,
            "max_executor_threads": self._workers + SURVEYS_AT_ONCE + 4,
            # Its start is told at length, and every job it cancels with a full traceback.
            "console_log_level": "ERROR",
        }
        DBOS(config=config)

        @DBOS.workflow(name=WORKFLOW, max_recovery_attempts=MOST_RECOVERIES)
        async def job(job_id: str) -> None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(job_id), loop))

        queues = {QUEUE: self._workers, SURVEYS: SURVEYS_AT_ONCE}
        DBOS.listen_queues(list(queues))
        DBOS.launch()
        for name, at_once in queues.items():
            DBOS.register_queue(
                name,
                worker_concurrency=at_once,
                partition_concurrency=1,
                polling_interval_sec=POLL_SECONDS,
                on_conflict="always_update",
            )

    async def stop(self, grace: float) -> None:
        """Claim no more jobs, give running ones `grace` seconds; what is left runs at the next start."""
        loop = asyncio.get_running_loop()
        destroy = partial(DBOS.destroy, destroy_registry=True, workflow_completion_timeout_sec=int(grace))
        await loop.run_in_executor(self._pool, destroy)
        # Before anybody closes what they work with, or they would fail by that and count as ended.
        if running := set(self._running):
            for task in running:
                task.cancel()
            await asyncio.wait(running)

    async def expected(self) -> set[str]:
        """The runs (`Job.run`) that are being made or still to come."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, _expected)

    def close(self) -> None:
        """Give the database back."""
        self._pool.shutdown(wait=True)
        self._engine.dispose()

    async def forget_before(self, moment: datetime) -> None:
        """Drop the engine's own rows of jobs that ended before `moment`."""
        await asyncio.get_running_loop().run_in_executor(self._pool, _forget_before, moment)


def _expected() -> set[str]:
    rows = DBOS.list_workflows(status=["ENQUEUED", "PENDING", "DELAYED"], **ROWS_ONLY)
    return {row.workflow_id for row in rows}


def _forget_before(moment: datetime) -> None:
    ended = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
    options = {"completed_before": moment.isoformat(), "limit": 500, **ROWS_ONLY}
    while rows := DBOS.list_workflows(status=ended, **options):
        DBOS.delete_workflows([row.workflow_id for row in rows])
