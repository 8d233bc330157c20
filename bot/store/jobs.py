"""Jobs: what the bot owes. The job engine decides when one runs; this table says what it is and how it ends."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bot.store.tables import jobs


class JobState(StrEnum):
    """Where a job stands. PARKED waits for the operator, FAILED for a person to read the log."""

    QUEUED = "queued"
    DONE = "done"
    PARKED = "parked"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Jobs of one partition (a pull request) run one after the other, in order."""

    id: str
    kind: str
    payload: Mapping[str, Any]
    partition: str
    tries: int = 0
    delay: float = 0.0
    """Seconds to wait before this try."""

    @property
    def run(self) -> str:
        """The name of this try."""
        return f"{self.id}~{self.tries}"


def add(connection: sa.Connection, job: Job, now: float) -> bool:
    """Record a job; False when it is already there."""
    if find(connection, job.id):
        return False
    connection.execute(
        jobs.insert().values(
            id=job.id,
            kind=job.kind,
            payload=json.dumps(job.payload),
            partition=job.partition,
            state=JobState.QUEUED,
            tries=job.tries,
            not_before=now + job.delay,
            created_at=now,
            error="",
        )
    )
    return True


def find(connection: sa.Connection, job_id: str) -> Job | None:
    """Return the job with this id."""
    row = connection.execute(sa.select(jobs).filter_by(id=job_id)).first()
    return _job(row) if row else None


def find_queued(connection: sa.Connection, job_id: str) -> Job | None:
    """Return the job with this id unless it is finished."""
    row = connection.execute(sa.select(jobs).filter_by(id=job_id, state=JobState.QUEUED)).first()
    return _job(row) if row else None


def queued(connection: sa.Connection) -> list[Job]:
    """Jobs that are not finished, oldest first."""
    query = sa.select(jobs).filter_by(state=JobState.QUEUED).order_by(jobs.c.created_at, jobs.c.id)
    return [_job(row) for row in connection.execute(query)]


def due(connection: sa.Connection, now: float) -> list[Job]:
    """The queued jobs whose time has come, oldest first."""
    ready = (jobs.c.state == JobState.QUEUED) & (jobs.c.not_before <= now)
    query = sa.select(jobs).where(ready).order_by(jobs.c.created_at, jobs.c.id)
    return [_job(row) for row in connection.execute(query)]


def put_off(connection: sa.Connection, job: Job, wait: float, now: float, error: str) -> Job:
    """Note another try after `wait` seconds, and return the job as it now stands."""
    values = {"tries": job.tries + 1, "not_before": now + wait, "error": error}
    connection.execute(jobs.update().filter_by(id=job.id).values(values))
    return replace(job, tries=job.tries + 1, delay=wait)


def finish(connection: sa.Connection, job_id: str, state: JobState, now: float, error: str = "") -> None:
    """Note how a job ended."""
    values = {"state": state, "finished_at": now, "error": error}
    connection.execute(jobs.update().filter_by(id=job_id).values(values))


def count_by_state(connection: sa.Connection) -> dict[str, int]:
    """How many jobs there are in each state."""
    query = sa.select(jobs.c.state, sa.func.count()).group_by(jobs.c.state)
    return {row[0]: row[1] for row in connection.execute(query)}


def drop_before(connection: sa.Connection, moment: float) -> int:
    """Forget finished jobs older than `moment`."""
    return connection.execute(jobs.delete().where(jobs.c.finished_at < moment)).rowcount


def _job(row: sa.Row[Any]) -> Job:
    return Job(row.id, row.kind, json.loads(row.payload), row.partition, row.tries)
