"""What stands in the way is said where the owner looks, touches no check, and leaves nothing half done."""

import pytest

from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.bumping import Yard
from tests.flows.scenes import drain_later

STEPS = [
    ("git/create-blob", "before"),
    ("git/create-tree", "after"),
    ("git/create-commit", "before"),
    ("git/create-commit", "after"),
    ("git/create-ref", "before"),
    ("git/create-ref", "after"),
    ("pulls/create", "before"),
    ("pulls/create", "after"),
    ("issues/add-labels", "before"),
    ("issues/add-labels", "after"),
]


@pytest.fixture
def repo(yard: Yard) -> FakeRepo:
    return yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})


@pytest.mark.parametrize(("operation", "when"), STEPS)
def test_a_crash_at_any_step_gives_one_pull_request_all_the_same(
    yard: Yard, repo: FakeRepo, operation: str, when: str
) -> None:
    lost = yard.github.fault(operation=operation, when=when, status=502, times=100)
    repo.commit(files={"REMARK": "a"})
    yard.bot.drain()
    lost.hits = lost.times
    drain_later(yard.bot, yard.clock)
    yard.work()
    pull = yard.only_bump(repo)
    assert pull.file("Dockerfile") == ("100644", f"FROM {yard.host}/base:1.0.1\n".encode())
    assert pull.labels == ["dependencies", "security"]
    assert "from 1.0.0 to 1.0.1" in pull.title
    assert [name for name in repo.branches if name.startswith("plimsoll/")] == [pull.head_ref]


@pytest.mark.parametrize("operation", ["git/update-ref", "pulls/update"])
def test_a_crash_while_it_is_updated_loses_nothing(yard: Yard, repo: FakeRepo, operation: str) -> None:
    yard.push(repo)
    lost = yard.github.fault(operation=operation, status=502, times=100)
    repo.commit(files={"Dockerfile": f"# shop\nFROM {yard.host}/base:1.0.0\n"})
    yard.bot.drain()
    lost.hits = lost.times
    drain_later(yard.bot, yard.clock)
    yard.work()
    pull = yard.only_bump(repo)
    assert pull.file("Dockerfile") == ("100644", f"# shop\nFROM {yard.host}/base:1.0.1\n".encode())


@pytest.mark.parametrize("operation", ["issues/create-comment", "pulls/update", "git/delete-ref"])
def test_a_crash_while_it_is_closed_leaves_no_branch(yard: Yard, repo: FakeRepo, operation: str) -> None:
    yard.push(repo)
    lost = yard.github.fault(operation=operation, status=502, times=100)
    repo.commit(files={"Dockerfile": f"FROM {yard.host}/base:1.0.1\n"})
    yard.bot.drain()
    lost.hits = lost.times
    drain_later(yard.bot, yard.clock)
    yard.work()
    pull = yard.only_bump(repo)
    assert pull.state == "closed"
    assert pull.head_ref not in repo.branches
    assert sum("main has it now" in comment.body for comment in pull.bot_comments) == 1


def test_a_forbidden_branch_is_told_in_one_issue_that_ends_with_it(yard: Yard, repo: FakeRepo) -> None:
    repo.protect("plimsoll/*")
    yard.push(repo)
    yard.later()
    yard.push(repo, "again")
    [issue] = repo.issues
    assert "ruleset" in issue.body
    assert repo.bot_pulls == []
    repo.repository.rules.clear()
    yard.later()
    yard.push(repo, "once more")
    assert yard.only_bump(repo).state == "open"
    assert issue.state == "closed"


def test_a_missing_permission_is_told_and_asked_for_again(yard: Yard, repo: FakeRepo) -> None:
    yard.github.grant({"contents": "read"})
    yard.push(repo)
    [issue] = repo.issues
    assert "contents" in issue.body
    assert "permission" in issue.body
    yard.github.grant({"contents": "write"})
    yard.later()
    yard.push(repo, "again")
    assert yard.only_bump(repo).state == "open"
    assert issue.state == "closed"


def test_without_any_permission_reviews_go_on(yard: Yard, repo: FakeRepo) -> None:
    yard.github.grant({"contents": "read", "issues": "none"})
    yard.push(repo)
    assert repo.issues == []
    pull = repo.open_pull(files={"Dockerfile": f"FROM {yard.host}/base:1.0.1\n"})
    yard.work()
    assert pull.check.conclusion == "success"


def test_an_archived_repository_is_left_alone(yard: Yard, repo: FakeRepo) -> None:
    repo.commit(files={"REMARK": "a"})
    repo.archive()
    yard.work()
    assert (repo.bot_pulls, repo.issues) == ([], [])


def test_a_registry_without_a_list_of_tags_is_told(yard: Yard, repo: FakeRepo) -> None:
    yard.registry.fail("/base/tags/list", status=404)
    yard.push(repo)
    [issue] = repo.issues
    assert "tags could not be listed" in issue.body
    yard.registry.heal()


def test_a_dockerfile_that_is_a_link_to_something_unknown_is_told(yard: Yard) -> None:
    hidden = {"build/prod.txt": f"FROM {yard.host}/base:1.0.0\n"}
    repo = yard.repo(hidden | {"Dockerfile": ("120000", b"build/prod.txt")})
    yard.push(repo)
    [issue] = repo.issues
    assert "Dockerfile: it is a symbolic link to build/prod.txt, which is not followed" in issue.body
    yard.later()
    yard.push(repo, Dockerfile="FROM scratch\n")
    assert issue.state == "closed"


def test_a_branch_of_that_name_with_others_work_is_not_overwritten(yard: Yard, repo: FakeRepo) -> None:
    yard.push(repo)
    branch = yard.only_bump(repo).head_ref
    yard.only_bump(repo).close(delete_branch=True)
    theirs = repo.commit(branch, files={"mine": "work"}, author="bob")
    yard.know("CVE-2026-0003", "3.3.1-r0", severity="critical")
    yard.rounds()
    assert repo.branches[branch] == theirs
    assert len(repo.bot_pulls) == 1
    [issue] = repo.issues
    assert branch in issue.body


def test_github_down_is_tried_again_and_tells_nobody(yard: Yard, repo: FakeRepo) -> None:
    down = yard.github.fault(operation="git/get-tree", status=503, times=100)
    repo.commit(files={"REMARK": "a"})
    yard.bot.drain()
    assert len(yard.bot.waiting()) == 1
    down.hits = down.times
    drain_later(yard.bot, yard.clock)
    yard.work()
    assert yard.only_bump(repo).state == "open"


def test_what_stands_in_the_way_is_said_where_a_bump_is_recommended(yard: Yard, repo: FakeRepo) -> None:
    yard.github.grant({"contents": "read", "issues": "none"})
    yard.push(repo)
    pull = repo.open_pull(files={"Dockerfile": f"# a remark\nFROM {yard.host}/base:1.0.0\n"})
    yard.work()
    assert "cannot be made now" in (pull.bot_comment or "")
