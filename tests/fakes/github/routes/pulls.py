"""Pull requests: https://docs.github.com/rest/pulls/pulls"""

from typing import Any

from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.routes.comments import MAX_BODY
from tests.fakes.github.state import Pull

MAX_FILES, MAX_COMMITS = 3_000, 250
MAX_TITLE = 256


@route("pulls/list", "pull_requests:read")
def list_pulls(call: Call) -> Page:
    found = [pull for pull in call.repo.pulls.values() if _asked(call, pull)]
    newest_first = call.query.get("direction", "desc") == "desc"
    return Page(found[::-1] if newest_first else found, lambda pull: call.payloads.pull(call.repo, pull))


def _asked(call: Call, pull: Pull) -> bool:
    state = call.query.get("state", "open")
    label = f"{pull.head_repo.owner.login}:{pull.head_ref}"
    return (
        state in ("all", pull.state)
        and call.query.get("base", pull.base_ref) == pull.base_ref
        and call.query.get("head", label) == label
    )


@route("pulls/create", "pull_requests:write")
def create_pull(call: Call) -> Answer:
    """Open a pull request between two branches of this repository."""
    git, body, base = call.repo.git, call.body, call.body["base"]
    owner, colon, branch = body["head"].rpartition(":")
    if colon and owner != call.repo.owner.login:
        call.state.violations.append("the bot opened a pull request from somewhere else")
    head = git.refs("refs/heads/").get(f"refs/heads/{branch}")
    for field, found in (("head", head), ("base", git.refs("refs/heads/").get(f"refs/heads/{base}"))):
        if found is None:
            raise invalid("Validation Failed", {"resource": "PullRequest", "field": field, "code": "invalid"})
    _check_words(body)
    assert head is not None
    if any(_is_between(pull, branch, base) for pull in call.repo.pulls.values() if pull.state == "open"):
        said = f"A pull request already exists for {call.repo.owner.login}:{branch}."
        raise invalid("Validation Failed", _custom(said))
    if not git.log(f"refs/heads/{base}", head):
        raise invalid("Validation Failed", _custom(f"No commits between {base} and {branch}"))
    pull = Pull(
        id=call.state.next_id("pull"),
        number=call.repo.next_number(),
        title=body["title"],
        body=body.get("body"),
        user=call.state.bot,
        base_ref=base,
        head_ref=branch,
        head_sha=head,
        head_repo=call.repo,
        created_at=call.state.now(),
        draft=body.get("draft", False),
    )
    call.repo.pulls[pull.number] = pull
    git.set_ref(f"refs/pull/{pull.number}/head", head)
    call.webhooks.queue_pull(call.repo, pull, "opened")
    return Answer(201, call.payloads.pull(call.repo, pull))


@route("pulls/update", "pull_requests:write")
def update_pull(call: Call) -> Answer:
    pull, body = _pull(call), call.body
    if pull.user != call.state.bot:
        call.state.violations.append(f"the bot changed pull request {pull.number} of {pull.user.login}")
    _check_words(body)
    state = body.get("state", pull.state)
    if state == "open" != pull.state:
        _check_reopening(call, pull)
    changes = {
        name: {"from": getattr(pull, name)}
        for name in ("title", "body")
        if name in body and body[name] != getattr(pull, name)
    }
    for name in changes:
        setattr(pull, name, body[name])
    pull.updated_at = call.state.now()
    if changes:
        call.webhooks.queue_pull(call.repo, pull, "edited", changes=changes)
    if state != pull.state:
        closed = state == "closed"
        pull.state = state
        pull.closed_at = call.state.now() if closed else None
        pull.closed_by = call.state.bot if closed else None
        call.webhooks.queue_pull(call.repo, pull, "closed" if closed else "reopened")
    return Answer(200, call.payloads.pull(call.repo, pull))


def _check_reopening(call: Call, pull: Pull) -> None:
    why = "The pull request cannot be reopened." if pull.merged else ""
    if call.repo.git.commit_id(pull.head_ref) is None:
        why = f"state cannot be changed. The {pull.head_ref} branch has been deleted."
    if why:
        raise invalid("Validation Failed", _custom(why))


def _check_words(body: dict[str, Any]) -> None:
    if len(body.get("title") or "") > MAX_TITLE:
        raise invalid("Validation Failed", _custom(f"title is too long (maximum is {MAX_TITLE} characters)"))
    if len(body.get("body") or "") > MAX_BODY:
        raise invalid("Validation Failed", _custom(f"body is too long (maximum is {MAX_BODY} characters)"))


def _custom(message: str) -> dict[str, str]:
    return {"resource": "PullRequest", "code": "custom", "message": message}


def _is_between(pull: Pull, branch: str, base: str) -> bool:
    return (pull.head_ref, pull.base_ref) == (branch, base)


@route("pulls/get", "pull_requests:read")
def get_pull(call: Call) -> Answer:
    return Answer(200, call.payloads.pull(call.repo, _pull(call)))


@route("pulls/list-files", "pull_requests:read")
def list_files(call: Call) -> Page:
    pull = _pull(call)
    changes = call.repo.git.changes(call.payloads.merge_base(call.repo, pull), pull.head_sha)
    return Page(list(changes[:MAX_FILES]), lambda change: call.git.change(change, pull.head_sha))


@route("pulls/list-commits", "pull_requests:read")
def list_commits(call: Call) -> Page:
    pull = _pull(call)
    commits = call.repo.git.log(call.repo.base_sha(pull), pull.head_sha)
    return Page(commits[:MAX_COMMITS], call.git.commit)


@route("repos/list-pull-requests-associated-with-commit", "pull_requests:read", "contents:read")
def list_for_commit(call: Call) -> Page:
    sha = call.repo.git.commit_id(call.params["commit_sha"])
    if sha is None:
        raise invalid(f"No commit found for SHA: {call.params['commit_sha']}")
    found = [pull for pull in call.repo.pulls.values() if _contains(call, pull, sha)]
    return Page(found, lambda pull: call.payloads.pull(call.repo, pull))


def _contains(call: Call, pull: Pull, sha: str) -> bool:
    if pull.head_sha == sha:
        return True
    commits = call.repo.git.log(call.repo.base_sha(pull), pull.head_sha)
    return any(commit.sha == sha for commit in commits)


def _pull(call: Call) -> Pull:
    pull = call.repo.pulls.get(call.number("pull_number"))
    if pull is None:
        raise not_found()
    return pull
