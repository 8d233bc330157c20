"""What becomes of a bump pull request as its base, its image and people move on."""

import pytest

from bot.handlers import rounds
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.bumping import BETTER, WORSE, Yard

CRITICAL = "CVE-2026-0003"


@pytest.fixture
def repo(yard: Yard) -> FakeRepo:
    """A repository with a bump pull request."""
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.push(repo)
    assert yard.only_bump(repo).state == "open"
    return repo


def dockerfile(pull: FakePull) -> str:
    found = pull.file("Dockerfile")
    assert found is not None
    return found[1].decode()


def better(yard: Yard) -> None:
    """Know of a flaw that only a newer image mends."""
    yard.know(WORSE, "3.3.2-r0")
    yard.image("base:1.0.2", BETTER)
    yard.later()


def test_a_better_candidate_updates_it(yard: Yard, repo: FakeRepo) -> None:
    better(yard)
    yard.push(repo)
    pull = yard.only_bump(repo)
    assert dockerfile(pull) == f"FROM {yard.host}/base:1.0.2\n"
    assert "to 1.0.2" in pull.title
    assert WORSE in pull.body


def test_new_advisories_update_it_without_any_push(yard: Yard, repo: FakeRepo) -> None:
    better(yard)
    yard.rounds()
    assert dockerfile(yard.only_bump(repo)) == f"FROM {yard.host}/base:1.0.2\n"
    ran = yard.rounds()
    assert ran == []


def test_it_follows_the_files_it_changes(yard: Yard, repo: FakeRepo) -> None:
    yard.later()
    yard.push(repo, Dockerfile=f"# shop\nFROM {yard.host}/base:1.0.0\nRUN true\n")
    pull = yard.only_bump(repo)
    assert dockerfile(pull) == f"# shop\nFROM {yard.host}/base:1.0.1\nRUN true\n"
    assert repo.repository.git.merge_base(pull.head_sha, repo.head()) == repo.head()


def test_it_is_closed_with_the_reason_once_the_branch_has_it(yard: Yard, repo: FakeRepo) -> None:
    pull = yard.only_bump(repo)
    yard.later()
    yard.push(repo, Dockerfile=f"FROM {yard.host}/base:1.0.1\n")
    assert pull.state == "closed"
    assert "main has it now" in pull.bot_comments[-1].body
    assert pull.head_ref not in repo.branches


def test_it_is_closed_once_nothing_uses_the_image(yard: Yard, repo: FakeRepo) -> None:
    pull = yard.only_bump(repo)
    yard.later()
    yard.push(repo, Dockerfile="FROM scratch\n")
    assert pull.state == "closed"
    assert "any more" in pull.bot_comments[-1].body


@pytest.mark.parametrize("where", ["/base/manifests/1.0.1", "/base/blobs/"], ids=["tag", "content"])
def test_a_candidate_that_cannot_be_read_now_closes_nothing(yard: Yard, repo: FakeRepo, where: str) -> None:
    pull = yard.only_bump(repo)
    yard.image("base:1.0.1", BETTER)
    yard.registry.fail(where, status=503)
    yard.later()
    yard.push(repo)
    assert pull.state == "open"
    assert "libssl3" in pull.body
    yard.registry.heal()


def test_what_cannot_be_seen_closes_nothing(yard: Yard, repo: FakeRepo) -> None:
    yard.registry.fail("/base/manifests/1.0.0", status=503)
    yard.later()
    yard.push(repo)
    assert yard.only_bump(repo).state == "open"
    yard.registry.heal()


@pytest.mark.parametrize("status", [429, 503])
def test_a_candidate_whose_registry_refuses_for_now_closes_nothing(
    yard: Yard, repo: FakeRepo, status: int
) -> None:
    yard.push(repo)
    yard.registry.fail("/base/manifests/1.0.1", status=status, headers={"Retry-After": "3600"})
    yard.later(25)
    yard.rounds()
    assert yard.only_bump(repo).state == "open"
    [issue] = repo.issues
    assert "1.0.1: it could not be read" in issue.body
    yard.registry.heal()
    yard.later(25)
    yard.rounds()
    assert (yard.only_bump(repo).state, issue.state) == ("open", "closed")


def test_a_candidate_that_is_gone_closes_it(yard: Yard, repo: FakeRepo) -> None:
    yard.push(repo)
    yard.registry.fail("/base/manifests/1.0.1", status=404)
    yard.later(25)
    yard.rounds()
    assert yard.only_bump(repo).state == "closed"
    [issue] = repo.issues
    assert "1.0.1: it could not be read" in issue.body
    yard.registry.heal()


