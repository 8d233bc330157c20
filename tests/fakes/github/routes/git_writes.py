"""Writing git: blobs, trees, commits and references, https://docs.github.com/rest/git"""

import base64
import binascii
from typing import Any

from tests.fakes.github.auth import refuse
from tests.fakes.github.call import Answer, Call, invalid, route
from tests.fakes.github.git import GitError, GitObject
from tests.fakes.github.moves import Move, check_rules, move
from tests.fakes.github.state import WEB_FLOW

WRITE = "contents:write"
BRANCHES = "refs/heads/"
WORKFLOWS = ".github/workflows/"


@route("git/create-blob", WRITE)
def create_blob(call: Call) -> Answer:
    content = call.body["content"]
    try:
        data = base64.b64decode(content) if call.body.get("encoding") == "base64" else content.encode()
    except binascii.Error:
        raise invalid("content is not valid Base64") from None
    sha = call.repo.git.write_blob(data)
    return Answer(201, {"url": f"{call.git.root}/git/blobs/{sha}", "sha": sha})


@route("git/create-tree", WRITE)
def create_tree(call: Call) -> Answer:
    """Write a tree over `base_tree`, without which all other files are gone; a null SHA deletes."""
    git, base = call.repo.git, call.body.get("base_tree")
    if base is not None and git.read(f"{base}^{{tree}}") is None:
        raise invalid("Validation Failed", _about("GitTree", "base_tree", "invalid"))
    entries = [_entry(call, item) for item in call.body["tree"]]
    _check_workflows(call, base, entries)
    try:
        sha = git.write_tree(base, entries)
    except GitError as error:
        raise invalid(f"tree: {error}") from None
    return Answer(201, call.git.tree(sha, git.tree(sha, False), truncated=False))


def _entry(call: Call, item: dict[str, Any]) -> tuple[str, str, str | None]:
    path, mode = item.get("path", ""), item.get("mode", "")
    if not path or not mode:
        raise invalid("Must supply tree.path and tree.mode")
    if not {"", ".", "..", ".git"}.isdisjoint(path.split("/")):
        raise invalid("tree.path contains a malformed path component")
    if ("content" in item) == ("sha" in item):
        raise invalid("Must supply either tree.sha or tree.content, and not both")
    if "content" in item:
        return path, mode, call.repo.git.write_blob(item["content"].encode())
    sha = item["sha"]
    if sha is not None and _kind(call.repo.git.read(sha)) != item.get("type", "blob"):
        raise invalid(f"tree.sha {sha} is not a valid {item.get('type', 'blob')}")
    return path, mode, sha


def _kind(found: GitObject | None) -> str:
    return found.kind if found else ""


def _check_workflows(call: Call, base: str | None, entries: list[tuple[str, str, str | None]]) -> None:
    """Refuse what no app may change without the permission `workflows`, which we never ask for."""
    for path, _, sha in entries:
        if not path.startswith(WORKFLOWS):
            continue
        there = call.repo.git.read(f"{base}:{path}") if base else None
        if sha != (there.sha if there else None):
            raise refuse(
                403,
                "Resource not accessible by integration",
                X_Accepted_GitHub_Permissions="contents=write,workflows=write",
            )


@route("git/create-commit", WRITE)
def create_commit(call: Call) -> Answer:
    """Write a commit; without an author or a committer GitHub signs it as the App's."""
    git, body = call.repo.git, call.body
    if _kind(git.read(body["tree"])) != "tree":
        raise invalid("Tree SHA does not exist")
    for parent in body.get("parents", ()):
        if _kind(git.read(parent)) != "commit":
            raise invalid("Parent SHA does not exist or is not a commit object")
    author, committer = (_identity(body.get(role)) for role in ("author", "committer"))
    ours = call.state.bot.identity
    sha = git.write_commit(
        body["tree"],
        tuple(body.get("parents", ())),
        body["message"],
        author or committer or ours,
        committer or author or WEB_FLOW,
    )
    if not author and not committer:
        call.repo.signed.add(sha)
    commit = git.commit_of(sha)
    assert commit is not None
    return Answer(201, call.git.git_commit(commit))


def _identity(who: dict[str, str] | None) -> str:
    return f"{who['name']} <{who['email']}>" if who else ""


@route("git/create-ref", WRITE)
def create_ref(call: Call) -> Answer:
    name, sha = call.body["ref"], call.body["sha"]
    if not name.startswith("refs/") or name.count("/") < 2:
        raise invalid("Reference name must start with 'refs/' and contain at least two slashes.")
    if name in call.repo.git.refs(name):
        raise invalid("Reference already exists")
    if _kind(call.repo.git.read(sha)) != "commit":
        raise invalid("Object does not exist")
    check_rules(call.repo, name.removeprefix(BRANCHES), "create")
    _move(call, name, sha)
    return Answer(201, call.git.ref(name, sha))


@route("git/update-ref", WRITE)
def update_ref(call: Call) -> Answer:
    name, before = _ref(call)
    sha = call.body["sha"]
    if _kind(call.repo.git.read(sha)) != "commit":
        raise invalid("Object does not exist")
    check_rules(call.repo, name.removeprefix(BRANCHES), "update")
    if not call.body.get("force", False) and not call.repo.git.contains(sha, before):
        raise invalid("Update is not a fast forward")
    if sha != before:
        _move(call, name, sha)
    return Answer(200, call.git.ref(name, sha))


@route("git/delete-ref", WRITE)
def delete_ref(call: Call) -> Answer:
    name, _ = _ref(call)
    branch = name.removeprefix(BRANCHES)
    check_rules(call.repo, branch, "delete")
    if branch == call.repo.default_branch:
        raise invalid("Cannot delete the default branch")
    _move(call, name, None)
    return Answer(204)


def _ref(call: Call) -> tuple[str, str]:
    name = f"refs/{call.params['ref']}"
    sha = call.repo.git.refs(name).get(name)
    if sha is None:
        raise invalid("Reference does not exist")
    return name, sha


def _move(call: Call, name: str, sha: str | None) -> None:
    if not name.startswith(BRANCHES):
        call.state.violations.append(f"the bot changed {name}, which is not a branch")
        raise invalid("Reference update failed")
    try:
        done = move(call.webhooks.events, call.repo, name.removeprefix(BRANCHES), sha, call.state.bot)
    except GitError:
        # `a/b` beside a branch `a`, or a name that git does not take.
        raise invalid("Reference update failed") from None
    _tell(call, done)


def _tell(call: Call, done: Move) -> None:
    for event, payload in done.told:
        call.webhooks.queue(event, payload, call.repo)


def _about(resource: str, field: str, code: str) -> dict[str, str]:
    return {"resource": resource, "field": field, "code": code}
