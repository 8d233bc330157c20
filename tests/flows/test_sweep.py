"""What is done by the clock: overdue checks are concluded, whatever happens to one of them."""

import asyncio
from typing import Any

import pytest

from bot.github.checks import CheckRun
from bot.handlers import publish, unfinished
from bot.store.reviews import ReviewRow
from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import Shop, checks_by_attempt
from tests.harness import HeldClock, RunningBot


def test_the_sweep_concludes_an_overdue_check_with_its_reason(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    github.secondary_limit(3000, operation="pulls/get")
    bot.drain()
    assert pull.check.status == "in_progress"
    bot.sweep()
    assert pull.check.status == "in_progress"
    clock.advance(minutes=51)
    bot.sweep()
    assert pull.check.conclusion == "failure"
    assert "15 minutes" in pull.check.summary
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}
    assert "did not finish" not in pull.check.title


def test_a_review_that_takes_too_long_concludes_its_own_check(
    bot: RunningBot, clock: HeldClock, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hang(*_: object) -> None:
        clock.advance(minutes=16)
        await asyncio.Event().wait()

    monkeypatch.setattr("bot.handlers.review.GLANCE", 0.01)
    monkeypatch.setattr("bot.handlers.review.gather", hang)
    pull = shop.risky_pull()
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert "took longer than 15 minutes" in pull.check.summary
    assert bot.states() == {"done": 1}


def test_the_sweep_concludes_a_check_that_was_never_opened(
    bot: RunningBot, clock: HeldClock, shop: Shop
) -> None:
    pull = shop.risky_pull()
    bot.sweep()
    assert pull.checks == []
    clock.advance(minutes=16)
    bot.sweep()
    assert checks_by_attempt(pull) == {"1": "failure"}
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}


def test_the_sweep_leaves_finished_checks_alone(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    asked = len(github.requests)
    clock.advance(days=2)
    bot.sweep()
    assert len(github.requests) == asked
    assert pull.check.conclusion == "success"


def test_a_review_that_ends_before_the_sweep_gets_to_it_keeps_its_verdict(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    (review,) = bot.waiting()
    clock.advance(minutes=16)
    asked = len(github.requests)
    bot.call(unfinished.sweep(bot.context))
    assert len(github.requests) == asked
    bot.run(review)
    asked = len(github.requests)
    bot.drain()
    assert len(github.requests) == asked
    assert checks_by_attempt(pull) == {"1": "failure"}
    assert "did not finish" not in pull.check.title


def test_a_review_that_begins_again_before_the_sweep_gets_to_it_has_its_full_time(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    (review,) = bot.waiting()
    clock.advance(minutes=16)
    bot.call(unfinished.sweep(bot.context))
    github.secondary_limit(60, operation="pulls/get")
    bot.run(review)
    bot.sweep()
    assert pull.check.status == "in_progress"
    clock.advance(minutes=2)
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}


def broken_for(monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    """Let the bot have a bug with the reviews whose id holds this."""
    real = publish.open_check

    async def broken(ctx: Any, repo: Any, row: ReviewRow) -> CheckRun:
        if part in row.id:
            raise ZeroDivisionError
        return await real(ctx, repo, row)

    monkeypatch.setattr(publish, "open_check", broken)


def test_a_bug_with_one_check_does_not_keep_the_sweep_from_the_others(
    bot: RunningBot, clock: HeldClock, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.may_end_as.add("failed")
    broken_for(monkeypatch, "#1:")
    shop.risky_pull("one")
    clock.advance(seconds=5)
    other = shop.risky_pull("two")
    clock.advance(minutes=16)
    bot.sweep()
    assert checks_by_attempt(other) == {"1": "failure"}
    bot.drain()


def test_a_bug_in_telling_of_a_failure_ends_the_job_all_the_same(
    bot: RunningBot, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    bot.may_end_as.add("failed")
    broken_for(monkeypatch, "")
    shop.risky_pull()
    bot.drain()
    assert bot.states() == {"failed": 1}


@pytest.mark.parametrize("back", [False, True])
def test_a_check_that_cannot_be_concluded_is_tried_each_hour_and_in_the_end_given_up(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, back: bool
) -> None:
    bot.may_end_as |= {"parked"}
    pull = shop.risky_pull()
    shop.repo.repository.installed = False
    bot.drain()
    for _ in range(20 if back else 5 * 24 * 4):
        clock.advance(minutes=15)
        bot.sweep()
    assert 50 <= bot.states()["parked"] - 1 <= 80 or back
    shop.repo.repository.installed = True
    asked = len(github.requests)
    for _ in range(24):
        clock.advance(hours=1)
        bot.sweep()
    assert (len(github.requests) > asked) is back
    assert [check.conclusion for check in pull.checks] == (["failure"] if back else [])