def test_advisories_that_are_lost_close_nothing(yard: Yard, repo: FakeRepo) -> None:
    yard.push(repo)
    yard.advisories.remove()
    yard.later(25)
    yard.bot.call(rounds.owe_surveys(yard.bot.context))
    yard.work()
    assert yard.only_bump(repo).state == "open"


def test_one_that_we_closed_may_come_back(yard: Yard, repo: FakeRepo) -> None:
    yard.later()
    yard.push(repo, Dockerfile=f"FROM {yard.host}/base:1.0.1\n")
    better(yard)
    yard.push(repo, "again")
    first, second = repo.bot_pulls
    assert (first.state, second.state) == ("closed", "open")


def test_what_a_person_closed_stays_closed(yard: Yard, repo: FakeRepo) -> None:
    yard.only_bump(repo).close()
    better(yard)
    yard.push(repo)
    yard.rounds()
    assert yard.only_bump(repo).state == "closed"


@pytest.mark.parametrize("delete_branch", [False, True])
def test_a_new_critical_flaw_brings_it_back(yard: Yard, repo: FakeRepo, delete_branch: bool) -> None:
    yard.only_bump(repo).close(delete_branch=delete_branch)
    yard.know(CRITICAL, "3.3.1-r0", severity="critical")
    yard.rounds()
    first, second = repo.bot_pulls
    assert (first.state, second.state) == ("closed", "open")
    assert CRITICAL in second.body
    second.close()
    yard.later(30)
    yard.rounds()
    assert len(repo.bot_pulls) == 2


def test_a_close_that_was_never_told_is_a_persons_all_the_same(yard: Yard, repo: FakeRepo) -> None:
    with yard.github.silently():
        yard.only_bump(repo).close()
    better(yard)
    yard.push(repo)
    assert yard.only_bump(repo).state == "closed"


def test_one_that_is_opened_again_is_kept_up(yard: Yard, repo: FakeRepo) -> None:
    pull = yard.only_bump(repo)
    pull.close()
    pull.reopen()
    better(yard)
    yard.push(repo)
    assert dockerfile(yard.only_bump(repo)) == f"FROM {yard.host}/base:1.0.2\n"


@pytest.mark.parametrize("delete_branch", [False, True])
def test_a_merged_one_is_over_and_the_next_is_another(
    yard: Yard, repo: FakeRepo, delete_branch: bool
) -> None:
    yard.only_bump(repo).merge(delete_branch=delete_branch)
    yard.work()
    assert len(repo.bot_pulls) == 1
    better(yard)
    yard.push(repo)
    first, second = repo.bot_pulls
    assert (first.merged, second.state) == (True, "open")
    assert dockerfile(second) == f"FROM {yard.host}/base:1.0.2\n"


def test_peoples_commits_are_left_alone_and_that_is_said_once(yard: Yard, repo: FakeRepo) -> None:
    pull = yard.only_bump(repo)
    theirs = pull.push(files={"NOTES": "mine"}, author="bob")
    yard.work()
    better(yard)
    yard.push(repo)
    yard.later()
    yard.push(repo, "once more")
    assert pull.head_sha == theirs
    said = [comment for comment in pull.bot_comments if "left as it is" in comment.body]
    assert len(said) == 1
    assert "bob" in said[0].body


def test_a_survey_that_a_later_push_made_moot_is_not_made(yard: Yard, repo: FakeRepo) -> None:
    for remark in ("one", "two"):
        repo.commit(files={"REMARK": remark})
    yard.later()
    asked = len([each for each in yard.github.requests if "/git/trees" in each.path])
    yard.work()
    assert len([each for each in yard.github.requests if "/git/trees" in each.path]) == asked + 1


def test_a_branch_that_is_gone_is_looked_after_no_longer(yard: Yard, repo: FakeRepo) -> None:
    yard.later(30)
    with yard.github.state.lock:
        repo.repository.git.delete_ref("refs/heads/main")
    yard.rounds()
    assert yard.rounds() == []


def test_surveys_are_owed_once_a_day(yard: Yard, repo: FakeRepo) -> None:
    assert yard.rounds() == []
    yard.later(25)
    assert len(yard.rounds()) == 1
    yard.bot.call(rounds.owe_surveys(yard.bot.context))
    assert yard.bot.drain() == []


def test_an_installation_is_surveyed_within_minutes(yard: Yard) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.github.install_event("created")
    yard.bot.drain()
    assert len(yard.rounds()) == 1
    assert yard.only_bump(repo).state == "open"


def test_a_repository_met_by_a_pull_request_is_looked_after(yard: Yard) -> None:
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    repo.open_pull(files={"README.md": "hello\n"})
    yard.work()
    assert repo.bot_pulls == []
    yard.rounds()
    assert yard.only_bump(repo).state == "open"
