"""Read webhook payloads into events: only the fields we need, each strictly.

Old and new payloads differ in what they add and leave out; what we do not use cannot break us.
See https://docs.github.com/en/webhooks/webhook-events-and-payloads
"""

from collections.abc import Callable, Mapping
from typing import Any

from bot.events import (
    CheckRunEvent,
    CommentEvent,
    Event,
    InstallationEvent,
    MergeGroupEvent,
    PingEvent,
    PullRequestEvent,
    PushEvent,
    RepositoryId,
)
from bot.github.errors import MalformedPayload
from bot.github.fields import Fields
from bot.github.moments import moment

_PULL_ACTIONS = frozenset({"opened", "synchronize", "reopened", "ready_for_review", "edited", "closed"})
_CHECK_ACTIONS = frozenset({"rerequested", "requested_action"})
_MERGE_ACTIONS = frozenset({"checks_requested", "destroyed"})
_INSTALLATION_ACTIONS = frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"})
_REPOSITORIES_ACTIONS = frozenset({"added", "removed"})


def parse_event(name: str, payload: Mapping[str, Any]) -> Event | None:
    """Read one delivery; None when it is no concern of ours, MalformedPayload when it cannot be read."""
    reader = _READERS.get(name)
    return reader(Fields.of(payload, MalformedPayload, name)) if reader else None


def _pull_request(event: Fields) -> PullRequestEvent | None:
    action, installation_id = event.text_or("action"), _installation_id(event)
    base_changed = _base_changed(event)
    if action not in _PULL_ACTIONS or not installation_id or (action == "edited" and not base_changed):
        return None
    pull = event.object("pull_request")
    head, base, user = pull.object("head"), pull.object("base"), pull.object_or_none("user")
    repository, source = _repository(event), head.object_or_none("repo")
    return PullRequestEvent(
        action=action,
        installation_id=installation_id,
        repository=repository,
        number=pull.number("number"),
        head_sha=head.sha("sha"),
        base_ref=base.filled("ref"),
        base_sha=base.sha("sha"),
        base_changed=base_changed,
        updated_at=moment(pull, "updated_at"),
        draft=pull.flag("draft"),
        merged=pull.flag("merged"),
        is_fork=source is None or source.number("id") != repository.id,
        author=user.text_or("login") if user else "",
    )


def _base_changed(event: Fields) -> bool:
    changes = event.object_or_none("changes")
    return changes is not None and changes.object_or_none("base") is not None


def _issue_comment(event: Fields) -> CommentEvent | None:
    installation_id = _installation_id(event)
    if event.text_or("action") != "created" or not installation_id:
        return None
    issue, comment = event.object("issue"), event.object("comment")
    user = comment.object_or_none("user")
    return CommentEvent(
        installation_id=installation_id,
        repository=_repository(event),
        number=issue.number("number"),
        is_pull=issue.object_or_none("pull_request") is not None,
        comment_id=comment.number("id"),
        author=user.text_or("login") if user else "",
        author_type=user.text_or("type") if user else "",
        body=comment.text_or("body"),
    )


def _check_run(event: Fields) -> CheckRunEvent | None:
    action, installation_id = event.text_or("action"), _installation_id(event)
    if action not in _CHECK_ACTIONS or not installation_id:
        return None
    run, sender = event.object("check_run"), event.object_or_none("sender")
    app, button = run.object_or_none("app"), event.object_or_none("requested_action")
    return CheckRunEvent(
        action=action,
        installation_id=installation_id,
        repository=_repository(event),
        check_run_id=run.number("id"),
        external_id=run.text_or("external_id"),
        head_sha=run.sha("head_sha"),
        app_id=app.number("id") if app else 0,
        sender=sender.text_or("login") if sender else "",
        identifier=button.text_or("identifier") if button else "",
        pull_numbers=tuple(pull.number("number") for pull in run.objects("pull_requests")),
    )


def _check_suite(event: Fields) -> CheckRunEvent | None:
    """Read "Re-run all checks", which names the suite instead of its runs."""
    installation_id = _installation_id(event)
    if event.text_or("action") != "rerequested" or not installation_id:
        return None
    suite, sender = event.object("check_suite"), event.object_or_none("sender")
    app = suite.object_or_none("app")
    return CheckRunEvent(
        action="rerequested",
        installation_id=installation_id,
        repository=_repository(event),
        check_run_id=0,
        external_id="",
        head_sha=suite.sha("head_sha"),
        app_id=app.number("id") if app else 0,
        sender=sender.text_or("login") if sender else "",
        identifier="",
        pull_numbers=tuple(pull.number("number") for pull in suite.objects("pull_requests")),
    )


def _merge_group(event: Fields) -> MergeGroupEvent | None:
    action, installation_id = event.text_or("action"), _installation_id(event)
    if action not in _MERGE_ACTIONS or not installation_id:
        return None
    group = event.object("merge_group")
    return MergeGroupEvent(
        action=action,
        installation_id=installation_id,
        repository=_repository(event),
        head_sha=group.sha("head_sha"),
        head_ref=group.filled("head_ref"),
        base_sha=group.sha("base_sha"),
        base_ref=group.filled("base_ref"),
    )


def _push(event: Fields) -> PushEvent | None:
    installation_id = _installation_id(event)
    if not installation_id:
        return None
    return PushEvent(
        installation_id=installation_id,
        repository=_repository(event),
        ref=event.filled("ref"),
        before=event.sha("before"),
        after=event.sha("after"),
        default_branch=event.object("repository").text_or("default_branch"),
        created=event.flag("created"),
        deleted=event.flag("deleted"),
        forced=event.flag("forced"),
    )


def _installation(event: Fields) -> InstallationEvent | None:
    action = event.text_or("action")
    if action not in _INSTALLATION_ACTIONS:
        return None
    named = _repositories(event, "repositories")
    return InstallationEvent(
        action=action,
        installation_id=event.object("installation").number("id"),
        account=_account(event),
        added=named if action == "created" else (),
        removed=named if action == "deleted" else (),
    )


def _installation_repositories(event: Fields) -> InstallationEvent | None:
    action = event.text_or("action")
    if action not in _REPOSITORIES_ACTIONS:
        return None
    return InstallationEvent(
        action=action,
        installation_id=event.object("installation").number("id"),
        account=_account(event),
        added=_repositories(event, "repositories_added"),
        removed=_repositories(event, "repositories_removed"),
    )


def _ping(event: Fields) -> PingEvent:
    return PingEvent(event.number_or("hook_id"))


def _installation_id(event: Fields) -> int:
    """Return 0 for a delivery from a plain repository hook: there is no installation to act as."""
    installation = event.object_or_none("installation")
    return installation.number("id") if installation else 0


def _account(event: Fields) -> str:
    account = event.object("installation").object_or_none("account")
    # An enterprise has a slug where users and organisations have a login.
    return (account.text_or("login") or account.text_or("slug")) if account else ""


def _repository(event: Fields) -> RepositoryId:
    return _repository_id(event.object("repository"))


def _repositories(event: Fields, key: str) -> tuple[RepositoryId, ...]:
    return tuple(_repository_id(item) for item in event.objects(key))


def _repository_id(fields: Fields) -> RepositoryId:
    return RepositoryId(fields.number("id"), fields.full_name("full_name"))


_READERS: Mapping[str, Callable[[Fields], Event | None]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "issue_comment": _issue_comment,
    "merge_group": _merge_group,
    "ping": _ping,
    "pull_request": _pull_request,
    "push": _push,
}
