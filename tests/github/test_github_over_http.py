"""The whole edge over real HTTP, against the fake that is checked by GitHub's own description."""

from collections.abc import AsyncIterator

import pytest

from bot.errors import BotError
from bot.github import checks, collaborators, comments, contents, pulls
from bot.github.checks import Action, Annotation, CheckOutput, Level
from bot.github.client import GitHubApp, Repository
from bot.github.errors import RateLimited
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.state import utc_now

OUTPUT = CheckOutput("Fine", "Nothing got worse")


class Clock:
    now = staticmethod(utc_now)


async def no_sleep(seconds: float) -> None:
    """Come back at once."""


@pytest.fixture(params=["", "/api/v3"])
def fake(request):
    with FakeGitHub.start(prefix=request.param) as github:
        yield github
        github.check_house()


@pytest.fixture
def pull(fake):
    return fake.repo(files={"Dockerfile": "FROM a\n", "x/y": "z"}).open_pull(files={"Dockerfile": "FROM b\n"})


@pytest.fixture
async def repo(fake, pull) -> AsyncIterator[Repository]:
    app = GitHubApp(
        app_id=fake.app_id,
        private_key=fake.private_key,
        api_url=fake.url,
        clock=Clock(),
        sleep=no_sleep,
    )
    yield app.repository(fake.installation_id, "octo/shop", pull.repo.repository.id)
    await app.aclose()


async def test_a_review_from_end_to_end(pull, repo):
    now = await pulls.get(repo, pull.number)
    assert (now.head_sha, now.is_fork, now.base_ref) == (pull.head_sha, False, "main")
    assert await pulls.list_open_with_head(repo, now.head_sha) == (now,)
    run = await checks.find_or_create(repo, now.head_sha, "review:1", OUTPUT)
    change = await contents.compare(repo, await contents.branch_tip(repo, now.base_ref), now.head_sha)
    assert [(file.path, file.status) for file in change.files] == [("Dockerfile", "modified")]
    tree = await contents.tree(repo, now.head_sha)
    assert {path for path, entry in tree.entries.items() if entry.type == "blob"} == {"Dockerfile", "x/y"}
    assert await contents.blob(repo, tree.entries["Dockerfile"].sha, 100) == b"FROM b\n"
    notes = tuple(Annotation("Dockerfile", 1, 1, Level.WARNING, f"note {number}") for number in range(60))
    await checks.conclude(repo, run, "failure", OUTPUT, notes, (Action("Rescan", "Look again", "rescan"),))
    assert (pull.check.conclusion, len(pull.check.annotations)) == ("failure", 60)
    await comments.keep_one(repo, pull.number, "Worse", marker="<!-- plimsoll -->")
    await comments.keep_one(repo, pull.number, "Better", marker="<!-- plimsoll -->", create=False)
    assert pull.bot_comment == "<!-- plimsoll -->\nBetter"


async def test_a_command_is_answered(pull, repo):
    asked = pull.comment("/rescan")
    assert await collaborators.permission(repo, (await comments.get(repo, asked.id)).author) >= 0
    await comments.react(repo, asked.id, "eyes")
    await comments.reply(repo, pull.number, "Done", f"comment:{asked.id}")
    assert asked.reactions == ["eyes"]
    assert len(pull.bot_comments) == 1


@pytest.mark.parametrize("how", [{"drop": True}, {"status": 502}])
@pytest.mark.parametrize("when", ["before", "after"])
async def test_nothing_is_done_twice(fake, pull, repo, how, when):
    for operation in ("checks/create", "checks/update", "issues/create-comment"):
        fake.fault(operation=operation, when=when, **how)
    run = await checks.find_or_create(repo, pull.head_sha, "review:1", OUTPUT)
    await checks.conclude(repo, run, "success", OUTPUT, (Annotation("Dockerfile", 1, 1, Level.NOTICE, "x"),))
    await comments.keep_one(repo, pull.number, "Hello", marker="<!-- plimsoll -->")
    assert (len(pull.checks), len(pull.check.annotations), len(pull.bot_comments)) == (1, 1, 1)


async def test_revoked_tokens_are_replaced(fake, pull, repo):
    await pulls.get(repo, pull.number)
    fake.revoke_tokens()
    assert (await pulls.get(repo, pull.number)).number == pull.number


async def test_a_limit_is_told(fake, pull, repo):
    await pulls.get(repo, pull.number)
    fake.secondary_limit(30)
    with pytest.raises(RateLimited) as caught:
        await pulls.get(repo, pull.number)
    assert isinstance(caught.value, BotError)
    assert 25 < (caught.value.again_at - utc_now()).total_seconds() <= 30
