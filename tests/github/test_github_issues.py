"""Our issues: one for each thing to say, whoever else writes, closes or copies."""

import pytest

from bot.github import issues
from bot.github.client import NOTICE
from bot.github.errors import NotFound, PermissionMissing
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.state import Issue
from tests.github.edge import handle_on

MARKER = "<!-- plimsoll-trouble -->"


@pytest.fixture
def fake():
    with FakeGitHub.start() as github:
        yield github
        github.check_house()


@pytest.fixture
def shop(fake):
    return fake.repo(files={"Dockerfile": "FROM a\n"})


@pytest.fixture
async def repo(fake, shop):
    async with handle_on(fake, shop, NOTICE) as handle:
        yield handle


def planted(fake, shop, login: str, body: str) -> Issue:
    state, home = fake.state, shop.repository
    now, number = state.now(), home.next_number()
    issue = Issue(state.next_id("issue"), number, "Mine", body, state.user(login), now, now)
    home.issues[number] = issue
    return issue


async def test_an_issue_is_opened_once_and_edited_in_place(repo, shop):
    first = await issues.keep_one(repo, MARKER, "Cannot bump", "Because", ("security",))
    same = await issues.keep_one(repo, MARKER, "Cannot bump", "Because")
    edited = await issues.keep_one(repo, MARKER, "Still cannot", "Of that")
    assert (first.number, first.is_open) == (same.number, True) == (edited.number, True)
    [issue] = shop.issues
    assert (issue.title, issue.body, issue.labels) == ("Still cannot", f"{MARKER}\nOf that", ["security"])


async def test_different_markers_are_different_issues(repo, shop):
    one = await issues.keep_one(repo, MARKER, "One", "1")
    two = await issues.keep_one(repo, "<!-- plimsoll-rebuild -->", "Two", "2")
    assert one.number != two.number
    assert (await issues.find(repo, MARKER)).number == one.number
    assert await issues.find(repo, "<!-- other -->") is None


async def test_what_a_person_closed_stays_closed(repo, shop):
    number = (await issues.keep_one(repo, MARKER, "Cannot bump", "Because")).number
    shop.issues[0].close(by="alice")
    kept = await issues.keep_one(repo, MARKER, "Cannot bump", "Because of more")
    assert (kept.number, kept.is_open, kept.closed_by) == (number, False, "alice")
    assert [issue.state for issue in shop.issues] == ["closed"]
    assert shop.issues[0].body == f"{MARKER}\nBecause"


async def test_what_we_closed_is_opened_again(repo, shop):
    number = (await issues.keep_one(repo, MARKER, "Cannot bump", "Because")).number
    for _ in range(2):
        await issues.close(repo, number, "It works again.")
    [issue] = shop.issues
    assert (issue.state, issue.state_reason) == ("closed", "completed")
    [comment] = issue.comments
    assert "It works again." in comment.body
    again = await issues.keep_one(repo, MARKER, "Cannot bump", "Because of more")
    assert (again.number, again.is_open) == (number, True)
    assert (issue.state, issue.body) == ("open", f"{MARKER}\nBecause of more")


async def test_a_copied_marker_is_not_ours(fake, repo, shop):
    theirs = planted(fake, shop, "mallory", f"{MARKER}\nhello")
    kept = await issues.keep_one(repo, MARKER, "Cannot bump", "Because")
    assert kept.number != theirs.number
    assert theirs.body == f"{MARKER}\nhello"


async def test_a_pull_request_of_ours_is_no_issue(fake, repo, shop):
    pull = shop.open_pull(files={"x": "y"}, author=fake.bot_login, body=MARKER)
    assert (await issues.keep_one(repo, MARKER, "Cannot bump", "Because")).number != pull.number


@pytest.mark.parametrize("how", [{"status": 502}, {"drop": True}])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_makes_no_second_issue(fake, repo, shop, how, when):
    fake.fault(operation="issues/create", when=when, **how)
    await issues.keep_one(repo, MARKER, "Cannot bump", "Because")
    assert len(shop.issues) == 1


async def test_two_workers_leave_one_open(fake, repo, shop):
    # The list lags behind what the lost request had made.
    fake.fault(operation="issues/create", when="after")
    fake.fault(operation="issues/list-for-repo", status=200, body=[], times=2)
    kept = await issues.keep_one(repo, MARKER, "Cannot bump", "Because")
    assert [issue.number for issue in shop.issues if issue.state == "open"] == [kept.number]
    assert [issue.state_reason for issue in shop.issues] == [None, "not_planned"]


async def test_labels_are_never_in_the_way(fake, repo, shop):
    kept = await issues.keep_one(repo, MARKER, "Cannot bump", "Because", ("x" * 51, " ", "docker"))
    assert (kept.is_open, shop.issues[0].labels) == (True, ["docker"])


async def test_closing_one_that_is_gone(repo):
    await issues.close(repo, 99, "Nothing to say")


async def test_a_repository_without_issues(repo, shop):
    shop.disable_issues()
    with pytest.raises(NotFound, match="Issues has been disabled"):
        await issues.keep_one(repo, MARKER, "Cannot bump", "Because")


async def test_without_the_permission(fake, repo, shop):
    fake.grant({"issues": "read"})
    with pytest.raises(PermissionMissing, match="issues=write"):
        await issues.keep_one(repo, MARKER, "Cannot bump", "Because")
