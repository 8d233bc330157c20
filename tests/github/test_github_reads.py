"""Pull requests, files and permissions, as GitHub answers them in good and odd cases."""

import base64
import hashlib

import httpx
import pytest

from bot.github import contents, pulls, trees
from bot.github.blobs import MOST_KEPT, MOST_KEPT_EACH
from bot.github.collaborators import Permission, permission
from bot.github.contents import TooLarge
from bot.github.errors import NotFound, UnexpectedAnswer
from bot.trees import TreeEntry
from tests.github.stand_in import BASE, HEAD, INSTALLATION, REPOSITORY, status, times

REPO = "/repos/org/shop"


def pull_json(number=7, sha=HEAD, source=REPOSITORY, **fields):
    repo = {"id": source, "full_name": "org/shop" if source == REPOSITORY else "fork/shop"}
    return {
        "number": number,
        "state": "open",
        "title": "Bump",
        "user": {"login": "ann"},
        "head": {"sha": sha, "ref": "topic", "repo": repo if source else None},
        "base": {"sha": BASE, "ref": "main", "repo": {"id": REPOSITORY, "full_name": "org/shop"}},
        "updated_at": "1970-01-01T00:01:30Z",
    } | fields


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (pull_json(), {"is_fork": False, "head_repository": "org/shop", "draft": False, "merged": False}),
        (pull_json(source=12), {"is_fork": True, "head_repository": "fork/shop"}),
        (pull_json(source=None), {"is_fork": True, "head_repository": None}),
        (pull_json(user=None), {"author": ""}),
        (pull_json(draft=True), {"draft": True}),
        (pull_json(state="closed", merged=True), {"merged": True, "is_open": False}),
        (pull_json(state="closed", merged_at="2025-01-01T00:00:00Z"), {"merged": True}),
    ],
)
async def test_a_pull_request(github, repo, given, wanted):
    github.answers[f"GET {REPO}/pulls/7"] = given
    pull = await pulls.get(repo, 7)
    assert {key: getattr(pull, key) for key in wanted} == wanted
    assert (pull.number, pull.head_sha, pull.base_ref, pull.base_sha) == (7, HEAD, "main", BASE)
    assert pull.updated_at == 90.0


@pytest.mark.parametrize(
    "given",
    [
        [],
        "text",
        pull_json(head=None),
        pull_json(number="7"),
        pull_json(number=True),
        pull_json(sha="x"),
        pull_json(updated_at="now"),
    ],
)
async def test_an_unreadable_pull_request_is_said_to_be_one(github, repo, given):
    github.answers[f"GET {REPO}/pulls/7"] = given
    with pytest.raises(UnexpectedAnswer):
        await pulls.get(repo, 7)


OTHER = "c" * 40
BY_COMMIT, ALL_OPEN = f"GET {REPO}/commits/{HEAD}/pulls", f"GET {REPO}/pulls"


@pytest.mark.parametrize(
    ("of_commit", "listed", "numbers"),
    [
        ([pull_json(9), pull_json(7)], [], (7, 9)),
        ([pull_json(7), pull_json(8, sha=OTHER), pull_json(9, state="closed")], [], (7,)),
        ([], [pull_json(7, source=12), pull_json(8, sha=OTHER)], (7,)),
        (status(422, "No commit found"), [pull_json(7)], (7,)),
        (status(404), [], ()),
    ],
)
async def test_the_open_pull_requests_with_a_head(github, repo, of_commit, listed, numbers):
    github.answers |= {BY_COMMIT: of_commit, ALL_OPEN: listed}
    found = await pulls.list_open_with_head(repo, HEAD)
    assert tuple(pull.number for pull in found) == numbers


async def test_a_comparison(github, repo):
    files = [
        {"filename": "b", "status": "renamed", "previous_filename": "a", "sha": OTHER},
        {"filename": "sub", "status": "modified", "sha": None},
    ]
    github.answers[f"GET {REPO}/compare/{BASE}...{HEAD}"] = {
        "merge_base_commit": {"sha": OTHER},
        "files": files,
    }
    result = await contents.compare(repo, BASE, HEAD)
    assert (result.merge_base_sha, result.complete) == (OTHER, True)
    assert result.files[0] == contents.ComparedFile("b", "renamed", "a", OTHER)
    assert result.files[1].sha is None


