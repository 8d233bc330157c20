"""`/bump`, `/pin`, `/rebase`, `/recreate` and the button: done for people who may write, and always answered."""

import pytest

from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.bumping import BETTER, FLAWED, MENDED, Yard


def ask(yard: Yard, pull: FakePull, command: str, *, author: str = "alice", well: bool = True) -> str:
    """Comment, let the bot work, and return what it answers."""
    before = {comment.comment.id for comment in pull.bot_comments}
    comment = pull.comment(command, author)
    yard.work()
    said = [each.body for each in pull.bot_comments if each.comment.id not in before]
    assert len(said) == 1, said
    assert comment.reactions[-1] == ("+1" if well else "-1")
    return said[0]


@pytest.fixture
def repo(yard: Yard) -> FakeRepo:
    yard.image("minor:1.0.0", FLAWED)
    yard.image("minor:1.1.0", BETTER)
    yard.image("fine:1.0.0", MENDED)
    files = {
        "a/Dockerfile": f"FROM {yard.host}/minor:1.0.0\n",
        "b/Dockerfile": f"FROM {yard.host}/fine:1.0.0\n",
    }
    repo = yard.repo(files)
    repo.set_permission("alice", "write")
    repo.set_permission("eve", "read")
    return repo


@pytest.fixture
def pull(yard: Yard, repo: FakeRepo) -> FakePull:
    """Somebody's pull request that has nothing to do with images."""
    pull = repo.open_pull(files={"README.md": "hello\n"})
    yard.work()
    return pull


