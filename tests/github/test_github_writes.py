"""Branches, commits and pull requests of our own, against the fake that GitHub's own description checks."""

import pytest

from bot.github import branches, commits, contents, labels, pulls, repositories
from bot.github.client import BUMP, REVIEW
from bot.github.commits import Edit
from bot.github.errors import (
    Archived,
    BranchExists,
    GitHubUnavailable,
    NotFastForward,
    NotFound,
    NothingToMerge,
    NotWritable,
    PermissionMissing,
    Protected,
    Unprocessable,
)
from tests.fakes.github.fake import FakeGitHub
from tests.github.edge import handle_on

BRANCH = "plimsoll/bump/main/alpine#1%"
BYTES = b"FROM b\r\n\xff\x00 # no newline"
LOST = [{"when": when, **how} for when in ("before", "after") for how in ({"status": 502}, {"drop": True})]


@pytest.fixture
def fake():
    with FakeGitHub.start() as github:
        yield github
        github.check_house()


@pytest.fixture
def shop(fake):
    files = {"Dockerfile": "FROM a\n", "build.sh": ("100755", b"#!/bin/sh\n"), "x/y": "z"}
    return fake.repo(files=files | {"link": ("120000", b"Dockerfile")})


@pytest.fixture
async def repo(fake, shop):
    async with handle_on(fake, shop, BUMP) as handle:
        yield handle


async def bump(repo, shop, content=BYTES, branch=BRANCH):
    sha = await commits.write(repo, shop.head(), [Edit("Dockerfile", content)], "Bump a")
    await branches.create(repo, branch, sha)
    return sha


async def test_a_commit_keeps_modes_bytes_and_everything_else(repo, shop):
    edits = [Edit("Dockerfile", BYTES), Edit("build.sh", b"#!/bin/bash\n", "100755"), Edit("new/é", b"")]
    sha = await commits.write(repo, shop.head(), edits, "Bump a\n\nBecause.")
    assert shop.file("Dockerfile", sha) == ("100644", BYTES)
    assert shop.file("build.sh", sha) == ("100755", b"#!/bin/bash\n")
    assert shop.file("new/é", sha) == ("100644", b"")
    for path in ("x/y", "link"):
        assert shop.file(path, sha) == shop.file(path)
    made = await commits.get(repo, sha)
    assert (made.parents, made.message, made.verified) == ((shop.head(),), "Bump a\n\nBecause.", True)


@pytest.mark.parametrize(
    "edit",
    [
        Edit("link", b"x", "120000"),
        Edit("sub", b"x", "160000"),
        Edit(".github/workflows/ci.yml", b"x"),
        Edit(".GitHub/Workflows/ci.yml", b"x"),
        Edit("../x", b"x"),
        Edit("/x", b"x"),
        Edit("a//b", b"x"),
        Edit("a/.git/config", b"x"),
        Edit("a\0b", b"x"),
        Edit("", b"x"),
    ],
)
async def test_what_is_never_written(fake, repo, shop, edit):
    with pytest.raises(NotWritable):
        await commits.write(repo, shop.head(), [Edit("Dockerfile", b"x"), edit], "Bump")
    assert not fake.requests


async def test_a_branch_is_made_once(repo, shop):
    sha = await bump(repo, shop)
    await branches.create(repo, BRANCH, sha)
    assert shop.branches == {"main": shop.head(), BRANCH: sha}
    assert await branches.tip(repo, BRANCH) == sha
    with pytest.raises(BranchExists) as caught:
        await branches.create(repo, BRANCH, shop.head())
    assert caught.value.tip == sha


@pytest.mark.parametrize("name", ["main/x", "a..b", "a b", "x.lock", ""])
async def test_a_name_that_is_no_branch(repo, shop, name):
    with pytest.raises((Protected, NotFound, Unprocessable)):
        await branches.create(repo, name, shop.head())
    assert list(shop.branches) == ["main"]


