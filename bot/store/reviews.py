"""Reviews: one attempt to judge one head commit. Its row promises a finished check by its deadline."""

import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal

import sqlalchemy as sa

from bot.policy.verdict import Status
from bot.store.tables import reviews


class ReviewState(StrEnum):
    """Where a review stands. The first two still owe their check a conclusion."""

    OPEN = "open"
    SUPERSEDED = "superseded"
    """A newer head, or closing the pull request, made it pointless."""
    CONCLUDED = "concluded"
    CANCELLED = "cancelled"
    ABANDONED = "abandoned"
    """Its check could not be concluded, however often that was tried."""


UNFINISHED = (ReviewState.OPEN, ReviewState.SUPERSEDED)


@dataclass(frozen=True, slots=True)
class Request:
    """What to review, and what asked for it (`trigger`): asking twice for the same opens one review."""

    installation_id: int
    repository_id: int
    repository: str
    number: int
    head: str
    base: str
    base_ref: str
    trigger: str
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """What the check shows for this pull request alone."""

    title: str
    summary: str
    text: str
    conclusion: Literal["success", "failure", "neutral", "cancelled"]


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """A review as stored."""

    id: str
    request: Request
    attempt: int
    state: str
    opened_at: float
    deadline: float
    check_run_id: int | None
    status: int | None
    """The verdict; None before there is one."""
    shown: Shown | None
    snapshot: str
    """The advisory snapshot it is judged on; empty before it is known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a finished review leaves behind."""

    status: int
    shown: Shown
    document: str
    inputs: str


# Without the report and what it rests on, which may be megabytes: a running review looks every second.
_FIELDS = ("attempt", "state", "opened_at", "deadline", "check_run_id", "status", "snapshot")
_COLUMNS = tuple(reviews.c[name] for name in ("id", *Request.__slots__, *_FIELDS, "shown"))


def open_review(connection: sa.Connection, request: Request, now: float, deadline: float) -> ReviewRow | None:
    """Open the next attempt at this head; None when the same trigger opened one before."""
    if _by_trigger(connection, request):
        return None
    attempt = _last_attempt(connection, request.repository_id, request.head) + 1
    number = f"#{request.number}" if request.number else ""
    # By name for whoever reads the log, by number because a name may come to mean another repository.
    place = f"{request.repository}@{request.repository_id}{number}"
    review_id = f"review:{place}:{request.head}:{request.base}:{attempt}"
    values = {field: getattr(request, field) for field in Request.__slots__}
    values |= {"id": review_id, "attempt": attempt, "state": ReviewState.OPEN, "opened_at": now}
    connection.execute(reviews.insert().values({**values, "deadline": deadline, "snapshot": ""}))
    return find(connection, review_id)


def find(connection: sa.Connection, review_id: str) -> ReviewRow | None:
    """Return the review with this id."""
    row = connection.execute(sa.select(*_COLUMNS).filter_by(id=review_id)).first()
    return _review(row) if row else None


def supersede(connection: sa.Connection, repository_id: int, number: int, *, keep: str = "") -> None:
    """Mark the open reviews of a pull request but `keep`."""
    this = (reviews.c.repository_id == repository_id) & (reviews.c.number == number)
    mine = this & (reviews.c.state == ReviewState.OPEN) & (reviews.c.id != keep)
    connection.execute(reviews.update().where(mine).values(state=ReviewState.SUPERSEDED))


def supersede_merge_group(connection: sa.Connection, repository_id: int, head: str) -> None:
    """Mark the open reviews of a merge group that was destroyed."""
    row = reviews.update().filter_by(repository_id=repository_id, number=0, head=head, state=ReviewState.OPEN)
    connection.execute(row.values(state=ReviewState.SUPERSEDED))


def supersede_one(connection: sa.Connection, review_id: str) -> None:
    """Mark one open review as pointless."""
    row = reviews.update().filter_by(id=review_id, state=ReviewState.OPEN)
    connection.execute(row.values(state=ReviewState.SUPERSEDED))


def extend_deadline(connection: sa.Connection, review_id: str, deadline: float) -> None:
    """Give a review that begins (or begins again) its full time."""
    connection.execute(reviews.update().filter_by(id=review_id).values(deadline=deadline))


def note_check(connection: sa.Connection, review_id: str, check_run_id: int) -> None:
    """Note which check run shows this review."""
    connection.execute(reviews.update().filter_by(id=review_id).values(check_run_id=check_run_id))


def note_snapshot(connection: sa.Connection, review_id: str, snapshot: str) -> None:
    """Note which advisory snapshot both sides are judged on."""
    connection.execute(reviews.update().filter_by(id=review_id).values(snapshot=snapshot))