def test_what_is_only_offered_is_opened_for_whoever_asks(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    said = ask(yard, pull, f"/bump {yard.host}/minor")
    bump = yard.only_bump(repo)
    assert f"opened #{bump.number}" in said
    assert bump.file("a/Dockerfile") == ("100644", f"FROM {yard.host}/minor:1.1.0\n".encode())


@pytest.mark.parametrize("what", ["minor", "1.1.0"])
def test_a_track_or_a_tag_may_be_named(yard: Yard, repo: FakeRepo, pull: FakePull, what: str) -> None:
    ask(yard, pull, f"/bump {yard.host}/minor {what}")
    assert "1.1.0" in yard.only_bump(repo).title


def test_what_a_person_asked_for_is_kept_up_by_later_surveys(
    yard: Yard, repo: FakeRepo, pull: FakePull
) -> None:
    ask(yard, pull, "/bump")
    bump = yard.only_bump(repo)
    head = bump.head_sha
    yard.later()
    yard.push(repo)
    assert (bump.state, bump.head_sha) == ("open", head)


def test_asking_twice_links_the_same_one(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    ask(yard, pull, "/bump")
    said = ask(yard, pull, f"/bump {yard.host}/minor")
    assert f"#{yard.only_bump(repo).number} is up to date" in said


def test_nothing_better_is_answered_with_the_reasons(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    yard.image("fine:1.0.1", MENDED)
    said = ask(yard, pull, f"/bump {yard.host}/fine", well=False)
    assert repo.bot_pulls == []
    assert "no pull request" in said
    assert "1.0.1" in said


def test_an_image_nobody_uses_is_said(yard: Yard, pull: FakePull) -> None:
    assert "uses `busybox`" in ask(yard, pull, "/bump busybox", well=False)


@pytest.mark.parametrize("command", ["/bump", "/pin", "/rebase", "/recreate"])
def test_whoever_may_not_write_is_refused(yard: Yard, repo: FakeRepo, pull: FakePull, command: str) -> None:
    assert "write permission" in ask(yard, pull, command, author="eve", well=False)
    assert repo.bot_pulls == []


@pytest.mark.parametrize("command", ["/rebase", "/recreate"])
def test_peoples_pull_requests_are_not_written_anew(yard: Yard, pull: FakePull, command: str) -> None:
    head = pull.head_sha
    assert "this is none" in ask(yard, pull, command, well=False)
    assert pull.head_sha == head


def test_a_persons_wish_waits_for_no_schedule_but_for_the_limit(
    yard: Yard, repo: FakeRepo, pull: FakePull
) -> None:
    repo.commit(files={".github/plimsoll.yml": "bump:\n  schedule:\n    days: [mon]\n"})
    yard.work()
    assert "opened" in ask(yard, pull, "/bump")
    yard.only_bump(repo).close()
    repo.commit(files={".github/plimsoll.yml": "bump:\n  limit: 0\n"})
    yard.later()
    yard.work()
    assert "limit" in ask(yard, pull, f"/bump {yard.host}/minor", well=False)


def test_a_closed_one_comes_back_for_whoever_asks(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    ask(yard, pull, "/bump")
    yard.only_bump(repo).close()
    said = ask(yard, pull, f"/bump {yard.host}/minor")
    assert f"opened #{repo.bot_pulls[-1].number}" in said
    assert len(repo.bot_pulls) == 2


def test_pin_writes_digests_everywhere(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    ask(yard, pull, "/pin")
    pinned = {each.title.split()[1]: each for each in repo.bot_pulls}
    assert len(pinned) == 2
    contents = b"".join(
        each.file(path)[1]
        for each, path in zip(repo.bot_pulls, ["b/Dockerfile", "a/Dockerfile"], strict=True)
    )
    for name in ("minor:1.0.0", "fine:1.0.0"):
        assert f"FROM {yard.host}/{name}@{yard.digest(name)}\n".encode() in contents


def test_rebase_stands_on_the_newest_commit(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    ask(yard, pull, "/bump")
    bump = yard.only_bump(repo)
    yard.later()
    yard.push(repo, "newer")
    assert repo.repository.git.merge_base(bump.head_sha, repo.head()) != repo.head()
    assert f"updated #{bump.number}" in ask(yard, bump, "/rebase")
    assert repo.repository.git.merge_base(bump.head_sha, repo.head()) == repo.head()


def test_rebase_spares_peoples_commits_and_recreate_does_not(
    yard: Yard, repo: FakeRepo, pull: FakePull
) -> None:
    ask(yard, pull, "/bump")
    bump = yard.only_bump(repo)
    theirs = bump.push(files={"NOTES": "mine"}, author="bob")
    yard.work()
    comment = bump.comment("/rebase")
    yard.work()
    assert bump.head_sha == theirs
    assert comment.reactions == ["eyes", "+1"]
    assert any("bob" in each.body for each in bump.bot_comments)
    bump.comment("/recreate")
    yard.work()
    assert bump.head_sha != theirs
    assert bump.file("NOTES") is None
    assert bump.state == "open"


def test_the_button_of_the_check_does_the_same(yard: Yard, repo: FakeRepo, pull: FakePull) -> None:
    with yard.github.state.lock:
        # As it is shown where a bump is recommended.
        pull.check.run.actions.append({"label": "Bump", "description": "Bump", "identifier": "bump"})
    pull.check.press("bump", by="alice")
    yard.work()
    assert any(f"opened #{yard.only_bump(repo).number}" in each.body for each in pull.bot_comments)


def test_bump_works_on_the_target_branch_of_the_pull_request(yard: Yard, repo: FakeRepo) -> None:
    repo.commit("release", files={"a/Dockerfile": f"# old\nFROM {yard.host}/minor:1.0.0\n"})
    pull = repo.open_pull(files={"README.md": "hello\n"}, base="release")
    yard.work()
    ask(yard, pull, "/bump")
    bump = yard.only_bump(repo)
    assert bump.base_ref == "release"
    yard.image("minor:1.2.0", {**BETTER, "more": ("1-r0", "more")})
    yard.know("CVE-2026-0009", "3.3.3-r0")
    yard.image("minor:1.2.0", {**BETTER, "libssl3": ("3.3.3-r0", "openssl")})
    yard.later()
    repo.commit("release", files={"x": "y"})
    yard.work()
    assert "1.2.0" in bump.title