async def test_a_branch_moves_forward_and_with_force_anywhere(repo, shop):
    first = await bump(repo, shop)
    second = await commits.write(repo, first, [Edit("x/y", b"2")], "More")
    await branches.move(repo, BRANCH, second)
    with pytest.raises(NotFastForward):
        await branches.move(repo, BRANCH, first)
    await branches.move(repo, BRANCH, first, force=True)
    assert shop.branches[BRANCH] == first
    with pytest.raises(NotFound):
        await branches.move(repo, "no/such", first)


async def test_a_branch_is_deleted_however_often(repo, shop):
    await bump(repo, shop)
    for _ in range(2):
        await branches.delete(repo, BRANCH)
    assert list(shop.branches) == ["main"]


async def test_a_pull_request_is_opened_once(repo, shop):
    await bump(repo, shop)
    opened = await pulls.create(repo, BRANCH, "main", "Bump a", "Evidence")
    again = await pulls.create(repo, BRANCH, "main", "Bump a", "Evidence")
    assert (opened.number, opened.title, opened.body) == (again.number, "Bump a", "Evidence")
    assert [pull.number for pull in shop.bot_pulls] == [opened.number]
    assert await pulls.with_branch(repo, BRANCH) == (again,)


async def test_one_that_is_not_listed_yet_is_found_when_github_names_it(fake, repo, shop):
    await bump(repo, shop)
    opened = await pulls.create(repo, BRANCH, "main", "Bump a", "")
    fake.fault(operation="pulls/list", status=200, body=[])
    assert (await pulls.create(repo, BRANCH, "main", "Bump a", "")).number == opened.number


async def test_a_pull_request_without_a_difference(repo, shop):
    await branches.create(repo, BRANCH, shop.head())
    with pytest.raises(NothingToMerge, match="No commits between"):
        await pulls.create(repo, BRANCH, "main", "Bump a", "")
    with pytest.raises(Unprocessable, match="base invalid"):
        await pulls.create(repo, BRANCH, "nowhere", "Bump a", "")


async def test_a_pull_request_is_changed_and_closed(repo, shop):
    await bump(repo, shop)
    number = (await pulls.create(repo, BRANCH, "main", "Bump a", "")).number
    await pulls.update(repo, number, title="Bump b" * 100, body="x" * 70_000)
    [pull] = shop.bot_pulls
    assert pull.title.startswith("Bump b")
    assert len(pull.body) < 65_536
    closed = await pulls.update(repo, number, state="closed")
    assert (closed.is_open, closed.merged, pull.state) == (False, False, "closed")


async def test_all_states_ours_first_and_newest_first(repo, shop):
    numbers = []
    for content in (b"1", b"2"):
        await bump(repo, shop, content)
        numbers.append((await pulls.create(repo, BRANCH, "main", "Bump", "")).number)
        await pulls.update(repo, numbers[-1], state="closed")
        await branches.delete(repo, BRANCH)
    theirs = shop.open_pull(files={"x/y": "theirs"}, head_branch=BRANCH)
    shop.open_pull(files={"x/y": "fork"}, head_branch=BRANCH, fork=True, author="mallory")
    found = [pull.number for pull in await pulls.with_branch(repo, BRANCH)]
    assert found == [numbers[1], numbers[0], theirs.number]


async def test_who_else_worked_on_the_branch(fake, repo, shop):
    ours = await bump(repo, shop)
    assert await commits.strangers(repo, shop.head(), ours) == ()
    await pulls.create(repo, BRANCH, "main", "Bump", "")
    [pull] = shop.bot_pulls
    theirs = pull.push(files={"x/y": "1"}, author="ann")
    assert await commits.strangers(repo, shop.head(), theirs) == ("ann",)
    nobody = pull.push(files={"x/y": "2"})
    assert await commits.strangers(repo, ours, nobody) == ("ann", "Octo Cat")
    unrelated = shop.repository.git.commit("unrelated", files={"z": "z"})
    assert await commits.strangers(repo, ours, unrelated) == (commits.UNKNOWN,)


async def test_more_commits_than_are_looked_at(repo, shop, monkeypatch):
    monkeypatch.setattr(commits, "_MOST_PAGES", 1)
    monkeypatch.setattr(commits, "PER_PAGE", 2)
    first = await bump(repo, shop)
    second = await commits.write(repo, first, [Edit("x/y", b"2")], "More")
    assert await commits.strangers(repo, shop.head(), second) == (commits.UNKNOWN,)


