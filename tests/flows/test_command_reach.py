"""How far a command reaches: what it did not name stays as it is."""

import pytest

from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.bumping import BETTER, FLAWED, MENDED, Yard


@pytest.fixture
def repo(yard: Yard) -> FakeRepo:
    """A repository whose two families are named alike, and both have a patch; one has a minor version as well."""
    for name in ("app", "acme/app"):
        yard.image(f"{name}:1.0.0", FLAWED)
        yard.image(f"{name}:1.0.1", MENDED)
    yard.image("app:1.1.0", BETTER)
    files = {
        "a/Dockerfile": f"FROM {yard.host}/app:1.0.0\n",
        "b/Dockerfile": f"FROM {yard.host}/acme/app:1.0.0\n",
    }
    repo = yard.repo(files)
    repo.set_permission("alice", "write")
    yard.push(repo)
    return repo


def bump_of(yard: Yard, repo: FakeRepo, name: str) -> FakePull:
    (found,) = (each for each in repo.bot_pulls if f"Bump {yard.host}/{name} from" in each.title)
    return found


def say(yard: Yard, pull: FakePull, words: str) -> str:
    pull.comment(words, "alice")
    yard.work()
    return pull.bot_comments[-1].body


def test_a_track_only_one_family_has_closes_no_pull_request_of_another(yard: Yard, repo: FakeRepo) -> None:
    one, other = bump_of(yard, repo, "app"), bump_of(yard, repo, "acme/app")
    said = say(yard, one, "/bump minor")
    assert "1.1.0" in one.title
    assert (other.state, "1.0.1" in other.title) == ("open", True), said
    assert f"#{other.number} was left as it is" in said


@pytest.mark.parametrize("name", ["app", "acme/app"])
def test_written_anew_is_only_the_pull_request_it_is_said_on(yard: Yard, repo: FakeRepo, name: str) -> None:
    one = bump_of(yard, repo, name)
    other = next(each for each in repo.bot_pulls if each.number != one.number)
    theirs = other.push(files={"NOTES": "mine"}, author="bob")
    one.push(files={"NOTES": "mine"}, author="bob")
    yard.work()
    say(yard, one, "/recreate")
    assert one.file("NOTES") is None
    assert other.head_sha == theirs


def test_a_pin_keeps_the_track_that_was_asked_for(yard: Yard, repo: FakeRepo) -> None:
    one = bump_of(yard, repo, "app")
    say(yard, one, f"/bump {yard.host}/app minor")
    assert "1.1.0" in one.title
    say(yard, one, "/pin")
    assert one.file("a/Dockerfile")[1] == f"FROM {yard.host}/app:1.1.0@{yard.digest('app:1.1.0')}\n".encode()
