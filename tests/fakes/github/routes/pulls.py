"""Repositories and pull requests: https://docs.github.com/rest/pulls/pulls"""

from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.state import Pull

MAX_FILES, MAX_COMMITS = 3_000, 250


@route("repos/get", "metadata:read")
def get_repository(call: Call) -> Answer:
    return Answer(200, call.payloads.repository(call.repo))


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
