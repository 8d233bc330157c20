"""Accept a webhook: the delivery and the work it means, in one transaction. Only then is it acknowledged."""

from collections.abc import Callable

import sqlalchemy as sa

from bot.handlers.order import survey_job
from bot.handlers.route import (
    ClosePull,
    DropBranch,
    DropMergeGroup,
    Later,
    ReviewMergeGroup,
    ReviewPull,
    SurveyBranch,
    Work,
)
from bot.store import branches, bumps, deliveries, jobs, pulls, reviews
from bot.store.branches import BranchRow
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
        case ReviewPull(pull) | ClosePull(pull) if pulls.is_outdated(connection, pull):
            pass
        case ReviewPull():
            _review_pull(connection, work, enqueue, now, minutes)
        case ClosePull(pull, merged):
            save_pull(connection, pull, enqueue, now, delivery.guid)
            reviews.supersede(connection, pull.repository_id, pull.number)
            bumps.note_ended(connection, pull.repository_id, pull.number, merged=merged, now=now)
        case ReviewMergeGroup(request):
            review(connection, request, enqueue, now=now, minutes=minutes)
        case DropMergeGroup(repository_id, head):
            reviews.supersede_merge_group(connection, repository_id, head)
        case SurveyBranch():
            _survey_branch(connection, work, enqueue, now)
        case DropBranch(repository_id, branch):
            branches.forget(connection, repository_id, branch)
        case Later(job):
            owe(connection, job, enqueue, now)
        case None:
            pass
    return True


def _review_pull(
    connection: sa.Connection, work: ReviewPull, enqueue: Enqueue, now: float, minutes: float
) -> None:
    request = work.request
    save_pull(connection, work.pull, enqueue, now, request.trigger)
    _meet(connection, request)
    if work.reopened:
        bumps.note_reopened(connection, request.repository_id, request.number, now)
    if reviews.is_under_way(connection, request):
        return
    if work.unless_reviewed and reviews.is_reviewed(connection, request):
        return
    review(connection, request, enqueue, now=now, minutes=minutes)


def _meet(connection: sa.Connection, request: Request) -> None:
    """Look after the default branch of a repository from now on, as its first survey will find it."""
    row = BranchRow(request.repository_id, branches.DEFAULT, request.installation_id, request.repository)
    branches.meet(connection, row)


def _survey_branch(connection: sa.Connection, work: SurveyBranch, enqueue: Enqueue, now: float) -> None:
    order = work.order
    if work.is_default or branches.find(connection, order.repository_id, order.base_ref):
        owe(connection, survey_job(order, work.key, now), enqueue, now)


def save_pull(connection: sa.Connection, pull: PullRow, enqueue: Enqueue, now: float, cause: str) -> None:
    """Note a pull request; a check it leaves to others, or joins, speaks for it no longer, or from now on."""
    before = pulls.find(connection, pull.repository_id, pull.number)
    pulls.save(connection, pull)
    old = before.head if before is not None and before.is_open else None
    new = pull.head if pull.is_open else None
    if old == new:
        return
    for what, head in (("left", old), ("joined", new)):
        if head is not None and _is_shared(connection, pull, head):
            place = f"{pull.repository_id}@{head}"
            payload = {"repository_id": pull.repository_id, "head": head}
            name = f"{what}:{place}/{pull.number}:{cause}"
            owe(connection, Job(name, "shared", payload, f"{place}/shared"), enqueue, now)


def _is_shared(connection: sa.Connection, pull: PullRow, head: str) -> bool:
    others = pulls.open_with_head(connection, pull.repository_id, head)
    return any(other.number != pull.number for other in others)


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
