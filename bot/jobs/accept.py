"""Accept a webhook: the delivery and the work it means, in one transaction. Only then is it acknowledged."""

from collections.abc import Callable

import sqlalchemy as sa

from bot.handlers.route import ClosePull, DropMergeGroup, Later, ReviewMergeGroup, ReviewPull, Work
from bot.store import deliveries, jobs, pulls, reviews
from bot.store.deliveries import Delivery
from bot.store.jobs import Job
from bot.store.pulls import PullRow
from bot.store.reviews import Request

Enqueue = Callable[[sa.Connection, Job], None]
"""Hands a recorded job to the engine within the caller's transaction."""


def accept(
    connection: sa.Connection,
    delivery: Delivery,
    work: Work | None,
    enqueue: Enqueue,
    *,
    now: float,
    minutes: float,
) -> bool:
    """Keep a delivery and enqueue its work. False for a delivery accepted before: nothing is done twice."""
    if not deliveries.add(connection, delivery, now):
        return False
    match work:
        case ReviewPull():
            _review_pull(connection, work, enqueue, now, minutes)
        case ClosePull(pull):
            save_pull(connection, pull, enqueue, now)
            reviews.supersede(connection, pull.repository_id, pull.number)
        case ReviewMergeGroup(request):
            review(connection, request, enqueue, now=now, minutes=minutes)
        case DropMergeGroup(repository_id, head):
            reviews.supersede_merge_group(connection, repository_id, head)
        case Later(job):
            owe(connection, job, enqueue, now)
        case None:
            pass
    return True


def _review_pull(
    connection: sa.Connection, work: ReviewPull, enqueue: Enqueue, now: float, minutes: float
) -> None:
    request = work.request
    save_pull(connection, work.pull, enqueue, now)
    if reviews.is_under_way(connection, request):
        return
    if work.unless_reviewed and reviews.is_reviewed(connection, request):
        return
    review(connection, request, enqueue, now=now, minutes=minutes)


def save_pull(connection: sa.Connection, pull: PullRow, enqueue: Enqueue, now: float) -> None:
    """Note a pull request; when it leaves a head that others share, that head's check no longer speaks for it."""
    before = pulls.find(connection, pull.repository_id, pull.number)
    pulls.save(connection, pull)
    if before is None or (pull.is_open and pull.head == before.head):
        return
    if pulls.open_with_head(connection, pull.repository_id, before.head):
        place = f"{pull.repository_id}@{before.head}"
        payload = {"repository_id": pull.repository_id, "head": before.head}
        owe(
            connection,
            Job(f"left:{place}#{pull.number}:{now}", "left", payload, f"{place}/left"),
            enqueue,
            now,
        )


def review(
    connection: sa.Connection, request: Request, enqueue: Enqueue, *, now: float, minutes: float
) -> str | None:
    """Open a review, supersede the older ones of its pull request, and owe it; None when it was opened before."""
    row = reviews.open_review(connection, request, now, now + minutes * 60)
    if row is None:
        return None
    if request.number:
        reviews.supersede(connection, request.repository_id, request.number, keep=row.id)
    owe(connection, Job(row.id, "review", {"review": row.id}, partition_of(request)), enqueue, now)
    return row.id


def partition_of(request: Request) -> str:
    """What reviews run one after the other for: a pull request, or a merge group."""
    place = f"#{request.number}" if request.number else f"@{request.head}"
    return f"{request.repository_id}{place}"


def owe(connection: sa.Connection, job: Job, enqueue: Enqueue, now: float) -> None:
    """Record a job and hand it to the engine, once."""
    if jobs.add(connection, job, now):
        enqueue(connection, job)
