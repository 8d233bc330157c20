"""GitHub fails before or after it did its work, refuses, or forgets: one check, one comment, and nothing hangs."""

from typing import Any

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import FLAW, Shop, checks_by_attempt, drain_later
from tests.harness import HeldClock, RunningBot

WRITES = ["checks/create", "checks/update", "issues/create-comment"]
FAULTS = [
    {"status": 502, "when": "before"},
    {"status": 502, "when": "after"},
    {"drop": True, "when": "before"},
    {"drop": True, "when": "after"},
]
names = [
    f"{'dropped' if fault.get('drop') else fault['status']} {fault['when']} the work" for fault in FAULTS
]


@pytest.mark.parametrize("times", [1, 10])
@pytest.mark.parametrize("fault", FAULTS, ids=names)
@pytest.mark.parametrize("operation", WRITES)
def test_a_write_that_fails_leaves_one_check_and_one_comment(
    bot: RunningBot,
    clock: HeldClock,
    shop: Shop,
    github: FakeGitHub,
    operation: str,
    fault: dict[str, Any],
    times: int,
) -> None:
    github.fault(operation=operation, times=times, **fault)
    pull = shop.risky_pull()
    for _ in range(4):
        drain_later(bot, clock)
    assert checks_by_attempt(pull) == {"1": "failure"}
    assert len(pull.check.annotations) == 1
    assert FLAW in (pull.bot_comment or "")


@pytest.mark.parametrize("fault", FAULTS, ids=names)
@pytest.mark.parametrize("operation", ["issues/update-comment", "checks/update"])
def test_an_update_that_fails_is_made_in_the_end(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, operation: str, fault: dict[str, Any]
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    github.fault(operation=operation, times=4, **fault)
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    drain_later(bot, clock)
    assert pull.check.conclusion == "success"
    assert FLAW not in (pull.bot_comment or "")


@pytest.mark.parametrize("skip", [0, 1])
@pytest.mark.parametrize("fault", FAULTS, ids=names)
def test_a_reaction_that_fails_is_made_in_the_end_and_the_command_done_once(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, fault: dict[str, Any], skip: int
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    github.fault(operation="reactions/create-for-issue-comment", skip=skip, **fault)
    comment = pull.comment("/rescan")
    drain_later(bot, clock)
    assert comment.reactions == ["eyes", "+1"]
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}


@pytest.mark.parametrize("fault", FAULTS, ids=names)
def test_a_reply_that_fails_is_written_once(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, fault: dict[str, Any]
) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    github.fault(operation="issues/create-comment", **fault)
    pull.comment("/help")
    drain_later(bot, clock)
    assert len(pull.bot_comments) == 1


@pytest.mark.parametrize("skip", range(10))
@pytest.mark.parametrize("kind", ["primary", "secondary", "secondary without a time"])
def test_a_rate_limit_puts_the_review_off_until_then(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, kind: str, skip: int
) -> None:
    where = {"path": "/repos/*", "skip": skip}
    if kind == "primary":
        github.primary_limit(**where)
    else:
        github.secondary_limit(30 if kind == "secondary" else None, **where)
    pull = shop.risky_pull()
    bot.drain()
    clock.advance(seconds=20)
    assert bot.drain() == []
    clock.advance(hours=1)
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}
    assert FLAW in (pull.bot_comment or "")


def test_a_token_that_is_revoked_is_replaced(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    github.revoke_tokens()
    pull.push(files=shop.dockerfile(shop.bad, "worse"))
    bot.drain()
    assert pull.check.conclusion == "failure"


@pytest.mark.parametrize("skip", range(0, 12, 3))
def test_a_token_that_is_revoked_in_the_middle_is_replaced(
    bot: RunningBot, shop: Shop, github: FakeGitHub, skip: int
) -> None:
    github.fault(path="/repos/*", skip=skip, status=401, body={"message": "Bad credentials"})
    pull = shop.risky_pull()
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}


def test_a_suspended_installation_parks_the_job_and_a_rescan_finishes_later(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    bot.may_end_as.add("parked")
    pull = shop.risky_pull()
    github.suspend()
    bot.drain()
    assert bot.states()["parked"] == 1
    github.unsuspend()
    clock.advance(minutes=16)
    bot.sweep()
    assert pull.check.conclusion == "failure"
    pull.comment("/rescan")
    bot.drain()
    assert checks_by_attempt(pull)["2"] == "failure"
    assert FLAW in (pull.bot_comment or "")


def test_a_repository_that_is_gone_parks_the_job_and_the_sweep_survives(
    bot: RunningBot, clock: HeldClock, shop: Shop
) -> None:
    bot.may_end_as.add("parked")
    shop.risky_pull()
    shop.repo.repository.installed = False
    bot.drain()
    assert bot.states() == {"parked": 1}
    clock.advance(minutes=16)
    bot.sweep()
    assert bot.waiting() == []


def forbidden(needs: str) -> dict[str, Any]:
    headers = {"x-accepted-github-permissions": needs}
    return {"status": 403, "headers": headers, "body": {"message": "Resource not accessible by integration"}}


def test_a_missing_permission_is_told_in_the_check(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    bot.may_end_as.add("parked")
    github.fault(path="*/git/trees/*", times=2, **forbidden("contents=read"))
    pull = shop.risky_pull()
    bot.drain()
    assert bot.states() == {"parked": 1}
    assert (pull.check.status, pull.check.conclusion) == ("completed", "failure")
    assert "contents=read" in pull.check.summary


def test_a_comment_that_is_refused_does_not_spoil_the_verdict(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    bot.may_end_as.add("parked")
    github.fault(operation="issues/create-comment", **forbidden("issues=write"))
    pull = shop.risky_pull()
    bot.drain()
    assert bot.states() == {"parked": 1}
    assert pull.check.conclusion == "failure"
    assert "did not finish" not in pull.check.title


def test_a_bug_is_told_by_the_jobs_id_only(
    bot: RunningBot, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> None:
        raise ZeroDivisionError("a secret of ours")

    bot.may_end_as.add("failed")
    monkeypatch.setattr("bot.handlers.review.gather", broken)
    pull = shop.risky_pull()
    (job,) = bot.drain()
    assert bot.states() == {"failed": 1}
    assert pull.check.conclusion == "failure"
    assert f"`{job}`" in pull.check.summary
    assert "secret" not in pull.check.summary + pull.check.title
    assert pull.comments == []


@pytest.mark.parametrize("body", [[], {"id": "seven"}, {}], ids=["list", "wrong", "empty"])
def test_an_answer_that_cannot_be_read_concludes_the_check(
    bot: RunningBot, shop: Shop, github: FakeGitHub, body: Any
) -> None:
    bot.may_end_as |= {"parked", "failed"}
    github.fault(operation="pulls/get", status=200, body=body)
    pull = shop.risky_pull()
    bot.drain()
    assert (pull.check.status, pull.check.conclusion) == ("completed", "failure")
    assert "did not finish" in pull.check.title
