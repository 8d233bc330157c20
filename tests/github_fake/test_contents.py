"""Reading git over the API: the answers are git's own."""

import base64
import hashlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fakes.github.git import GitRepository

FILES = {
    "Dockerfile": "FROM a\n",
    "run.sh": ("100755", b"#!/bin/sh\n"),
    "link": ("120000", b"Dockerfile"),
    "deep/er/file": "x",
    "100% odd#1?": "y",
    "vendor": ("160000", b"1" * 40),
}


@pytest.fixture
def repo(github):
    return github.repo(files=FILES)


def test_tree_modes_and_blobs(github, client, repo):
    commit = client.get(f"/repos/octo/shop/git/commits/{repo.head()}").json()
    tree = client.get(f"/repos/octo/shop/git/trees/{commit['tree']['sha']}?recursive=1").json()
    modes = {entry["path"]: entry["mode"] for entry in tree["tree"]}
    assert modes == {
        "100% odd#1?": "100644",
        "Dockerfile": "100644",
        "deep": "040000",
        "deep/er": "040000",
        "deep/er/file": "100644",
        "link": "120000",
        "run.sh": "100755",
        "vendor": "160000",
    }
    sha = next(entry["sha"] for entry in tree["tree"] if entry["path"] == "Dockerfile")
    assert sha == hashlib.sha1(b"blob 7\0FROM a\n", usedforsecurity=False).hexdigest()
    blob = client.get(f"/repos/octo/shop/git/blobs/{sha}").json()
    assert base64.b64decode(blob["content"]) == b"FROM a\n"
    github.check_house()


def test_a_tree_can_be_truncated(client, repo):
    repo.repository.trees_truncated = True
    tree = client.get(f"/repos/octo/shop/git/trees/{repo.head()}?recursive=1").json()
    assert tree["truncated"]
    assert len(tree["tree"]) == 4


@pytest.mark.parametrize(
    ("path", "status", "content"),
    [
        ("Dockerfile", 200, b"FROM a\n"),
        ("link", 200, b"FROM a\n"),
        ("deep%2Fer/file", 200, b"x"),
        ("100%25%20odd%231%3F", 200, b"y"),
        ("none", 404, None),
    ],
)
def test_contents(github, client, repo, path, status, content):
    answer = client.get(f"/repos/octo/shop/contents/{path}")
    assert answer.status_code == status
    if content is not None:
        assert base64.b64decode(answer.json()["content"]) == content
        raw = client.get(
            f"/repos/octo/shop/contents/{path}", headers={"accept": "application/vnd.github.raw"}
        )
        assert raw.content == content
    github.check_house()


def test_a_folder_lists_its_members(github, client, repo):
    assert [item["name"] for item in client.get("/repos/octo/shop/contents/deep").json()] == ["er"]
    assert client.get("/repos/octo/shop/contents/vendor").json()["type"] == "submodule"
    github.check_house()


def test_compare_has_three_dots(github, client):
    lines = "".join(f"line {number}\n" for number in range(30))
    repo = github.repo(files={"old/Dockerfile": lines, "gone": "x", "same": "y"})
    start = repo.head()
    pull = repo.open_pull(
        rename={"old/Dockerfile": "new/Dockerfile"}, delete=["gone"], files={"bin": b"\0\1", "same": "z"}
    )
    repo.commit(files={"later": "on main only"})
    answer = client.get(f"/repos/octo/shop/compare/main...{pull.head_sha}").json()
    assert answer["merge_base_commit"]["sha"] == start
    assert (answer["status"], answer["ahead_by"], answer["behind_by"]) == ("diverged", 1, 1)
    files = {item["filename"]: item for item in answer["files"]}
    assert {path: item["status"] for path, item in files.items()} == {
        "new/Dockerfile": "renamed",
        "gone": "removed",
        "bin": "added",
        "same": "modified",
    }
    assert files["new/Dockerfile"]["previous_filename"] == "old/Dockerfile"
    assert "patch" not in files["bin"]
    assert files["same"]["patch"].startswith("@@ -1 +1 @@\n-y\n")
    listed = client.get(f"/repos/octo/shop/pulls/{pull.number}/files").json()
    assert listed == answer["files"]
    github.check_house()


def test_a_change_of_type_keeps_patches_with_their_files(github, client):
    repo = github.repo(files={"a": "1", "b": "2", "c": "3"})
    pull = repo.open_pull(files={"a": "9", "b": ("120000", b"a"), "c": "8"})
    files = client.get(f"/repos/octo/shop/pulls/{pull.number}/files").json()
    assert [(item["filename"], item["status"]) for item in files] == [
        ("a", "modified"),
        ("b", "changed"),
        ("c", "modified"),
    ]
    assert "+8" in files[2]["patch"]


def test_commit_and_ref(github, client):
    repo = github.repo(files={"a": "1"})
    sha = repo.commit("feature/x", {"a": "2\n"})
    commit = client.get("/repos/octo/shop/commits/feature/x").json()
    assert (commit["sha"], commit["stats"]) == (sha, {"additions": 1, "deletions": 1, "total": 2})
    ref = client.get("/repos/octo/shop/git/ref/heads/feature/x").json()
    assert ref["object"]["sha"] == sha
    assert client.get("/repos/octo/shop/git/ref/heads/feature").status_code == 404
    assert client.get("/repos/octo/shop/commits/main").json()["stats"]["additions"] == 1
    github.check_house()


def test_the_head_of_a_fork_can_be_read_in_the_base_repository(github, client):
    pull = github.repo(files={"a": "1"}).open_pull(files={"a": "2"}, fork=True, author="mallory")
    seen = client.get(f"/repos/octo/shop/pulls/{pull.number}").json()
    assert (seen["head"]["repo"]["full_name"], seen["base"]["repo"]["full_name"]) == (
        "mallory/shop",
        "octo/shop",
    )
    assert client.get(f"/repos/octo/shop/git/commits/{pull.head_sha}").status_code == 200
    assert client.get("/repos/mallory/shop").status_code == 404
    ref = client.get(f"/repos/octo/shop/git/ref/pull/{pull.number}/head").json()
    assert ref["object"]["sha"] == pull.head_sha


NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=20)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES.filter(lambda name: name.lower() not in {".", "..", ".git"}), data=st.binary(max_size=50))
def test_any_file_name_and_content_survive(scratch, name, data):
    branch = scratch.commit("main", files={f"folder-{name}/{name}": data})
    found = {entry.path: entry.sha for entry in scratch.tree(branch, True) if entry.kind == "blob"}
    assert list(found) == [f"folder-{name}/{name}"]
    assert scratch.read(found[f"folder-{name}/{name}"]).data == data


@pytest.fixture(scope="module")
def scratch(tmp_path_factory):
    repository = GitRepository(tmp_path_factory.mktemp("git") / "scratch.git")
    yield repository
    repository.close()
