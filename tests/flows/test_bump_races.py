"""What people and other surveys do while a survey is at work, and what a survey that failed leaves to the next."""

import asyncio
from collections.abc import Callable

import pytest

from bot.github import commits
from bot.handlers import rounds
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.bumping import BETTER, FLAWED, MENDED, WORSE, Yard
from tests.flows.scenes import drain_later


@pytest.fixture
def repo(yard: Yard) -> FakeRepo:
    """A repository with a bump pull request, that a better candidate would update."""
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    yard.push(repo)
    assert yard.only_bump(repo).state == "open"
    yard.know(WORSE, "3.3.2-r0")
    yard.image("base:1.0.2", BETTER)
    yard.later()
    return repo


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let a person act once, after our commit is written and before the branch moves."""
    write, acts = commits.write, [act]

    async def written(*args: object) -> str:
        sha = await write(*args)  # type: ignore[arg-type]
        if acts:
            # Beside the bot's loop, which has to take in the webhook that this sends.
            await asyncio.to_thread(acts.pop())
        return sha

    monkeypatch.setattr(commits, "write", written)


def theirs(pull: FakePull) -> Callable[[], object]:
    return lambda: pull.push(files={"NOTES": "mine"}, author="bob")


def test_what_a_person_pushes_meanwhile_is_not_overwritten(
    yard: Yard, repo: FakeRepo, monkeypatch: pytest.MonkeyPatch
) -> None:
    pull = yard.only_bump(repo)
    meanwhile(monkeypatch, theirs(pull))
    yard.push(repo)
    drain_later(yard.bot, yard.clock)
    yard.work()
    assert pull.file("NOTES") is not None
    assert sum("left as it is" in comment.body for comment in pull.bot_comments) == 1


@pytest.mark.parametrize("delete_branch", [False, True])
@pytest.mark.parametrize("end", ["merge", "close"])
def test_one_that_a_person_ends_meanwhile_is_ended(
    yard: Yard, repo: FakeRepo, monkeypatch: pytest.MonkeyPatch, end: str, delete_branch: bool
) -> None:
    pull = yard.only_bump(repo)
    meanwhile(monkeypatch, lambda: getattr(pull, end)(delete_branch=delete_branch))
    yard.push(repo)
    drain_later(yard.bot, yard.clock)
    yard.work()
    assert "to 1.0.1" in pull.title
    if end == "close":
        assert [each.state for each in repo.bot_pulls] == ["closed"]
    else:
        assert [each.state for each in repo.bot_pulls] == ["closed", "open"]


def test_what_was_pushed_after_a_merge_is_not_overwritten(yard: Yard, repo: FakeRepo) -> None:
    pull = yard.only_bump(repo)
    pull.merge()
    mine = repo.commit(pull.head_ref, files={"NOTES": "mine"}, author="bob")
    yard.work()
    yard.later()
    yard.push(repo)
    assert repo.branches[pull.head_ref] == mine
    [issue] = repo.issues
    assert "holds commits of" in issue.body, issue.body


def test_a_survey_that_failed_is_tried_again_next_day_and_not_every_minute(
    yard: Yard, repo: FakeRepo
) -> None:
    yard.bot.may_end_as.add("parked")
    gone = yard.github.fault(operation="repos/get", status=403, times=100)
    yard.later(24)
    assert len(yard.rounds()) == 1
    yard.clock.advance(minutes=1)
    assert yard.rounds() == []
    gone.hits = gone.times
    yard.later(24)
    assert len(yard.rounds()) == 1
    assert "to 1.0.2" in yard.only_bump(repo).title


def test_an_update_that_fails_leaves_it_counted_as_open(yard: Yard) -> None:
    yard.image("other:2.0.0", FLAWED)
    yard.image("other:2.0.1", MENDED)
    files = {
        "a/Dockerfile": f"FROM {yard.host}/base:1.0.0\n",
        ".github/plimsoll.yml": "bump:\n  limit: 1\n",
    }
    repo = yard.repo(files)
    yard.push(repo)
    assert len(repo.bot_pulls) == 1
    broken = yard.github.fault(operation="pulls/update", status=422, times=100)
    yard.later()
    more = {
        "a/Dockerfile": f"# shop\nFROM {yard.host}/base:1.0.0\n",
        "b/Dockerfile": f"FROM {yard.host}/other:2.0.0\n",
    }
    yard.push(repo, **more)
    yard.later()
    yard.push(repo, "again")
    assert len(repo.bot_pulls) == 1
    broken.hits = broken.times


def test_what_is_wanted_outside_the_schedule_is_opened_when_it_begins(yard: Yard) -> None:
    # NOW is a Saturday at noon, and by the day's survey every one would be at noon.
    policy = 'bump:\n  schedule:\n    days: [mon]\n    from: "08:00"\n    to: "09:00"\n'
    files = {"Dockerfile": f"FROM {yard.host}/base:1.0.0\n", ".github/plimsoll.yml": policy}
    repo = yard.repo(files)
    yard.push(repo)
    assert repo.bot_pulls == []
    yard.clock.advance(hours=24)
    yard.rounds()
    assert repo.bot_pulls == []
    yard.clock.advance(hours=20, minutes=5)
    yard.work()
    assert yard.only_bump(repo).state == "open"


def test_new_advisories_for_many_do_not_fill_the_queue(yard: Yard) -> None:
    for number in range(8):
        yard.push(yard.repo({"README.md": "hello\n"}, name=f"octo/shop{number}"))
    yard.know("CVE-2026-0009", "9")
    yard.advisories.import_now()
    for _ in range(3):
        yard.bot.call(rounds.owe_surveys(yard.bot.context))
    assert len(yard.bot.waiting()) == rounds.MOST_AT_ONCE
    yard.work()


def test_what_cannot_be_edited_is_told(yard: Yard) -> None:
    files = {
        "Dockerfile": f"ARG V\nFROM {yard.host}/base:${{V%-x}}\n",
        "compose.yaml": "services: {a: {build: {context: ., args: {V: 1.0.0-x}}}}\n",
    }
    repo = yard.repo(files)
    yard.push(repo)
    assert repo.bot_pulls == []
    [issue] = repo.issues
    assert "Dockerfile:" in issue.body


def test_whoever_asked_is_told_when_it_could_not_be_done(yard: Yard, repo: FakeRepo) -> None:
    yard.bot.may_end_as.add("failed")
    repo.set_permission("alice", "write")
    pull = repo.open_pull(files={"README.md": "hello\n"})
    yard.work()
    down = yard.github.fault(operation="git/get-tree", status=503, times=1000)
    comment = pull.comment("/bump", "alice")
    for _ in range(20):
        drain_later(yard.bot, yard.clock)
    down.hits = down.times
    yard.work()
    assert comment.reactions[-1] == "-1"
    assert any("/bump" in each.body and "503" in each.body for each in pull.bot_comments)
