"""Deliveries that were lost are asked for again; one that cannot be had does not keep us from the others."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import Shop
from tests.harness import RunningBot


@contextmanager
def unreachable(github: FakeGitHub) -> Iterator[None]:
    """Let the bot miss what happens."""
    address, github.webhook_url = github.webhook_url, None
    yield
    github.webhook_url = address


def ask_again(bot: RunningBot, github: FakeGitHub) -> None:
    bot.ask_again()
    github.flush()
    bot.drain()


def redelivered(github: FakeGitHub) -> list[str]:
    """The GUIDs of what was sent again."""
    return [delivery.guid for delivery in github.deliveries if delivery.redelivery]


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


@pytest.mark.parametrize("status", [404, 422])
def test_one_that_github_refuses_to_send_again_does_not_block_the_others(
    bot: RunningBot, shop: Shop, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    monkeypatch.setattr("bot.handlers.redeliver.MOST_AT_ONCE", 1)
    with unreachable(github):
        shop.risky_pull("one")
        other = shop.risky_pull("two")
    first = github.deliveries[0].id
    refusal = {"status": status, "body": {"message": "too old"}}
    github.fault(path=f"/app/hook/deliveries/{first}/attempts", times=99, **refusal)
    ask_again(bot, github)
    assert other.check.conclusion == "failure"


def test_one_that_was_lost_long_before_many_that_arrived_is_found(
    bot: RunningBot, shop: Shop, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.github.deliveries.PER_PAGE", 2)
    monkeypatch.setattr("bot.github.deliveries.MOST_PAGES", 2)
    with unreachable(github):
        lost = shop.risky_pull()
    for _ in range(5):
        github.ping()
    ask_again(bot, github)
    assert lost.check.conclusion == "failure"


def test_more_lost_ones_than_are_looked_at_are_warned_of(
    bot: RunningBot,
    shop: Shop,
    github: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("bot.github.deliveries.PER_PAGE", 1)
    monkeypatch.setattr("bot.github.deliveries.MOST_PAGES", 2)
    with unreachable(github):
        pulls = [shop.risky_pull(str(number)) for number in range(3)]
    ask_again(bot, github)
    assert "more than 2 deliveries failed" in caplog.text
    assert [len(pull.checks) for pull in pulls] == [0, 1, 1]


def test_what_is_no_concern_of_ours_is_not_asked_for(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    shop.harmless_pull()
    bot.drain()
    with unreachable(github):
        github.ping()
        # The echo of our own check.
        github.flush()
    assert len(github.deliveries) > 2
    ask_again(bot, github)
    assert redelivered(github) == []


def test_a_push_that_was_lost_is_asked_for(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    with unreachable(github):
        shop.repo.commit(files={"README.md": "Hello\n"})
    ask_again(bot, github)
    assert redelivered(github) == [github.deliveries[0].guid]


def test_one_that_we_refused_as_malformed_is_not_asked_for(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    home = shop.repo.repository
    body = github.webhooks.events.common(home, home.owner, action="opened", pull_request={})
    github.webhooks.send("pull_request", body, home)
    assert github.deliveries[-1].status_code == 400
    ask_again(bot, github)
    assert redelivered(github) == []


@pytest.mark.parametrize("number", [0, 413, 502, 504])
def test_one_that_never_arrived_is_found_whatever_github_calls_that(
    bot: RunningBot, shop: Shop, github: FakeGitHub, number: int
) -> None:
    github.webhooks.unanswered = number
    with unreachable(github):
        lost = shop.risky_pull()
    ask_again(bot, github)
    assert lost.check.conclusion == "failure"