async def test_a_comparison_of_three_hundred_files_may_lack_some(github, repo):
    files = [{"filename": f"f{n}", "status": "added", "sha": OTHER} for n in range(300)]
    github.answers[f"GET {REPO}/compare/{BASE}...{HEAD}"] = {
        "merge_base_commit": {"sha": OTHER},
        "files": files,
    }
    assert not (await contents.compare(repo, BASE, HEAD)).complete


def tree_json(*entries, truncated=False):
    listed = [{"path": p, "mode": "100644", "type": t, "sha": s, "size": 3} for p, t, s in entries]
    return {"sha": OTHER, "tree": listed, "truncated": truncated}


async def test_a_tree_comes_at_once(github, repo):
    github.answers[f"GET {REPO}/git/trees/{HEAD}"] = tree_json(("a/Dockerfile", "blob", OTHER))
    tree = await contents.tree(repo, HEAD)
    assert tree.complete
    assert tree.entries["a/Dockerfile"] == TreeEntry("100644", "blob", OTHER, 3)
    assert len(github.asked("GET", HEAD)) == 1


def big_tree(depth_sha="d" * 40, deep_truncated=False):
    def top(request):
        whole = "recursive" in request.url.params
        body = tree_json(("x", "blob", OTHER), ("d", "tree", depth_sha), truncated=whole)
        return httpx.Response(200, json=body)

    def deep(request):
        cut = "recursive" in request.url.params or deep_truncated
        return httpx.Response(200, json=tree_json(("y", "blob", OTHER), truncated=cut))

    return {f"GET {REPO}/git/trees/{HEAD}": top, f"GET {REPO}/git/trees/{depth_sha}": deep}


@pytest.mark.parametrize("deep_truncated", [False, True])
async def test_a_truncated_tree_is_walked(github, repo, deep_truncated):
    github.answers |= big_tree(deep_truncated=deep_truncated)
    tree = await contents.tree(repo, HEAD)
    assert set(tree.entries) == {"x", "d", "d/y"}
    assert tree.complete is not deep_truncated


@pytest.mark.parametrize("where", ["", "top", "deep"])
async def test_a_path_that_is_listed_twice_proves_nothing(github, repo, where):
    """To git a path is bytes. In GitHub's text two paths may be one, and hide a file, or a folder, from us."""
    folder = "d" * 40
    twice = [("\ufffd", "blob", OTHER), ("\ufffd", "blob", BASE)]

    def top(request):
        odd = twice if where == "top" else []
        return httpx.Response(
            200, json=tree_json(("d", "tree", folder), *odd, truncated="recursive" in request.url.params)
        )

    if where:
        github.answers[f"GET {REPO}/git/trees/{HEAD}"] = top
        github.answers[f"GET {REPO}/git/trees/{folder}"] = tree_json(*(twice if where == "deep" else []))
    else:
        github.answers[f"GET {REPO}/git/trees/{HEAD}"] = tree_json(*twice)
    tree = await contents.tree(repo, HEAD)
    assert "two files under one path" in tree.incomplete


async def test_a_walk_has_an_end(github, repo):
    loop = {
        "request": lambda request: httpx.Response(200, json=tree_json(("d", "tree", HEAD), truncated=True))
    }
    github.answers[f"GET {REPO}/git/trees/{HEAD}"] = loop["request"]
    tree = await contents.tree(repo, HEAD)
    assert not tree.complete
    assert len(github.asked("GET", HEAD)) <= trees.MOST_REQUESTS + 2


def blob_json(data: bytes, **fields):
    sha = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    content = base64.encodebytes(data).decode()
    return sha, {"sha": sha, "size": len(data), "encoding": "base64", "content": content} | fields


@pytest.mark.parametrize("data", [b"", b"FROM scratch\n", bytes(range(256)) * 10])
async def test_a_blob(github, repo, data):
    sha, answer = blob_json(data)
    github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    assert await contents.blob(repo, sha, 4096) == data


async def test_a_blob_beyond_the_limit_is_not_empty(github, repo):
    sha, answer = blob_json(b"x" * 100)
    github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    assert await contents.blob(repo, sha, 99) == TooLarge(100)