def save_outcome(connection: sa.Connection, review_id: str, outcome: Outcome) -> None:
    """Keep the verdict. The review stays open until its check shows it."""
    values = {"status": outcome.status, "document": outcome.document, "inputs": outcome.inputs}
    values["shown"] = json.dumps(asdict(outcome.shown))
    connection.execute(reviews.update().filter_by(id=review_id).values(values))


def save_unfinished(connection: sa.Connection, review_id: str, status: int, shown: Shown) -> None:
    """Keep what is shown instead of a verdict: a head that others share stays as bad as that."""
    values = {"status": status, "shown": json.dumps(asdict(shown)), "document": None, "inputs": None}
    connection.execute(reviews.update().filter_by(id=review_id).values(values))


def close_review(connection: sa.Connection, review_id: str) -> None:
    """Note that the check of a review is finished: a superseded one was cancelled, any other concluded."""
    _end(connection, review_id, ReviewState.CONCLUDED)


def abandon(connection: sa.Connection, review_id: str) -> None:
    """Note that nobody tries any more to conclude the check of a review."""
    _end(connection, review_id, ReviewState.ABANDONED)


def _end(connection: sa.Connection, review_id: str, end: ReviewState) -> None:
    for old, new in ((ReviewState.OPEN, end), (ReviewState.SUPERSEDED, ReviewState.CANCELLED)):
        connection.execute(reviews.update().filter_by(id=review_id, state=old).values(state=new))


def overdue(connection: sa.Connection, now: float) -> list[ReviewRow]:
    """Reviews that owe a conclusion and are past their deadline, the oldest first."""
    late = reviews.c.state.in_(UNFINISHED) & (reviews.c.deadline < now)
    query = sa.select(*_COLUMNS).where(late).order_by(reviews.c.deadline)
    return [_review(row) for row in connection.execute(query)]


def on_head(connection: sa.Connection, repository_id: int, head: str) -> list[ReviewRow]:
    """Every attempt at this head, for whichever pull request (0: a merge group), the newest last."""
    query = sa.select(*_COLUMNS).filter_by(repository_id=repository_id, head=head).order_by(reviews.c.attempt)
    return [_review(row) for row in connection.execute(query)]


def snapshot_of_head(connection: sa.Connection, repository_id: int, number: int, head: str) -> str:
    """Return the snapshot this pull request's head was last judged on, or nothing.

    A verdict that could not look binds nobody to its snapshot: it may be what was wrong.
    """
    query = sa.select(reviews.c.snapshot).filter_by(repository_id=repository_id, number=number, head=head)
    looked = reviews.c.status.is_(None) | (reviews.c.status != Status.ERROR)
    used = query.where(reviews.c.snapshot != "", looked).order_by(reviews.c.attempt.desc()).limit(1)
    return connection.scalar(used) or ""


def inputs_of(connection: sa.Connection, review_id: str) -> str | None:
    """Return everything a verdict rested on, for replay."""
    return connection.scalar(sa.select(reviews.c.inputs).filter_by(id=review_id))


def is_under_way(connection: sa.Connection, request: Request) -> bool:
    """Whether this head is being judged against this branch, so one more review would say the same."""
    return _newest_is(connection, request, (ReviewState.OPEN,))


def is_reviewed(connection: sa.Connection, request: Request) -> bool:
    """Whether this head was or is being judged against this branch, so nothing new is owed.

    By its newest attempt, whose check is the one GitHub reads; and by the branch, not its tip: that may move, and
    the merge base of the same head stays.
    """
    return _newest_is(connection, request, (ReviewState.OPEN, ReviewState.CONCLUDED))


def _newest_is(connection: sa.Connection, request: Request, states: tuple[ReviewState, ...]) -> bool:
    key = {field: getattr(request, field) for field in ("repository_id", "number", "head")}
    query = sa.select(reviews.c.base_ref, reviews.c.state).filter_by(**key)
    newest = connection.execute(query.order_by(reviews.c.attempt.desc()).limit(1)).first()
    return newest is not None and newest.base_ref == request.base_ref and newest.state in states


def _by_trigger(connection: sa.Connection, request: Request) -> bool:
    key = {field: getattr(request, field) for field in ("repository_id", "number", "head", "trigger")}
    return connection.execute(sa.select(reviews.c.id).filter_by(**key)).first() is not None


def _last_attempt(connection: sa.Connection, repository_id: int, head: str) -> int:
    query = sa.select(sa.func.max(reviews.c.attempt)).filter_by(repository_id=repository_id, head=head)
    return connection.scalar(query) or 0


def _review(row: sa.Row[Any]) -> ReviewRow:
    request = Request(*(getattr(row, field) for field in Request.__slots__))
    shown = Shown(**json.loads(row.shown)) if row.shown else None
    values = {field: getattr(row, field) for field in _FIELDS}
    return ReviewRow(id=row.id, request=request, shown=shown, **values)