async def test_labels_that_exist_or_may_be_made(fake, repo, shop):
    await bump(repo, shop)
    number = (await pulls.create(repo, BRANCH, "main", "Bump", "")).number
    assert await labels.add(repo, number, ["security", "security", "x" * 51]) == ("x" * 51,)
    fake.grant({"issues": "read"})
    assert await labels.add(repo, number, ["security", "docker"]) == ("docker",)
    assert shop.bot_pulls[0].labels == ["security"]


async def test_what_a_repository_is(repo, shop):
    info = await repositories.get(repo)
    assert (info.default_branch, info.is_writable, info.is_fork) == ("main", True, False)
    shop.archive()
    assert not (await repositories.get(repo)).is_writable


async def test_a_dispatch_is_sent(repo, shop):
    await repositories.dispatch(repo, "plimsoll-rebuild", {"images": ["alpine:3.20"]})
    assert shop.dispatches == [
        {"event_type": "plimsoll-rebuild", "client_payload": {"images": ["alpine:3.20"]}}
    ]


@pytest.mark.parametrize("payload", [{str(n): n for n in range(11)}, {"a": "é" * 40_000}])
async def test_a_dispatch_that_github_would_not_take(fake, repo, payload):
    with pytest.raises(Unprocessable):
        await repositories.dispatch(repo, "plimsoll-rebuild", payload)
    assert not fake.requests


@pytest.mark.parametrize("how", LOST)
@pytest.mark.parametrize(
    "operation", ["git/create-blob", "git/create-tree", "git/create-commit", "git/create-ref", "pulls/create"]
)
async def test_a_lost_answer_makes_no_second_one(fake, repo, shop, operation, how):
    fake.fault(operation=operation, **how)
    sha = await bump(repo, shop)
    await pulls.create(repo, BRANCH, "main", "Bump", "")
    assert shop.branches == {"main": shop.head(), BRANCH: sha}
    assert len(shop.bot_pulls) == 1


async def test_a_dispatch_is_not_repeated(fake, repo, shop):
    await repositories.get(repo)
    fake.fault(operation="repos/create-dispatch-event", when="after")
    with pytest.raises(GitHubUnavailable):
        await repositories.dispatch(repo, "plimsoll-rebuild", {})
    assert len(shop.dispatches) == 1


async def test_a_ruleset_that_forbids_the_branch(repo, shop):
    shop.protect("plimsoll/*")
    with pytest.raises(Protected, match="bypass"):
        await bump(repo, shop)
    assert list(shop.branches) == ["main"]


async def test_a_protected_branch_cannot_be_moved(repo, shop):
    sha = await bump(repo, shop)
    shop.protect_branch()
    shop.protect_branch(BRANCH)
    for name in ("main", BRANCH):
        with pytest.raises(Protected, match="must be made through a pull request"):
            await branches.move(repo, name, sha, force=True)
    with pytest.raises(Protected):
        await branches.delete(repo, BRANCH)


async def test_a_refusal_without_a_reason_is_most_often_a_ruleset(fake, repo, shop):
    sha = await commits.write(repo, shop.head(), [Edit("Dockerfile", b"x")], "Bump")
    fake.fault(operation="git/create-ref", status=422, body={"message": "Reference update failed"})
    with pytest.raises(Protected, match="most often a ruleset"):
        await branches.create(repo, BRANCH, sha)


async def test_an_archived_repository(repo, shop):
    shop.archive()
    with pytest.raises(Archived, match="unarchive"):
        await bump(repo, shop)


async def test_a_permission_that_was_never_granted(fake, repo, shop):
    fake.grant({"contents": "read"})
    with pytest.raises(PermissionMissing, match="accepted by installation") as caught:
        await bump(repo, shop)
    assert "contents=write" in caught.value.needs
    # A review works all the same.
    review = repo.having(REVIEW)
    assert await contents.branch_tip(review, "main") == shop.head()
    with pytest.raises(PermissionMissing, match="the app needs contents=write"):
        await commits.write(review, shop.head(), [Edit("Dockerfile", b"x")], "Bump")
