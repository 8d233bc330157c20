"""Events that come late or twice: GitHub promises no order, and lost ones are asked for an hour later."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.scenes import Shop, checks_by_attempt, drain_later
from tests.harness import HeldClock, RunningBot


@pytest.fixture
def lax_branch(shop: Shop) -> str:
    """A target branch that ships the bad image already, so that nothing is introduced there."""
    shop.repo.commit("lax", files=shop.dockerfile(shop.bad, "lax"))
    return "lax"


def held_back(github: FakeGitHub, pull: FakePull, action: str) -> Callable[[], object]:
    """An event as it would be sent now; the function delivers it."""
    home = pull.repo.repository
    payload = github.webhooks.events.pull_request(home, pull.pull, action, pull.pull.user)
    return lambda: github.webhooks.send("pull_request", payload, home)


def lose(github: FakeGitHub, verb: Callable[[], FakePull | None]) -> FakePull | None:
    """Do something while the bot cannot be reached."""
    address, github.webhook_url = github.webhook_url, None
    done = verb()
    github.webhook_url = address
    return done


def ask_again(bot: RunningBot, github: FakeGitHub) -> None:
    bot.ask_again()
    github.flush()
    bot.drain()


def on_one_head(shop: Shop, github: FakeGitHub, lax_branch: str) -> tuple[FakePull, FakePull]:
    with github.silently():
        lax = shop.risky_pull(base=lax_branch)
        strict = shop.repo.second_pull_on(lax, base="main")
    return strict, lax


@pytest.mark.parametrize("apart", [0, 60], ids=["in one second", "in order of time"])
def test_the_branch_it_once_aimed_at_does_not_count_when_that_is_told_late(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, lax_branch: str, apart: int
) -> None:
    pull = lose(github, lambda: shop.risky_pull(base=lax_branch))
    assert pull is not None
    clock.advance(seconds=apart)
    pull.set_base("main")
    bot.drain()
    ask_again(bot, github)
    assert pull.check.conclusion == "failure"
    assert set(checks_by_attempt(pull)) == ({"1"} if apart else {"1", "2", "3"})


def test_a_retargeted_pull_request_is_judged_by_what_github_says_though_nobody_told(
    bot: RunningBot, shop: Shop, github: FakeGitHub, lax_branch: str
) -> None:
    pull = shop.risky_pull(base=lax_branch)
    with github.silently():
        pull.set_base("main")
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "cancelled", "2": "failure"}


def test_a_closing_told_late_does_not_hide_one_that_is_open_again(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, lax_branch: str
) -> None:
    strict, lax = on_one_head(shop, github, lax_branch)
    lax.send("opened")
    strict.send("opened")
    bot.drain()
    lose(github, strict.close)
    clock.advance(minutes=1)
    strict.reopen()
    bot.drain()
    ask_again(bot, github)
    assert strict.check.conclusion == "failure"


def test_a_closing_told_late_does_not_cancel_the_review_of_one_that_is_open_again(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    with github.silently():
        pull.close()
    closed = held_back(github, pull, "closed")
    clock.advance(minutes=1)
    pull.reopen()
    closed()
    bot.drain()
    assert pull.check.conclusion == "failure"


def test_a_closing_that_was_lost_is_learnt_from_github(
    bot: RunningBot, shop: Shop, github: FakeGitHub, lax_branch: str
) -> None:
    strict, lax = on_one_head(shop, github, lax_branch)
    lax.send("opened")
    bot.drain()
    strict.send("opened")
    with github.silently():
        strict.close()
    bot.drain()
    assert lax.check.conclusion == "success"


@pytest.mark.parametrize("apart", [0, 60], ids=["in one second", "in order of time"])
def test_a_head_told_late_does_not_take_a_failing_verdict_off_the_one_it_left_for(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, lax_branch: str, apart: int
) -> None:
    lax = shop.risky_pull(base=lax_branch, head_branch="one")
    with github.silently():
        strict = shop.repo.open_pull(files={"README.md": "other\n"}, head_branch="two")
    stale = held_back(github, strict, "synchronize")
    clock.advance(seconds=apart)
    with github.state.lock:
        shop.repo.repository.git.set_ref("refs/heads/two", lax.head_sha)
        shop.repo.move_heads(shop.repo.repository, "two", lax.head_sha)
    strict.send("opened")
    bot.drain()
    assert lax.check.conclusion == "failure"
    stale()
    bot.drain()
    assert strict.head_sha == lax.head_sha
    assert lax.check.conclusion == "failure"


def test_one_that_joins_a_green_head_is_seen_there_before_it_is_judged(
    bot: RunningBot, shop: Shop, github: FakeGitHub, lax_branch: str
) -> None:
    strict, lax = on_one_head(shop, github, lax_branch)
    lax.send("opened")
    bot.drain()
    assert lax.check.conclusion == "success"
    strict.send("opened")
    (joined,) = [job for job in bot.waiting() if job.startswith("joined:")]
    bot.run(joined)
    assert lax.check.conclusion == "failure"
    assert f"#{strict.number}" in lax.check.title
    bot.drain()
    assert lax.check.conclusion == "failure"


def answer(pull: FakePull) -> dict[str, Any]:
    """What GitHub answers about a pull request now, for a replica that will lag."""
    event = pull.github.webhooks.events.pull_request(pull.repo.repository, pull.pull, "x", pull.pull.user)
    return dict(event["pull_request"])


def test_an_answer_that_lags_behind_its_own_event_does_not_lose_the_head(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.repo.open_pull(files=shop.dockerfile(shop.good, "one"))
    bot.drain()
    old = answer(pull)
    clock.advance(minutes=5)
    pull.push(files=shop.dockerfile(shop.bad, "two"))
    github.fault(operation="pulls/get", status=200, body=old)
    drain_later(bot, clock)
    assert checks_by_attempt(pull) == {"1": "failure"}


def test_an_answer_that_still_says_closed_does_not_take_a_failing_verdict_off_its_head(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, lax_branch: str
) -> None:
    strict, lax = on_one_head(shop, github, lax_branch)
    strict.send("opened")
    lax.send("opened")
    bot.drain()
    clock.advance(minutes=5)
    strict.close()
    bot.drain()
    old = answer(strict)
    clock.advance(minutes=5)
    strict.reopen()
    github.fault(operation="pulls/get", status=200, body=old)
    drain_later(bot, clock)
    assert lax.check.conclusion == "failure"
