"""A review that is tried again, or whose answers were lost: its words stay those of one verdict, said once."""

from operator import attrgetter

import pytest
import sqlalchemy as sa

from bot.github import checks
from bot.github.checks import CheckRun
from bot.github.client import Repository
from bot.store.tables import reviews
from tests.fakes.github.fake import FakeGitHub
from tests.flows.scenes import FLAW, Shop, checks_by_attempt, drain_later, open_shop
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

NO_CHECKS = {"total_count": 0, "check_runs": []}
REFUSED = {
    "status": 403,
    "headers": {"x-accepted-github-permissions": "contents=read"},
    "body": {"message": "Resource not accessible by integration"},
}


def test_a_comparison_that_lists_no_files_proves_nothing(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    with github.silently():
        pull = shop.risky_pull()
    base = {"merge_base_commit": {"sha": pull.repo.repository.base_sha(pull.pull)}, "status": "ahead"}
    github.fault(operation="repos/compare-commits-with-basehead", status=200, body=base)
    pull.send("opened")
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert FLAW in (pull.bot_comment or "")


@pytest.mark.parametrize("body", [{"sha": "x", "url": ""}, {"sha": "x", "url": "", "tree": []}])
def test_a_tree_without_its_entries_is_not_empty(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, body: dict[str, object]
) -> None:
    bot.may_end_as |= {"parked"}
    github.fault(operation="git/get-tree", skip=1, times=1, status=200, body=body)
    pull = shop.risky_pull()
    drain_later(bot, clock)
    assert "did not finish" in pull.check.title


@pytest.mark.parametrize("later", [{"operation": "pulls/get"}, {"operation": "issues/create-comment"}])
def test_two_check_runs_of_a_lagging_list_are_both_concluded(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, later: dict[str, str]
) -> None:
    github.fault(operation="checks/create", when="after", status=502)
    github.fault(operation="checks/list-for-ref", skip=1, times=1, status=200, body=NO_CHECKS)
    github.fault(status=502, times=3, **later)
    pull = shop.risky_pull()
    drain_later(bot, clock)
    assert [(check.status, check.conclusion) for check in pull.checks] == [
        ("completed", "cancelled"),
        ("completed", "failure"),
    ]


def test_of_two_check_runs_the_one_that_no_list_shows_yet_counts(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    github.fault(operation="checks/create", when="after", status=502)
    listed, shown = checks._ours, iter([0, 0, 1])

    async def lagging(repo: Repository, head: str) -> list[CheckRun]:
        """Both lists before the second run show none, the one after it only the first."""
        return sorted(await listed(repo, head), key=attrgetter("id"))[: next(shown, None)]

    monkeypatch.setattr("bot.github.checks._ours", lagging)
    pull = shop.risky_pull()
    drain_later(bot, clock)
    assert [check.status for check in pull.checks] == ["completed"] * len(pull.checks)
    assert pull.check.conclusion == "failure"


def test_two_comments_of_a_lagging_list_become_one(bot: RunningBot, shop: Shop, github: FakeGitHub) -> None:
    github.fault(operation="issues/create-comment", when="after", status=502)
    github.fault(operation="issues/list-comments", skip=1, times=1, status=200, body=[])
    pull = shop.risky_pull()
    bot.drain()
    assert FLAW in (pull.bot_comment or "")


def test_a_comment_whose_id_was_never_told_is_edited_all_the_same(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    github.fault(operation="issues/create-comment", when="after", status=502)
    lost = github.fault(operation="issues/list-comments", status=502, skip=1, times=100)
    pull = shop.risky_pull()
    bot.drain()
    lost.hits = lost.times
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    drain_later(bot, clock)
    assert pull.check.conclusion == "success"
    assert FLAW not in (pull.bot_comment or "")


def test_a_verdict_that_was_found_is_shown_and_not_found_again(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, registry: Registry
) -> None:
    registry.fail("/shop-base/manifests/2", status=503)
    github.fault(operation="checks/update", status=502, times=3)
    pull = shop.risky_pull()
    bot.drain()
    registry.heal()
    drain_later(bot, clock)
    assert "could not read" in pull.check.title
    assert ["Could not read" in note["title"] for note in pull.check.annotations] == [True]
    assert "Could not read" in (pull.bot_comment or "")


def test_a_comment_that_is_late_says_what_the_check_says(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, registry: Registry
) -> None:
    registry.fail("/shop-base/manifests/2", status=503)
    github.fault(operation="issues/create-comment", status=502, times=3)
    pull = shop.risky_pull()
    bot.drain()
    registry.heal()
    drain_later(bot, clock)
    assert "could not read" in pull.check.title
    assert len(pull.check.annotations) == 1
    assert "Could not read" in (pull.bot_comment or "")


def test_a_late_comment_leaves_the_concluded_check_and_newer_heads_alone(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub
) -> None:
    refused = github.fault(operation="issues/create-comment", status=502, times=100)
    pull = shop.risky_pull()
    first = pull.head_sha
    bot.drain()
    refused.hits = refused.times
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    drain_later(bot, clock)
    assert [check.conclusion for check in shop.repo.checks_on(first)] == ["failure"]
    assert pull.check.conclusion == "success"
    assert FLAW not in (pull.bot_comment or "")


def test_a_late_comment_of_an_older_attempt_leaves_that_of_the_newer(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, advisories: Advisories
) -> None:
    refused = github.fault(operation="issues/create-comment", status=502, times=100)
    pull = shop.risky_pull()
    bot.drain()
    refused.hits = refused.times
    advisories.withdraw("ALPINE-" + FLAW)
    pull.comment("/rescan --fresh")
    for ending in ("command", ":2"):
        bot.run(next(job for job in bot.waiting() if job.startswith(ending) or job.endswith(ending)))
    drain_later(bot, clock)
    assert checks_by_attempt(pull) == {"1": "failure", "2": "success"}
    assert FLAW not in (pull.bot_comment or "")


def test_a_stored_verdict_of_an_attempt_that_was_superseded_is_not_shown(
    bot: RunningBot, clock: HeldClock, shop: Shop, github: FakeGitHub, advisories: Advisories
) -> None:
    github.fault(operation="checks/update", status=502, times=3)
    pull = shop.risky_pull()
    bot.drain()
    advisories.withdraw("ALPINE-" + FLAW)
    pull.comment("/rescan --fresh")
    bot.drain()
    drain_later(bot, clock)
    assert checks_by_attempt(pull) == {"1": "cancelled", "2": "success"}
    assert FLAW not in (pull.bot_comment or "")


def test_a_comment_does_not_pass_a_commit_that_could_not_be_judged(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    bot.may_end_as |= {"parked"}
    pull = shop.risky_pull()
    bot.drain()
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    bot.drain()
    assert "Pass" in (pull.bot_comment or "")
    github.fault(path="*/git/trees/*", times=4, **REFUSED)
    pull.push(files=shop.dockerfile(shop.bad, "worse again"))
    bot.drain()
    assert "did not finish" in pull.check.title
    assert "did not finish" in (pull.bot_comment or "")
    assert "Pass" not in (pull.bot_comment or "")


def test_nothing_stored_passes_a_commit_that_could_not_be_told(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    bot.may_end_as |= {"parked"}
    github.fault(operation="checks/update", times=1, **REFUSED)
    pull = shop.repo.open_pull(files=shop.dockerfile(shop.good, "remark"))
    bot.drain()
    assert "did not finish" in pull.check.title
    query = sa.select(reviews.c.status, reviews.c.document)
    row = bot.context.store.do_now(lambda c: c.execute(query).one())
    assert (row.status, row.document) == (3, None)


def test_a_command_whose_comment_was_deleted_is_carried_out(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    comment = pull.comment("/rescan")
    with github.state.lock:
        del pull.repo.repository.comments[comment.id]
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}


def test_a_bot_that_lost_its_data_mixes_nothing_with_what_it_said_before(
    tmp_path, clock: HeldClock, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    shop = open_shop(github, registry, advisories)
    registry.fail("/shop-base/manifests/2", status=503)
    with running_bot(settings_for(tmp_path / "first", github, registry), clock, github, advisories) as bot:
        pull = shop.risky_pull()
        bot.drain()
    registry.heal()
    again = Advisories(tmp_path / "osv2", tmp_path / "second" / "advisories.db", clock)
    again.add(FLAW, package="openssl", fixed="3.3.1-r0", severity="critical")
    with running_bot(settings_for(tmp_path / "second", github, registry), clock, github, again) as bot:
        pull.send("reopened")
        bot.drain()
    assert [(check.conclusion, len(check.annotations)) for check in pull.checks] == [("failure", 1)] * 2
    assert "1 new critical" in pull.checks[-1].title
    assert "1 new critical" in (pull.bot_comment or "")
