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
    PullRequestEvent,
    PushEvent,
    RepositoryId,
)
from bot.github.errors import MalformedPayload
from bot.github.fields import Fields
from bot.github.moments import moment

_ACTIONS: Mapping[str, frozenset[str]] = {
    "check_run": frozenset({"rerequested", "requested_action"}),
    "check_suite": frozenset({"rerequested"}),
    "installation": frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"}),
    "installation_repositories": frozenset({"added", "removed"}),
    "issue_comment": frozenset({"created"}),
    "merge_group": frozenset({"checks_requested", "destroyed"}),
    "pull_request": frozenset({"opened", "synchronize", "reopened", "ready_for_review", "edited", "closed"}),
    # The one event without an action.
    "push": frozenset({""}),
}


def concerns(name: str, action: str) -> bool:
    """Whether an event of this kind may ask something of us."""
    return action in _ACTIONS.get(name, ())


def parse_event(name: str, payload: Mapping[str, Any]) -> Event | None:
    """Read one delivery; None when it is no concern of ours, MalformedPayload when it cannot be read."""
    event = Fields.of(payload, MalformedPayload, name)
    if name not in _READERS or not concerns(name, event.text_or("action")):
        return None
    return _READERS[name](event)


def _pull_request(event: Fields) -> PullRequestEvent | None:
    action, installation_id = event.text("action"), _installation_id(event)
    if not installation_id or (action == "edited" and not _base_changed(event)):
        return None
    pull, sender = event.object("pull_request"), event.object_or_none("sender")
    head, base = pull.object("head"), pull.object("base")
    return PullRequestEvent(
        action=action,
        installation_id=installation_id,
        repository=_repository(event),
        number=pull.number("number"),
        head_sha=head.sha("sha"),
        base_ref=base.filled("ref"),
        base_sha=base.sha("sha"),
        updated_at=moment(pull, "updated_at"),
        head_ref=head.text_or("ref"),
        merged=pull.flag_or("merged"),
        sender=sender.text_or("login") if sender else "",
    )


def _base_changed(event: Fields) -> bool:
    changes = event.object_or_none("changes")
    return changes is not None and changes.object_or_none("base") is not None


def _issue_comment(event: Fields) -> CommentEvent | None:
    installation_id = _installation_id(event)
    if not installation_id:
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
    installation_id = _installation_id(event)
    if not installation_id:
        return None
    run, sender = event.object("check_run"), event.object_or_none("sender")
    app, button = run.object_or_none("app"), event.object_or_none("requested_action")
    return CheckRunEvent(
        action=event.text("action"),
        installation_id=installation_id,
        repository=_repository(event),
        head_sha=run.sha("head_sha"),
        app_id=app.number("id") if app else 0,
        sender=sender.text_or("login") if sender else "",
        identifier=button.text_or("identifier") if button else "",
    )


def _check_suite(event: Fields) -> CheckRunEvent | None:
    """Read "Re-run all checks", which names the suite instead of its runs."""
    installation_id = _installation_id(event)
    if not installation_id:
        return None
    suite, sender = event.object("check_suite"), event.object_or_none("sender")
    app = suite.object_or_none("app")
    return CheckRunEvent(
        action="rerequested",
        installation_id=installation_id,
        repository=_repository(event),
        head_sha=suite.sha("head_sha"),
        app_id=app.number("id") if app else 0,
        sender=sender.text_or("login") if sender else "",
        identifier="",
    )


def _merge_group(event: Fields) -> MergeGroupEvent | None:
    installation_id = _installation_id(event)
    if not installation_id:
        return None
    group = event.object("merge_group")
    return MergeGroupEvent(
        action=event.text("action"),
        installation_id=installation_id,
        repository=_repository(event),
        head_sha=group.sha("head_sha"),
        head_ref=group.filled("head_ref"),
        base_sha=group.sha("base_sha"),
        base_ref=group.filled("base_ref"),
    )


def _push(event: Fields) -> PushEvent | None:
    installation_id, ref = _installation_id(event), event.filled("ref")
    if not installation_id or not ref.startswith("refs/heads/"):
        return None
    sender = event.object_or_none("sender")
    return PushEvent(
        installation_id=installation_id,
        repository=_repository(event),
        ref=ref,
        before=event.sha("before"),
        after=event.sha("after"),
        created=event.flag_or("created"),
        deleted=event.flag_or("deleted"),
        forced=event.flag_or("forced"),
        default_branch=event.object("repository").filled("default_branch"),
        pusher=sender.text_or("login") if sender else "",
    )


def _installation(event: Fields) -> InstallationEvent:
    action = event.text("action")
    named = _repositories(event, "repositories")
    return InstallationEvent(
        action=action,
        installation_id=event.object("installation").number("id"),
        account=_account(event),
        added=named if action == "created" else (),
        removed=named if action == "deleted" else (),
    )


def _installation_repositories(event: Fields) -> InstallationEvent:
    return InstallationEvent(
        action=event.text("action"),
        installation_id=event.object("installation").number("id"),
        account=_account(event),
        added=_repositories(event, "repositories_added"),
        removed=_repositories(event, "repositories_removed"),
    )


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
    return tuple(_repository_id(item) for item in event.objects_or_none(key) or ())


def _repository_id(fields: Fields) -> RepositoryId:
    return RepositoryId(fields.number("id"), fields.full_name("full_name"))


_READERS: Mapping[str, Callable[[Fields], Event | None]] = {
    "check_run": _check_run,
    "check_suite": _check_suite,
    "installation": _installation,
    "installation_repositories": _installation_repositories,
    "issue_comment": _issue_comment,
    "merge_group": _merge_group,
    "pull_request": _pull_request,
    "push": _push,
}
