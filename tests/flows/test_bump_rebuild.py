"""What is shipped was built on older content of its tag: a rebuild is asked for, once for each new content."""

import pytest

from tests.fakes.github.repo_verbs import FakeRepo
from tests.fakes.images import BuiltImage, image
from tests.flows.bumping import BETTER, FLAW, FLAWED, MENDED, WORSE, Yard


def shop(yard: Yard, policy: str = "") -> FakeRepo:
    """A repository that was built on the flawed content of a tag."""
    yard.image("moving:stable", FLAWED)
    files = {"Dockerfile": f"FROM {yard.host}/moving:stable\n"}
    repo = yard.repo(files | ({".github/plimsoll.yml": policy} if policy else {}))
    yard.push(repo)
    assert repo.dispatches == []
    return repo


def day_passes(yard: Yard) -> None:
    yard.later(25)
    yard.rounds()


def test_newer_content_that_clears_a_flaw_asks_for_one(yard: Yard) -> None:
    repo = shop(yard)
    old = yard.digest("moving:stable")
    yard.image("moving:stable", MENDED)
    day_passes(yard)
    [sent] = repo.dispatches
    assert sent["event_type"] == "plimsoll-rebuild"
    [image] = sent["client_payload"]["images"]
    assert image["old_digest"] == old
    assert image["new_digest"] == yard.digest("moving:stable")
    assert (image["file"], image["line"], image["clears"]) == ("Dockerfile", 1, [FLAW])
    assert repo.bot_pulls == []


def test_it_is_asked_for_once_for_each_content(yard: Yard) -> None:
    repo = shop(yard)
    yard.image("moving:stable", MENDED)
    day_passes(yard)
    day_passes(yard)
    assert len(repo.dispatches) == 1
    yard.know(WORSE, "3.3.2-r0")
    yard.image("moving:stable", BETTER)
    day_passes(yard)
    assert len(repo.dispatches) == 2


def test_content_that_clears_nothing_asks_for_none(yard: Yard) -> None:
    repo = shop(yard)
    yard.image("moving:stable", {**FLAWED, "more": ("1-r0", "more")})
    day_passes(yard)
    assert repo.dispatches == []


@pytest.mark.parametrize(
    "unknown",
    [
        image(os="alpine:3.99", packages=MENDED),
        image(os=None, layers=[{"usr/bin/app": b"an app"}]),
        image(os=None, layers=[{"usr/bin/app": b"an app", "var/lib/rpm/Packages": b"broken"}]),
    ],
    ids=["no-advisories", "no-packages", "unreadable"],
)
def test_content_that_was_not_looked_at_is_not_better(yard: Yard, unknown: BuiltImage) -> None:
    repo = shop(yard)
    yard.registry.push_built("moving:stable", unknown)
    day_passes(yard)
    assert repo.dispatches == []
    yard.image("moving:stable", MENDED)
    day_passes(yard)
    assert len(repo.dispatches) == 1


@pytest.mark.parametrize("why", ["a person closed it", "the limit"])
def test_a_bump_that_is_not_there_keeps_no_rebuild_from_being_asked_for(yard: Yard, why: str) -> None:
    yard.know(WORSE, "3.3.2-r0")
    yard.image("moving:1.0.0", FLAWED)
    yard.image("moving:1.0.1", BETTER)
    files = {"Dockerfile": f"FROM {yard.host}/moving:1.0.0\n"}
    repo = yard.repo(files | ({".github/plimsoll.yml": "bump:\n  limit: 0\n"} if why == "the limit" else {}))
    yard.push(repo)
    for pull in repo.bot_pulls:
        pull.close()
    yard.work()
    yard.image("moving:1.0.0", MENDED)
    day_passes(yard)
    assert [each["image"] for each in repo.dispatches[0]["client_payload"]["images"]] == [
        f"{yard.host}/moving:1.0.0"
    ]


def test_an_open_bump_is_enough(yard: Yard) -> None:
    yard.know(WORSE, "3.3.2-r0")
    yard.image("moving:1.0.0", FLAWED)
    yard.image("moving:1.0.1", BETTER)
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/moving:1.0.0\n"})
    yard.push(repo)
    yard.image("moving:1.0.0", MENDED)
    day_passes(yard)
    assert yard.only_bump(repo).state == "open"
    assert repo.dispatches == []


def test_what_was_pushed_since_was_built_since(yard: Yard) -> None:
    repo = shop(yard)
    yard.image("moving:stable", MENDED)
    yard.later()
    yard.push(repo, "this push builds on the newer content")
    day_passes(yard)
    assert repo.dispatches == []


@pytest.mark.parametrize(("how", "issues"), [("issue", 1), ("'off'", 0)])
def test_the_policy_says_how(yard: Yard, how: str, issues: int) -> None:
    repo = shop(yard, f"bump:\n  rebuild: {how}\n")
    yard.image("moving:stable", MENDED)
    day_passes(yard)
    day_passes(yard)
    assert repo.dispatches == []
    assert len(repo.issues) == issues
    for issue in repo.issues:
        assert FLAW in issue.body
        assert "moving:stable" in issue.title
