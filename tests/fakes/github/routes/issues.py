"""Issues and labels: https://docs.github.com/rest/issues"""

from typing import Any

from tests.fakes.github.auth import LEVELS, refuse
from tests.fakes.github.call import Answer, Call, Page, invalid, route
from tests.fakes.github.routes.comments import MAX_BODY, issue_or_pull
from tests.fakes.github.state import Issue, Pull

READ = ("issues:read", "pull_requests:read")
WRITE = ("issues:write", "pull_requests:write")
MAX_TITLE, MAX_LABEL = 256, 50


@route("issues/list-for-repo", "issues:read")
def list_issues(call: Call) -> Page:
    """List issues, and pull requests as the issues that they are, newest first."""
    _check_enabled(call)
    items: list[Pull | Issue] = [*call.repo.issues.values(), *call.repo.pulls.values()]
    found = sorted((item for item in items if _asked(call, item)), key=lambda item: item.number)
    newest_first = call.query.get("direction", "desc") == "desc"
    return Page(found[::-1] if newest_first else found, lambda item: call.payloads.issue(call.repo, item))


def _asked(call: Call, item: Pull | Issue) -> bool:
    labels = {name for name in call.query.get("labels", "").split(",") if name}
    return (
        call.query.get("state", "open") in ("all", item.state)
        and call.query.get("creator", item.user.login) == item.user.login
        and labels <= set(item.labels)
    )


@route("issues/get", *READ)
def get_issue(call: Call) -> Answer:
    return Answer(200, call.payloads.issue_alone(call.repo, issue_or_pull(call)))


@route("issues/create", "issues:write")
def create_issue(call: Call) -> Answer:
    _check_enabled(call)
    _check_words(call.body)
    now, names = call.state.now(), [_name(item) for item in call.body.get("labels", ())]
    _make_labels(call, names)
    issue = Issue(
        id=call.state.next_id("issue"),
        number=call.repo.next_number(),
        title=str(call.body["title"]),
        body=call.body.get("body"),
        user=call.state.bot,
        created_at=now,
        updated_at=now,
        labels=names,
        by_app=True,
    )
    call.repo.issues[issue.number] = issue
    return Answer(201, call.payloads.issue_alone(call.repo, issue))


@route("issues/update", *WRITE)
def update_issue(call: Call) -> Answer:
    item = issue_or_pull(call)
    if isinstance(item, Pull):
        call.state.violations.append("the bot changed a pull request as an issue")
        raise invalid("Validation Failed")
    if not item.by_app:
        call.state.violations.append(f"the bot changed issue {item.number} of {item.user.login}")
    _check_words(call.body)
    for name in ("title", "body", "state_reason"):
        if name in call.body:
            setattr(item, name, call.body[name])
    state = call.body.get("state", item.state)
    if state != item.state:
        closed = state == "closed"
        item.state, item.closed_by = state, call.state.bot if closed else None
        item.closed_at = call.state.now() if closed else None
        item.state_reason = call.body.get("state_reason", "completed" if closed else "reopened")
    item.updated_at = call.state.now()
    return Answer(200, call.payloads.issue_alone(call.repo, item))


@route("issues/add-labels", *WRITE)
def add_labels(call: Call) -> Answer:
    """Add labels; those that do not exist are made, which takes `issues: write`."""
    item = issue_or_pull(call)
    given = call.body["labels"] if isinstance(call.body, dict) else call.body
    names = [_name(label) for label in given]
    _make_labels(call, names)
    for name in names:
        if name not in item.labels:
            item.labels.append(name)
            if isinstance(item, Pull):
                label = call.payloads.label(call.repo, name)
                call.webhooks.queue_pull(call.repo, item, "labeled", label=label)
    return Answer(200, [call.payloads.label(call.repo, name) for name in item.labels])


def _name(label: Any) -> str:
    return label if isinstance(label, str) else str(label["name"])


def _make_labels(call: Call, names: list[str]) -> None:
    for name in names:
        if len(name) > MAX_LABEL or not name.strip():
            raise invalid("Validation Failed", {"resource": "Label", "field": "name", "code": "invalid"})
    missing = [name for name in names if name not in call.repo.labels]
    assert call.token is not None
    if missing and LEVELS.get(call.token.permissions.get("issues", ""), 0) < LEVELS["write"]:
        raise refuse(
            403,
            "You do not have permission to create labels on this repository.",
            {"resource": "Repository", "field": "label", "code": "unauthorized"},
        )
    for name in missing:
        call.repo.labels[name] = call.state.next_id("label")


def _check_enabled(call: Call) -> None:
    if not call.repo.has_issues:
        raise refuse(410, "Issues has been disabled in this repository.")


def _check_words(body: dict[str, Any]) -> None:
    if len(str(body.get("title") or "")) > MAX_TITLE:
        raise invalid("Validation Failed", f"title is too long (maximum is {MAX_TITLE} characters)")
    if len(body.get("body") or "") > MAX_BODY:
        raise invalid("Validation Failed", f"body is too long (maximum is {MAX_BODY} characters)")