async def test_a_blob_is_asked_for_once(github):
    app = github.app()
    repo = app.repository(INSTALLATION, "org/shop", REPOSITORY)
    sha, answer = blob_json(b"x" * 100)
    github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    assert [await contents.blob(repo, sha, 100) for _ in range(2)] == [b"x" * 100] * 2
    # It is kept for who has another handle on the same repository, and is as large as it was.
    assert await contents.blob(app.repository(INSTALLATION, "org/shop", REPOSITORY), sha, 99) == TooLarge(100)
    assert len(github.asked("GET", sha)) == 1


async def test_a_blob_of_another_repository_is_asked_for_there(github):
    app = github.app()
    sha, answer = blob_json(b"FROM scratch\n")
    github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    await contents.blob(app.repository(INSTALLATION, "org/shop", REPOSITORY), sha, 4096)
    with pytest.raises(NotFound):
        await contents.blob(app.repository(INSTALLATION, "org/other", REPOSITORY + 1), sha, 4096)


async def test_what_is_kept_of_blobs_is_bounded(github, repo):
    blobs = [blob_json(bytes([number]) * MOST_KEPT_EACH) for number in range(MOST_KEPT // MOST_KEPT_EACH + 1)]
    blobs.append(blob_json(b"x" * (MOST_KEPT_EACH + 1)))
    for sha, answer in blobs:
        github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    for _ in range(2):
        for sha, _ in blobs[1:]:
            await contents.blob(repo, sha, 4 * MOST_KEPT_EACH)
    asked = [len(github.asked("GET", sha)) for sha, _ in blobs[1:]]
    assert asked == [1] * (len(blobs) - 2) + [2]
    for sha, _ in blobs[:2]:
        await contents.blob(repo, sha, MOST_KEPT_EACH)
    assert len(github.asked("GET", blobs[1][0])) == 2


@pytest.mark.parametrize(
    "wrong", [{"content": "AAAA"}, {"content": "A"}, {"content": "", "encoding": "none"}, {"content": None}]
)
async def test_another_blob_is_not_believed(github, repo, wrong):
    sha, answer = blob_json(b"FROM scratch\n", **wrong)
    github.answers[f"GET {REPO}/git/blobs/{sha}"] = answer
    with pytest.raises(UnexpectedAnswer):
        await contents.blob(repo, sha, 4096)


@pytest.mark.parametrize("branch", ["main", "release/1.0", "fix#12", "100%", "a%2fb", "ünïcode"])
async def test_the_tip_of_a_branch_of_any_name(github, repo, branch):
    github.answers[f"GET {REPO}/git/ref/heads/{branch}"] = {"object": {"sha": HEAD, "type": "commit"}}
    assert await contents.branch_tip(repo, branch) == HEAD


@pytest.mark.parametrize("branch", ["", "..", "../../../app", "gone"])
async def test_a_branch_that_is_not_there(repo, branch):
    with pytest.raises(NotFound):
        await contents.branch_tip(repo, branch)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ({"permission": "admin", "role_name": "admin"}, Permission.ADMIN),
        ({"permission": "write", "role_name": "maintain"}, Permission.MAINTAIN),
        ({"permission": "read", "role_name": "triage"}, Permission.TRIAGE),
        ({"permission": "write", "role_name": "our-own-role"}, Permission.WRITE),
        ({"permission": "read"}, Permission.READ),
        ({"permission": "none", "role_name": "none"}, Permission.NONE),
        ({"permission": "something", "role_name": None}, Permission.NONE),
        (status(404), Permission.NONE),
    ],
)
async def test_what_a_person_may_do(github, repo, answer, wanted):
    github.answers[f"GET {REPO}/collaborators/ann/permission"] = answer
    assert await permission(repo, "ann") is wanted


@pytest.mark.parametrize("user", ["", "ann/../bob", "dependabot[bot]", "a?b", "x" * 200])
async def test_who_cannot_be_a_person_may_do_nothing(github, repo, user):
    assert await permission(repo, user) is Permission.NONE
    assert github.seen == []


def test_permissions_are_ordered():
    assert Permission.NONE < Permission.READ < Permission.TRIAGE < Permission.WRITE
    assert Permission.WRITE < Permission.MAINTAIN < Permission.ADMIN


async def test_another_answer_than_json_is_said_to_be_one(github, repo):
    github.before.append(times(1, lambda request: httpx.Response(200, text="<html>"), "GET", "/pulls/7"))
    with pytest.raises(UnexpectedAnswer, match="not JSON"):
        await pulls.get(repo, 7)
