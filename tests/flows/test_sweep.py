"""What is done by the clock: overdue checks are concluded, and lost deliveries are asked for again."""

import asyncio

import pytest

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


def test_a_lost_delivery_is_asked_for_again_and_an_accepted_one_is_not(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    accepted = shop.harmless_pull()
    bot.drain()
    github.flush()
    address, github.webhook_url = github.webhook_url, None
    lost = shop.risky_pull()
    guid = github.deliveries[-1].guid
    github.webhook_url = address
    bot.ask_again()
    github.flush()
    bot.drain()
    assert lost.check.conclusion == "failure"
    bot.ask_again()
    github.flush()
    assert [delivery.guid for delivery in github.deliveries if delivery.redelivery] == [guid]
    assert len(accepted.checks) == 1


def test_a_delivery_that_was_stored_although_github_saw_a_failure_is_not_asked_for(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    shop.harmless_pull()
    bot.drain()
    github.deliveries[-1].status_code = 502
    bot.ask_again()
    github.flush()
    assert not any(delivery.redelivery for delivery in github.deliveries)
