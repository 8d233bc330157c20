"""Writing over the API: what the edge never sends, or sends only when something went wrong before."""

import pytest

HOME = "/repos/octo/shop"


@pytest.fixture
def repo(github):
    return github.repo(files={"Dockerfile": "FROM a\n", "old": "x", ".github/workflows/ci.yml": "on: push\n"})


def tree_of(client, repo, *entries, base=True):
    commit = repo.repository.git.commit_of(repo.head())
    body = {"tree": list(entries)} | ({"base_tree": commit.tree} if base else {})
    return client.post(f"{HOME}/git/trees", json=body)


def file(path, **more):
    return {"path": path, "mode": "100644", "type": "blob"} | more


def test_a_tree_over_another(client, repo):
    made = tree_of(client, repo, file("new", content="é"), file("old", sha=None)).json()
    found = client.get(f"{HOME}/git/trees/{made['sha']}?recursive=1").json()["tree"]
    assert {item["path"] for item in found if item["type"] == "blob"} == {
        "Dockerfile",
        "new",
        ".github/workflows/ci.yml",
    }


def test_a_tree_by_itself(client, repo):
    made = tree_of(client, repo, file("new", content="x"), base=False).json()
    assert [item["path"] for item in made["tree"]] == ["new"]


@pytest.mark.parametrize(
    ("entry", "status"),
    [
        (file("a", sha="1" * 40), 422),
        (file("a"), 422),
        (file("a", sha=None, content="x"), 422),
        (file("../a", content="x"), 422),
        (file(".github/workflows/ci.yml", content="on: pull_request\n"), 403),
        (file(".github/workflows/new.yml", content="x"), 403),
        (file(".github/workflows/ci.yml", content="on: push\n"), 201),
    ],
)
def test_entries_that_are_refused(client, repo, entry, status):
    assert tree_of(client, repo, entry).status_code == status


@pytest.mark.parametrize("own", [{}, {"author": {"name": "Ann", "email": "ann@example.com"}}])
def test_only_a_commit_without_an_author_of_its_own_is_verified(github, client, repo, own):
    commit = repo.repository.git.commit_of(repo.head())
    body = {"message": "Bump", "tree": commit.tree, "parents": [commit.sha]} | own
    made = client.post(f"{HOME}/git/commits", json=body).json()
    assert made["verification"]["verified"] is not bool(own)
    shown = client.get(f"{HOME}/compare/{commit.sha}...{made['sha']}").json()["commits"][0]
    assert (shown["author"] or {}).get("login") == (None if own else github.bot_login)
    assert repo.is_verified(made["sha"]) is not bool(own)


@pytest.mark.parametrize("change", [{"tree": "1" * 40}, {"parents": ["1" * 40]}])
def test_a_commit_of_what_is_not_there(client, repo, change):
    commit = repo.repository.git.commit_of(repo.head())
    body = {"message": "Bump", "tree": commit.tree, "parents": [commit.sha]} | change
    assert client.post(f"{HOME}/git/commits", json=body).status_code == 422


@pytest.mark.parametrize(
    ("ref", "sha", "said"),
    [
        ("refs/heads/main", None, "Reference already exists"),
        ("refs/heads/new", "1" * 40, "Object does not exist"),
        ("heads/new", None, "Reference name must start"),
        ("refs/heads/main/below", None, "Reference update failed"),
    ],
)
def test_references_that_are_refused(client, repo, ref, sha, said):
    refused = client.post(f"{HOME}/git/refs", json={"ref": ref, "sha": sha or repo.head()})
    assert refused.status_code == 422
    assert refused.json()["message"].startswith(said)


def test_a_pull_request_whose_branch_is_gone_cannot_be_opened_again(github, client, repo):
    client.post(f"{HOME}/git/refs", json={"ref": "refs/heads/bump", "sha": repo.head()})
    repo.commit("bump", {"Dockerfile": "FROM b\n"})
    body = {"title": "Bump", "head": "octo:bump", "base": "main"}
    number = client.post(f"{HOME}/pulls", json=body).json()["number"]
    repo.delete_branch("bump")
    assert [(pull.state, pull.closed_by.login) for pull in repo.bot_pulls] == [("closed", "alice")]
    refused = client.patch(f"{HOME}/pulls/{number}", json={"state": "open"})
    assert "has been deleted" in refused.json()["errors"][0]["message"]


def test_a_branch_reset_to_its_base_closes_its_pull_request(client, repo):
    repo.commit("bump", {"Dockerfile": "FROM b\n"})
    client.post(f"{HOME}/pulls", json={"title": "Bump", "head": "bump", "base": "main"})
    client.patch(f"{HOME}/git/refs/heads/bump", json={"sha": repo.head(), "force": True})
    assert repo.bot_pulls[0].state == "closed"


def test_changing_what_others_wrote_is_a_violation(github, client, repo):
    pull = repo.open_pull(files={"Dockerfile": "FROM b\n"})
    client.patch(f"{HOME}/pulls/{pull.number}", json={"title": "Ours now"})
    with pytest.raises(AssertionError, match="pull request 1 of alice"):
        github.check_house()


def test_reading_goes_on_in_an_archived_repository(client, repo):
    repo.archive()
    assert client.get(HOME).json()["archived"] is True
    refused = client.post(f"{HOME}/git/blobs", json={"content": "x"})
    assert (refused.status_code, refused.json()["message"]) == (
        403,
        "Repository was archived so is read-only.",
    )
