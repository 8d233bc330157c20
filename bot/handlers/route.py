"""Event → work. Pure: reads no clock, no database and no network.

Payload fields as documented in https://docs.github.com/en/webhooks/webhook-events-and-payloads.
"""

from dataclasses import asdict, dataclass

from bot.bump.family import is_bump_branch
from bot.commands import parse_commands
from bot.events import (
    CheckRunEvent,
    CommentEvent,
    Event,
    InstallationEvent,
    MergeGroupEvent,
    PullRequestEvent,
    PushEvent,
)
from bot.handlers.order import Order
from bot.store.jobs import Job
from bot.store.pulls import PullRow
from bot.store.reviews import Request


@dataclass(frozen=True, slots=True)
class ReviewPull:
    """Judge the head of a pull request."""

    pull: PullRow
    request: Request
    unless_reviewed: bool = False
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class ClosePull:
    """Stop caring about a pull request."""

    pull: PullRow
    merged: bool = False


@dataclass(frozen=True, slots=True)
class ReviewMergeGroup:
    """Judge the head of a merge group."""

    request: Request


@dataclass(frozen=True, slots=True)
class DropMergeGroup:
    """Stop judging a merge group."""

    repository_id: int
    head: str


@dataclass(frozen=True, slots=True)
class SurveyBranch:
    """Look at what a branch ships, if it is looked after."""

    order: Order
    key: str
    is_default: bool


@dataclass(frozen=True, slots=True)
class DropBranch:
    """Stop looking after a branch."""

    repository_id: int
    branch: str


@dataclass(frozen=True, slots=True)
class Later:
    """Work that must ask GitHub something first, or takes no review."""

    job: Job


Work = ReviewPull | ClosePull | ReviewMergeGroup | DropMergeGroup | SurveyBranch | DropBranch | Later

_REVIEWED_ACTIONS = {"opened", "synchronize", "reopened", "ready_for_review", "edited"}


def route(event: Event | None, guid: str) -> Work | None:
    """Say what an event asks of us; None when it only wants to be acknowledged."""
    match event:
        case PullRequestEvent():
            return _pull_request(event, guid)
        case MergeGroupEvent():
            return _merge_group(event, guid)
        case CommentEvent() if event.is_pull and not event.is_by_bot and parse_commands(event.body):
            partition = f"{event.repository.id}#{event.number}/comments"
            return Later(_job("command", f"{event.repository.id}:{event.comment_id}", event, partition))
        case CheckRunEvent():
            return Later(_job("rerun", guid, event, f"{event.repository.id}@{event.head_sha}/reruns"))
        case PushEvent():
            return _push(event, guid)
        case InstallationEvent():
            return Later(_job("installation", guid, event, f"installation:{event.installation_id}"))
        case _:
            return None


def _job(kind: str, key: str, event: Event, partition: str) -> Job:
    return Job(f"{kind}:{key}", kind, asdict(event), partition)


def _pull_request(event: PullRequestEvent, guid: str) -> Work | None:
    repository = event.repository
    is_open = event.action != "closed"
    pull = PullRow(
        repository.id,
        event.number,
        event.head_sha,
        event.base_ref,
        is_open,
        updated_at=event.updated_at,
    )
    if not is_open:
        return ClosePull(pull, event.merged)
    if event.action not in _REVIEWED_ACTIONS:
        return None
    request = Request(
        installation_id=event.installation_id,
        repository_id=repository.id,
        repository=repository.full_name,
        number=event.number,
        head=event.head_sha,
        base=event.base_sha,
        base_ref=event.base_ref,
        trigger=guid,
    )
    # A draft was judged already; that it is ready changes nothing about its files.
    ready, reopened = event.action == "ready_for_review", event.action == "reopened"
    return ReviewPull(pull, request, unless_reviewed=ready, reopened=reopened)


def _merge_group(event: MergeGroupEvent, guid: str) -> Work:
    if event.action == "destroyed":
        return DropMergeGroup(event.repository.id, event.head_sha)
    return ReviewMergeGroup(
        Request(
            installation_id=event.installation_id,
            repository_id=event.repository.id,
            repository=event.repository.full_name,
            number=0,
            head=event.head_sha,
            base=event.base_sha,
            base_ref=event.base_ref,
            trigger=guid,
        )
    )


def _push(event: PushEvent, guid: str) -> Work | None:
    if event.deleted:
        return DropBranch(event.repository.id, event.branch)
    if is_bump_branch(event.branch):
        return None
    order = Order(
        installation_id=event.installation_id,
        repository_id=event.repository.id,
        repository=event.repository.full_name,
        base_ref=event.branch,
        before=event.before,
    )
    return SurveyBranch(order, guid, event.is_of_default_branch)
