"""A pull request from its opening to its end: what is judged, what is superseded, and what is shown when."""

from collections.abc import Callable

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.scenes import FLAW, Shop, checks_by_attempt
from tests.harness import RunningBot


def conclusions(shop: Shop, sha: str) -> list[str | None]:
    return [check.conclusion for check in shop.repo.checks_on(sha)]


def test_a_change_of_nothing_relevant_succeeds_in_one_line_and_says_no_more(
    bot: RunningBot, shop: Shop
) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    assert pull.check.conclusion == "success"
    assert "\n" not in pull.check.summary.strip().split("\n\n")[-1]
    assert pull.check.annotations == []
    assert pull.comments == []


def test_nothing_is_written_when_there_is_nothing_to_say(bot: RunningBot, shop: Shop) -> None:
    pull = shop.repo.open_pull(files=shop.dockerfile(shop.good, "only a remark"))
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.comments == []


def test_a_draft_is_judged_and_not_again_when_it_is_ready(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull(draft=True)
    bot.drain()
    assert pull.check.conclusion == "failure"
    shop.repo.commit(files={"README.md": "main moves on\n"})
    bot.drain()
    pull.ready()
    assert bot.drain() == []


def test_a_change_of_the_base_is_judged_anew_and_of_the_title_not(bot: RunningBot, shop: Shop) -> None:
    shop.repo.commit("lax", files=shop.dockerfile(shop.bad, "lax"))
    pull = shop.risky_pull(base="lax")
    bot.drain()
    pull.set_title("Better")
    assert bot.drain() == []
    pull.set_base("main")
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "success", "2": "failure"}


def test_closing_cancels_what_is_queued_and_reopening_judges(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    pull.close()
    bot.drain()
    assert pull.check.conclusion == "cancelled"
    assert pull.comments == []
    pull.reopen()
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "cancelled", "2": "failure"}


def test_a_newer_head_supersedes_the_older_one(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    older = pull.head_sha
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    bot.drain()
    assert conclusions(shop, older) == ["cancelled"]
    assert conclusions(shop, pull.head_sha) == ["success"]


def test_an_older_head_that_is_delivered_later_does_not_replace_the_newer(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    older = late(github, pull, lambda: pull.push(files=shop.dockerfile(shop.good, "older")))
    newer = pull.push(files=shop.dockerfile(shop.bad, "newer"))
    older()
    bot.drain()
    assert conclusions(shop, newer)[-1] == "failure"
    assert [check.status for check in pull.checks] == ["completed"] * len(pull.checks)
    assert FLAW in (pull.bot_comment or "")


def test_an_older_head_that_is_delivered_after_all_is_over_changes_nothing(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    older = late(github, pull, lambda: pull.push(files=shop.dockerfile(shop.good, "older")))
    newer = pull.push(files=shop.dockerfile(shop.bad, "newer"))
    bot.drain()
    older()
    bot.drain()
    assert conclusions(shop, newer) == ["failure"]
    assert FLAW in (pull.bot_comment or "")


def late(github: FakeGitHub, pull: FakePull, verb: Callable[[], object]) -> Callable[[], object]:
    """Do something in silence; return a function that delivers it."""
    with github.silently():
        verb()
    home = pull.repo.repository
    payload = github.webhooks.events.pull_request(home, pull.pull, "synchronize", pull.pull.user)
    return lambda: github.webhooks.send("pull_request", payload, home)


def test_a_head_whose_own_event_was_lost_is_judged_all_the_same(
    bot: RunningBot, shop: Shop, github: FakeGitHub
) -> None:
    pull = shop.harmless_pull()
    with github.silently():
        newer = pull.push(files=shop.dockerfile(shop.bad, "newer"))
    bot.drain()
    assert conclusions(shop, newer) == ["failure"]
    pull.send("synchronize")
    bot.drain()
    assert conclusions(shop, newer)[-1] == "failure"


def test_a_force_push_back_to_an_earlier_head_shows_its_verdict_again(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    first = pull.head_sha
    bot.drain()
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    bot.drain()
    assert FLAW not in (pull.bot_comment or "")
    go_back(pull, first)
    bot.drain()
    assert pull.head_sha == first
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}
    assert FLAW in (pull.bot_comment or "")


def go_back(pull: FakePull, sha: str) -> None:
    with pull.github.state.lock:
        pull.pull.head_repo.git.set_ref(f"refs/heads/{pull.pull.head_ref}", sha)
        pull.repo.move_heads(pull.pull.head_repo, pull.pull.head_ref, sha)
    pull.send("synchronize")


def test_the_comment_becomes_one_line_when_the_pull_request_has_become_clean(
    bot: RunningBot, shop: Shop
) -> None:
    pull = shop.risky_pull()
    bot.drain()
    (before,) = pull.bot_comments
    pull.push(files=shop.dockerfile(shop.good, "mended"))
    bot.drain()
    (after,) = pull.bot_comments
    assert after.id == before.id
    marker, line = after.body.strip().split("\n")
    assert marker == "<!-- plimsoll -->"
    assert FLAW not in line


def test_a_merge_group_gets_a_check_and_no_comment(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    bot.drain()
    group = shop.repo.merge_group(pull)
    bot.drain()
    assert [check.conclusion for check in group.checks] == ["failure"]
    assert len(pull.comments) == 1
    group.checks[0].rerequest()
    bot.drain()
    assert [check.conclusion for check in group.checks] == ["failure", "failure"]


def test_a_merge_group_that_is_given_up_is_cancelled(bot: RunningBot, shop: Shop) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    group = shop.repo.merge_group(pull)
    group.destroy()
    bot.drain()
    assert [check.conclusion for check in group.checks] == ["cancelled"]


def test_a_fork_is_judged_like_any_other(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull(fork=True, author="mallory")
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert FLAW in (pull.bot_comment or "")


def test_annotations_beyond_one_request_all_arrive(bot: RunningBot, shop: Shop) -> None:
    files = {f"app{number}/Dockerfile": f"FROM {shop.bad}\n" for number in range(60)}
    pull = shop.repo.open_pull(files=files)
    bot.drain()
    assert sorted({note["path"] for note in pull.check.annotations}) == sorted(files)
    assert sum(note["annotation_level"] == "failure" for note in pull.check.annotations) == 60
