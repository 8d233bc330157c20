"""Reading git: commits, comparisons, trees, blobs, references and files.

https://docs.github.com/rest/git, https://docs.github.com/rest/commits, https://docs.github.com/rest/repos/contents
"""

import base64
import posixpath
from typing import Any

from tests.fakes.github.auth import Refusal
from tests.fakes.github.call import Answer, Call, Page, invalid, not_found, route
from tests.fakes.github.git import Commit, TreeEntry

READ = "contents:read"
MAX_COMPARED_FILES, MAX_COMPARED_COMMITS = 300, 250
MAX_TREE_ENTRIES = 100_000
MAX_CONTENT = 1_000_000
RAW = ("application/vnd.github.raw", "application/vnd.github.raw+json")


@route("repos/get-commit", READ)
def get_commit(call: Call) -> Answer:
    commit = _commit(call, call.params["ref"])
    parent = commit.parents[0] if commit.parents else EMPTY_TREE
    changes = call.repo.git.changes(parent, commit.sha)
    files = [call.git.change(change, commit.sha) for change in changes[:MAX_COMPARED_FILES]]
    counts = {key: sum(item[key] for item in files) for key in ("additions", "deletions")}
    stats = counts | {"total": sum(counts.values())}
    return Answer(200, call.git.commit(commit) | {"files": files, "stats": stats})


@route("git/get-commit", READ)
def get_git_commit(call: Call) -> Answer:
    commit = call.repo.git.commit_of(call.params["commit_sha"])
    if commit is None or commit.sha != call.params["commit_sha"]:
        raise not_found()
    return Answer(200, call.git.git_commit(commit))


@route("repos/compare-commits-with-basehead", READ)
def compare(call: Call) -> Answer:
    """Compare as with three dots: from the merge base to the head."""
    base_name, dots, head_name = call.params["basehead"].partition("...")
    if not dots:
        raise not_found()
    git = call.repo.git
    base, head = (_commit(call, name, missing=not_found()) for name in (base_name, head_name))
    if (start := git.merge_base(base.sha, head.sha)) is None:
        raise not_found()
    ahead, behind = git.log(base.sha, head.sha), git.log(head.sha, base.sha)
    size, page = min(int(call.query.get("per_page", 250)), 250), int(call.query.get("page", 1))
    changes = git.changes(start, head.sha)[:MAX_COMPARED_FILES] if page == 1 else ()
    return Answer(
        200,
        _comparison(call, f"{base_name}...{head_name}")
        | {
            "base_commit": call.git.commit(base),
            "merge_base_commit": call.git.commit(_commit(call, start)),
            "status": _relation(len(ahead), len(behind)),
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": [call.git.commit(commit) for commit in ahead[(page - 1) * size : page * size]],
            "files": [call.git.change(change, head.sha) for change in changes],
        },
    )


def _comparison(call: Call, range_: str) -> dict[str, Any]:
    page = f"{call.git.page}/compare/{range_}"
    return {
        "url": f"{call.git.root}/compare/{range_}",
        "html_url": page,
        "permalink_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
    }


def _relation(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"


@route("git/get-tree", READ)
def get_tree(call: Call) -> Answer:
    git, name = call.repo.git, call.params["tree_sha"]
    found = git.read(f"{git.commit_id(name) or name}^{{tree}}")
    if found is None:
        raise not_found()
    # Any value of `recursive` means yes, even "0" or "false".
    entries = git.tree(found.sha, "recursive" in call.query)
    truncated = call.repo.trees_truncated or len(entries) > MAX_TREE_ENTRIES
    if call.repo.trees_truncated:
        entries = entries[: len(entries) // 2]
    return Answer(200, call.git.tree(found.sha, entries[:MAX_TREE_ENTRIES], truncated=truncated))


@route("git/get-blob", READ)
def get_blob(call: Call) -> Answer:
    sha = call.params["file_sha"]
    blob = call.repo.git.read(sha)
    if blob is None or blob.kind != "blob" or blob.sha != sha:
        raise not_found()
    if call.accept in RAW:
        return Answer(200, blob.data, {"content-type": f"{call.accept}; charset=utf-8"})
    return Answer(200, call.git.blob(blob))


@route("git/get-ref", READ)
def get_ref(call: Call) -> Answer:
    name = f"refs/{call.params['ref']}"
    sha = call.repo.git.refs(name).get(name)
    if sha is None:
        raise not_found()
    return Answer(200, call.git.ref(name, sha))


@route("git/list-matching-refs", READ)
def matching_refs(call: Call) -> Answer:
    found = call.repo.git.refs(f"refs/{call.params['ref']}")
    return Answer(200, [call.git.ref(name, sha) for name, sha in found.items()])


@route("repos/get-content", READ)
def get_content(call: Call) -> Answer | Page:
    """Answer a file with its bytes, or the members of a folder; a symlink to a file gives that file."""
    path = call.params["path"].strip("/")
    commit = _commit(call, call.query.get("ref", call.repo.default_branch))
    entries = call.repo.git.tree(commit.tree, True)
    entry = next((item for item in entries if item.path == path), None)
    if entry is None:
        raise not_found()
    if entry.mode == "120000":
        target = posixpath.normpath(posixpath.join(posixpath.dirname(path), _text(call, entry)))
        entry = next((item for item in entries if item.path == target and item.kind == "blob"), entry)
    if entry.kind == "tree":
        members = [item for item in entries if item.path.rpartition("/")[0] == path]
        return Answer(200, [call.git.content(item.path, item) for item in members])
    return _file(call, path, entry)


def _text(call: Call, entry: TreeEntry) -> str:
    blob = call.repo.git.read(entry.sha)
    return blob.data.decode(errors="surrogateescape") if blob else ""


def _file(call: Call, path: str, entry: TreeEntry) -> Answer:
    blob = call.repo.git.read(entry.sha)
    data = blob.data if blob and entry.kind == "blob" else b""
    if call.accept in RAW:
        return Answer(200, data, {"content-type": f"{call.accept}; charset=utf-8"})
    body = call.git.content(path, entry)
    if entry.mode == "120000":
        return Answer(200, body | {"target": data.decode(errors="replace")})
    if entry.kind == "commit":
        return Answer(200, body | {"submodule_git_url": call.git.page})
    if len(data) > MAX_CONTENT:
        return Answer(200, body | {"content": "", "encoding": "none"})
    return Answer(200, body | {"content": base64.encodebytes(data).decode(), "encoding": "base64"})


def _commit(call: Call, name: str, *, missing: Refusal | None = None) -> Commit:
    git = call.repo.git
    sha = git.commit_id(name.removeprefix("refs/").removeprefix("heads/"))
    commit = git.commit_of(sha) if sha else None
    if commit is None:
        raise missing or invalid(f"No commit found for SHA: {name}")
    return commit


#: Git's well-known empty tree, the parent of a first commit.
EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
