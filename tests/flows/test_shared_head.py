"""Two pull requests with one head share its check: it shows the worse of their verdicts, whatever comes last."""

from typing import Any

import pytest

from bot.github import checks
from bot.jobs.run import run_job
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.scenes import FLAW, Shop
from tests.harness import HeldClock, RunningBot


@pytest.fixture
def lax_branch(shop: Shop) -> str:
    """A target branch that ships the bad image already, so that nothing is introduced there."""
    shop.repo.commit("lax", files=shop.dockerfile(shop.bad, "lax"))
    return "lax"


@pytest.fixture(params=["strict first", "lax first"])
def pulls(request: pytest.FixtureRequest, shop: Shop, lax_branch: str) -> tuple[FakePull, FakePull]:
    """One head, which comes from the lax branch, into the strict branch and into the lax one."""
    with shop.github.silently():
        lax = shop.risky_pull(base=lax_branch)
        strict = shop.repo.second_pull_on(lax, base="main")
    for pull in (strict, lax) if request.param == "strict first" else (lax, strict):
        pull.send("opened")
    return strict, lax


def test_the_worse_verdict_counts_and_both_are_named(
    bot: RunningBot, pulls: tuple[FakePull, FakePull]
) -> None:
    strict, lax = pulls
    bot.drain()
    assert strict.check.conclusion == "failure"
    assert f"#{strict.number}" in strict.check.summary
    assert f"#{lax.number}" in strict.check.summary
    assert FLAW in (strict.bot_comment or "")


def test_a_rescan_of_the_lax_one_does_not_turn_it_green(
    bot: RunningBot, pulls: tuple[FakePull, FakePull]
) -> None:
    strict, lax = pulls
    bot.drain()
    lax.comment("/rescan")
    bot.drain()
    assert strict.check.conclusion == "failure"


def test_closing_the_failing_one_makes_it_green(bot: RunningBot, pulls: tuple[FakePull, FakePull]) -> None:
    strict, lax = pulls
    bot.drain()
    strict.close()
    bot.drain()
    assert lax.check.conclusion == "success"
    assert f"#{strict.number}:" not in lax.check.summary


def test_closing_the_lax_one_leaves_it_red(bot: RunningBot, pulls: tuple[FakePull, FakePull]) -> None:
    strict, lax = pulls
    bot.drain()
    lax.close()
    bot.drain()
    assert strict.check.conclusion == "failure"


@pytest.mark.parametrize("closed", ["strict", "lax"])
def test_one_that_is_closed_before_it_was_judged_does_not_hide_the_other(
    bot: RunningBot, pulls: tuple[FakePull, FakePull], closed: str
) -> None:
    strict, lax = pulls
    (strict if closed == "strict" else lax).close()
    bot.drain()
    assert strict.check.conclusion == ("success" if closed == "strict" else "failure")


def test_a_failing_one_that_moves_on_takes_its_verdict_with_it(
    bot: RunningBot, shop: Shop, lax_branch: str, github: FakeGitHub
) -> None:
    lax = shop.risky_pull(base=lax_branch, head_branch="one")
    with github.silently():
        strict = shop.repo.open_pull(files={"README.md": "other\n"}, head_branch="two")
    with github.state.lock:
        shop.repo.repository.git.set_ref("refs/heads/two", lax.head_sha)
        shop.repo.move_heads(shop.repo.repository, "two", lax.head_sha)
    strict.send("opened")
    bot.drain()
    assert lax.check.conclusion == "failure"
    strict.push(files=shop.dockerfile(shop.good, "mended"))
    bot.drain()
    assert lax.check.conclusion == "success"
    assert strict.check.conclusion == "success"


def test_a_review_that_could_not_finish_is_not_outvoted(
    bot: RunningBot, pulls: tuple[FakePull, FakePull], github: FakeGitHub
) -> None:
    strict, lax = pulls
    bot.may_end_as.add("parked")
    github.fault(path=f"*/pulls/{strict.number}", status=403, body={"message": "Resource not accessible"})
    bot.drain()
    assert strict.check.conclusion == "failure"
    lax.comment("/rescan")
    bot.drain()
    assert strict.check.conclusion == "failure"


def test_a_verdict_does_not_speak_for_one_that_is_still_being_found(
    bot: RunningBot, pulls: tuple[FakePull, FakePull]
) -> None:
    strict, lax = pulls
    (job,) = [job for job in bot.waiting() if f"#{lax.number}:" in job]
    bot.run(job)
    assert lax.check.conclusion == "failure"
    assert f"#{strict.number}" in lax.check.title
    bot.drain()
    strict.close()
    bot.drain()
    assert lax.check.conclusion == "success"


def test_a_sum_that_is_shown_again_is_not_overtaken_by_a_verdict(
    bot: RunningBot,
    clock: HeldClock,
    shop: Shop,
    lax_branch: str,
    github: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between reading the verdicts and writing their sum the other's own is stored."""
    shop.repo.commit("lax-too", files={"README.md": "Hello\n"}, start=lax_branch)
    with github.silently():
        one = shop.risky_pull(base=lax_branch)
        other = shop.repo.second_pull_on(one, base="lax-too")
    other.send("opened")
    github.secondary_limit(1, operation="pulls/get")
    (late,) = bot.drain()
    one.send("opened")
    joined = next(job for job in bot.waiting() if job.startswith("joined:"))
    clock.advance(seconds=2)
    bot.run(next(job for job in bot.waiting() if f"#{one.number}:" in job))
    clock.advance(seconds=2)
    conclude, began = checks.conclude, list[str]()

    async def meanwhile(*arguments: Any) -> checks.CheckRun:
        if not began:
            began.append(late)
            await run_job(bot.context, late)
        return await conclude(*arguments)

    monkeypatch.setattr("bot.github.checks.conclude", meanwhile)
    bot.run(joined)
    assert began
    assert [check.conclusion for check in one.checks] == ["success"] * 2


def test_two_verdicts_at_the_same_time_are_both_in_the_sum(
    bot: RunningBot,
    clock: HeldClock,
    shop: Shop,
    lax_branch: str,
    github: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The check that GitHub reads is concluded while the other verdict, which it still waits for, is stored."""
    shop.repo.commit("lax-too", files={"README.md": "Hello\n"}, start=lax_branch)
    with github.silently():
        one = shop.risky_pull(base=lax_branch)
        other = shop.repo.second_pull_on(one, base="lax-too")
    other.send("opened")
    github.secondary_limit(1, operation="pulls/get")
    (late,) = bot.drain()
    clock.advance(seconds=2)
    one.send("opened")
    (first,) = [job for job in bot.waiting() if f"#{one.number}:" in job]
    conclude, began = checks.conclude, list[str]()

    async def meanwhile(*arguments: Any) -> checks.CheckRun:
        if not began:
            began.append(late)
            await run_job(bot.context, late)
        return await conclude(*arguments)

    monkeypatch.setattr("bot.github.checks.conclude", meanwhile)
    bot.run(first)
    assert began
    assert len({check.id for check in one.checks}) == 2
    assert one.check.conclusion == "success"
    assert "not judged yet" not in one.check.summary
    # What joined the head is shown again, which must find nothing left to mend.
    bot.drain()
    assert one.check.conclusion == "success"
