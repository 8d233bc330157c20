"""GitHub or the database is away for long: what was asked for is done all the same, or said not to be."""

import sqlite3
from contextlib import closing
from datetime import timedelta

from bot.jobs.lost import find_lost
from bot.jobs.run import MOST_TRIES
from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import FLAW, Shop, checks_by_attempt
from tests.harness import HeldClock, RunningBot


async def nothing() -> set[str]:
    """What an engine says that has dropped all its jobs."""
    return set()


def wait_for(bot: RunningBot, clock: HeldClock, **span: float) -> None:
    """Let time pass as it does, with a sweep every five minutes."""
    end = clock.now() + timedelta(**span)
    while clock.now() < end:
        bot.drain()
        bot.sweep()
        clock.advance(minutes=5)


def test_a_command_outlasts_two_hours_without_github(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    outage = github.fault(path="/repos/*", status=502, times=10**6)
    comment = pull.comment("/rescan")
    wait_for(bot, clock, hours=2)
    outage.hits = outage.times
    wait_for(bot, clock, hours=1)
    assert comment.reactions == ["eyes", "+1"]
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}


def test_a_comment_does_not_contradict_its_check_for_ever(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    outage = github.fault(operation="issues/update-comment", status=502, times=10**6)
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    wait_for(bot, clock, hours=2)
    assert pull.check.conclusion == "success"
    outage.hits = outage.times
    wait_for(bot, clock, hours=1)
    assert FLAW not in (pull.bot_comment or "")


def test_a_review_whose_database_fails_is_tried_again(bot: RunningBot, clock: HeldClock, shop: Shop) -> None:
    pull = shop.risky_pull()
    with closing(sqlite3.connect(bot.context.settings.data_dir / "plimsoll.db")) as other:
        other.execute("ALTER TABLE plimsoll_earlier RENAME TO elsewhere")
        bot.drain()
        assert bot.states() == {"queued": 1}
        other.execute("ALTER TABLE elsewhere RENAME TO plimsoll_earlier")
    clock.advance(minutes=1)
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}
    assert "did not finish" not in pull.check.title


def test_a_job_that_cannot_even_be_looked_up_is_left_queued(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    (job,) = bot.waiting()
    with closing(sqlite3.connect(bot.context.settings.data_dir / "plimsoll.db")) as other:
        other.execute("ALTER TABLE plimsoll_jobs RENAME TO elsewhere")
        bot.run(job)
        other.execute("ALTER TABLE elsewhere RENAME TO plimsoll_jobs")
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure"}


def test_a_job_that_is_lost_again_and_again_is_given_up_with_the_reason(
    bot: RunningBot, clock: HeldClock, shop: Shop
) -> None:
    bot.may_end_as.add("failed")
    pull = shop.risky_pull()
    for _ in range(MOST_TRIES):
        assert bot.states() == {"queued": 1}
        clock.advance(hours=1)
        bot.call(find_lost(bot.context, nothing))
    assert bot.states() == {"failed": 1}
    assert pull.check.conclusion == "failure"
    assert "cut short" in pull.check.summary


def test_a_job_that_the_engine_still_means_to_run_is_left_to_it(
    bot: RunningBot, clock: HeldClock, shop: Shop
) -> None:
    shop.risky_pull()
    (job,) = bot.waiting()

    async def this() -> set[str]:
        return {f"{job}~0"}

    bot.call(find_lost(bot.context, nothing))
    clock.advance(hours=1)
    bot.call(find_lost(bot.context, this))
    assert bot.drain() == [job]
