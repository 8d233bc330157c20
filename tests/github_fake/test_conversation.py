"""Pull requests, comments, reactions, roles, and paging through them."""

import pytest


@pytest.fixture
def repo(github):
    return github.repo(files={"a": "1"})


def test_a_list_is_followed_through_its_links(github, client, repo):
    pull = repo.open_pull(files={"a": "2"})
    for number in range(65):
        pull.comment(f"comment {number}")
    seen, url = [], f"/repos/octo/shop/issues/{pull.number}/comments"
    while url:
        page = client.get(url)
        seen += [item["body"] for item in page.json()]
        url = page.links.get("next", {}).get("url")
        assert url is None or f"/repositories/{repo.id}/issues" in url
    assert seen == [f"comment {number}" for number in range(65)]
    github.check_house()


@pytest.mark.parametrize(("length", "status"), [(65_536, 201), (65_537, 422)])
def test_the_longest_comment(client, repo, length, status):
    pull = repo.open_pull(files={"a": "2"})
    path = f"/repos/octo/shop/issues/{pull.number}/comments"
    assert client.post(path, json={"body": "x" * length}).status_code == status


def test_a_comment_is_edited_in_place(github, client, repo):
    pull = repo.open_pull(files={"a": "2"})
    made = client.post(f"/repos/octo/shop/issues/{pull.number}/comments", json={"body": "one"}).json()
    assert made["user"]["login"] == "plimsoll[bot]"
    assert made["user"]["url"].endswith("/users/plimsoll%5Bbot%5D")
    assert made["performed_via_github_app"]["id"] == github.app_id
    client.patch(f"/repos/octo/shop/issues/comments/{made['id']}", json={"body": "two"})
    assert pull.bot_comment == "two"
    assert client.get(f"/repos/octo/shop/issues/comments/{made['id']}").json()["body"] == "two"
    github.check_house()


def test_touching_the_comment_of_a_person_is_noted(github, client, repo):
    comment = repo.open_pull(files={"a": "2"}).comment("mine")
    client.patch(f"/repos/octo/shop/issues/comments/{comment.id}", json={"body": "yours"})
    assert len(github.violations) == 1


def test_the_same_reaction_counts_once(github, client, repo):
    comment = repo.open_pull(files={"a": "2"}).comment("/rescan")
    path = f"/repos/octo/shop/issues/comments/{comment.id}/reactions"
    statuses = [client.post(path, json={"content": "eyes"}).status_code for _ in range(2)]
    assert (statuses, comment.reactions) == ([201, 200], ["eyes"])
    assert [item["content"] for item in client.get(path).json()] == ["eyes"]
    github.check_house()


@pytest.mark.parametrize(
    ("role", "level"),
    [("admin", "admin"), ("maintain", "write"), ("write", "write"), ("triage", "read"), ("none", "none")],
)
def test_roles_and_the_older_levels(github, client, repo, role, level):
    repo.set_permission("bob", role)
    answer = client.get("/repos/octo/shop/collaborators/bob/permission").json()
    assert (answer["permission"], answer["role_name"]) == (level, role)
    github.check_house()


def test_nobody_has_no_permission(client, repo):
    assert client.get("/repos/octo/shop/collaborators/ghost/permission").status_code == 404


def test_pulls_are_found_by_commit_and_listed_by_state(github, client, repo):
    repo.commit("release", start="main")
    first = repo.open_pull(files={"a": "2"})
    second = repo.second_pull_on(first, base="release")
    found = client.get(f"/repos/octo/shop/commits/{first.head_sha}/pulls").json()
    assert [item["number"] for item in found] == [first.number, second.number]
    first.close()
    states = {state: len(client.get(f"/repos/octo/shop/pulls?state={state}").json()) for state in STATES}
    assert states == {"open": 1, "closed": 1, "all": 2}
    assert client.get("/repos/octo/shop/pulls?base=release").json()[0]["number"] == second.number
    github.check_house()


STATES = ("open", "closed", "all")


def test_a_push_moves_both_pulls_of_a_branch(repo):
    repo.commit("release", start="main")
    first = repo.open_pull(files={"a": "2"})
    second = repo.second_pull_on(first, base="release")
    sha = first.push({"a": "3"})
    assert (first.head_sha, second.head_sha) == (sha, sha)


def test_a_forced_push_replaces_the_commit(client, repo):
    pull = repo.open_pull(files={"a": "2"})
    pull.push({"a": "3"}, force=True)
    assert len(client.get(f"/repos/octo/shop/pulls/{pull.number}/commits").json()) == 1


def test_a_merge_group_is_a_real_merge(github, client, repo):
    pull = repo.open_pull(files={"b": "2"})
    group = repo.merge_group(pull)
    commit = client.get(f"/repos/octo/shop/git/commits/{group.head_sha}").json()
    assert [parent["sha"] for parent in commit["parents"]] == [group.base_sha, pull.head_sha]
    assert group.checks == []
    group.destroy()
    assert client.get(f"/repos/octo/shop/git/{group.head_ref.replace('refs', 'ref')}").status_code == 404


@pytest.mark.parametrize("path", ["pulls?stat=open", "pulls?state=opened", "pulls?per_page=many"])
def test_a_misspelt_query_is_noted(github, client, repo, path):
    assert client.get(f"/repos/octo/shop/{path}").status_code == 422
    assert len(github.violations) == 1
