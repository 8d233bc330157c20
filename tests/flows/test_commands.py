"""Commands in comments and the buttons of a check: who may, what happens, and what is left alone."""

import json
from dataclasses import replace
from typing import Any

import pytest

from bot.report.comment import MARKER
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import image, index
from tests.flows.reading import text_of
from tests.flows.scenes import FLAW, Shop, checks_by_attempt, delete_comment, plant_comment
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture
def pull(bot: RunningBot, shop: Shop) -> FakePull:
    """A pull request that was judged and failed."""
    pull = shop.risky_pull()
    bot.drain()
    return pull


def replies(pull: FakePull) -> list[str]:
    return [comment.body for comment in pull.bot_comments if MARKER not in comment.body]


@pytest.mark.parametrize("role", ["admin", "maintain", "write"])
def test_who_may_write_may_ask_for_a_rescan(bot: RunningBot, shop: Shop, pull: FakePull, role: str) -> None:
    shop.repo.set_permission("bob", role)
    comment = pull.comment("Please.\n/rescan", author="bob")
    bot.drain()
    assert comment.reactions == ["eyes", "+1"]
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}
    assert replies(pull) == []


@pytest.mark.parametrize("role", ["triage", "read", "none"])
def test_others_are_told_that_they_may_not(bot: RunningBot, shop: Shop, pull: FakePull, role: str) -> None:
    shop.repo.set_permission("bob", role)
    comment = pull.comment("/rescan", author="bob")
    bot.drain()
    assert comment.reactions == ["-1"]
    (reply,) = replies(pull)
    assert "needs write permission" in reply
    assert len(pull.checks) == 1


def test_a_rescan_keeps_to_the_digests_and_a_fresh_one_resolves_again(
    bot: RunningBot, shop: Shop, registry: Registry, pull: FakePull
) -> None:
    registry.push_image("shop-base:2", packages={"libssl3": ("3.3.1-r0", "openssl")})
    pull.comment("/rescan")
    bot.drain()
    assert pull.check.conclusion == "failure"
    pull.comment("/rescan --fresh")
    bot.drain()
    assert pull.check.conclusion == "success"
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure", "3": "success"}


@pytest.mark.parametrize(
    ("architecture", "platform"),
    [("x86_64", "linux/x86_64"), ("a/b/c", "linux/amd64")],  # the second is none, so the image is asked
)
def test_a_rescan_reads_back_whatever_platform_an_index_gives(
    bot: RunningBot, shop: Shop, registry: Registry, architecture: str, platform: str
) -> None:
    built = index({"linux/amd64": image(packages={"musl": "1"})})
    document = json.loads(built.manifest)
    document["manifests"][0]["platform"]["architecture"] = architecture
    odd = registry.push_built("odd:1", replace(built, manifest=json.dumps(document).encode()))
    pull = shop.repo.open_pull(files={"Dockerfile": f"FROM {odd}\n"})
    bot.drain()
    first = text_of(pull)
    pull.comment("/rescan")
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "success", "2": "success"}
    assert platform in first
    assert platform in text_of(pull)


def test_help_names_every_command_once(bot: RunningBot, pull: FakePull) -> None:
    comment = pull.comment("/help\n/help", author="bob")
    bot.drain()
    assert comment.reactions == ["eyes", "+1"]
    (reply,) = replies(pull)
    assert "/rescan" in reply
    assert "/help" in reply


@pytest.mark.parametrize(
    ("written", "nearest"), [("/recsan", "/rescan"), ("/hlep", "/help"), ("/rescan --fersh", "--fresh")]
)
def test_a_slip_is_answered_with_the_nearest_command(
    bot: RunningBot, pull: FakePull, written: str, nearest: str
) -> None:
    comment = pull.comment(written)
    bot.drain()
    assert comment.reactions == ["confused"]
    (reply,) = replies(pull)
    assert nearest in reply
    assert len(pull.checks) == 1


@pytest.mark.parametrize(
    "body",
    [
        "```\n/rescan\n```",
        "~~~sh\n/rescan\n~~~",
        "    /rescan",
        "> /rescan",
        "<!-- \n/rescan\n-->",
        "Try `/rescan`",
        "/usr/bin/env",
        "/lgtm",
    ],
)
def test_what_only_looks_like_a_command_is_left_alone(bot: RunningBot, pull: FakePull, body: str) -> None:
    comment = pull.comment(body)
    bot.drain()
    assert comment.reactions == []
    assert replies(pull) == []
    assert len(pull.checks) == 1


def test_a_program_is_not_obeyed(bot: RunningBot, shop: Shop, github: FakeGitHub, pull: FakePull) -> None:
    github.state.user("helper[bot]", "Bot")
    shop.repo.set_permission("helper[bot]", "admin")
    comment = pull.comment("/rescan", author="helper[bot]")
    assert bot.drain() == []
    assert comment.reactions == []


def test_our_own_words_are_not_obeyed_when_github_echoes_them(
    bot: RunningBot, github: FakeGitHub, pull: FakePull
) -> None:
    pull.comment("/help")
    bot.drain()
    github.flush()
    assert bot.drain() == []


def send_comment(github: FakeGitHub, pull: FakePull, body: str, **issue: Any) -> None:
    """Deliver a comment whose issue differs from the pull request's."""
    home = pull.repo.repository
    comment = plant_comment(pull, body, "alice")
    payload = github.webhooks.events.issue_comment(home, pull.pull, comment)
    payload["issue"] = {key: value for key, value in (payload["issue"] | issue).items() if value is not None}
    github.webhooks.send("issue_comment", payload, home)


def test_a_comment_on_a_plain_issue_is_left_alone(
    bot: RunningBot, github: FakeGitHub, pull: FakePull
) -> None:
    send_comment(github, pull, "/rescan", pull_request=None)
    assert bot.drain() == []


def test_a_closed_pull_request_is_not_judged_again(bot: RunningBot, pull: FakePull) -> None:
    pull.close()
    comment = pull.comment("/rescan")
    bot.drain()
    assert comment.reactions == ["eyes", "-1"]
    assert len(pull.checks) == 1


def test_a_comment_that_is_delivered_twice_is_one_rescan(
    bot: RunningBot, github: FakeGitHub, pull: FakePull
) -> None:
    comment = pull.comment("/rescan")
    bot.drain()
    home = pull.repo.repository
    payload = github.webhooks.events.issue_comment(home, pull.pull, comment.comment)
    github.webhooks.send("issue_comment", payload, home)
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}


def test_two_commands_in_one_comment_are_both_carried_out(bot: RunningBot, pull: FakePull) -> None:
    pull.comment("/help\n/rescan")
    bot.drain()
    assert len(replies(pull)) == 1
    assert len(pull.checks) == 2


def test_a_stranger_who_copies_our_marker_is_not_edited(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    theirs = plant_comment(pull, f"{MARKER}\nAll is well", "mallory")
    bot.drain()
    assert theirs.body == f"{MARKER}\nAll is well"
    assert FLAW in (pull.bot_comment or "")


def test_a_comment_that_a_person_deleted_is_written_anew(bot: RunningBot, shop: Shop, pull: FakePull) -> None:
    delete_comment(pull, pull.bot_comments[0].id)
    pull.push(files=shop.dockerfile(shop.bad, "again"))
    bot.drain()
    assert FLAW in (pull.bot_comment or "")


def test_of_two_comments_that_a_race_made_the_older_one_is_kept(bot: RunningBot, shop: Shop) -> None:
    pull = shop.risky_pull()
    older = plant_comment(pull, f"{MARKER}\nfirst", pull.github.bot_login)
    plant_comment(pull, f"{MARKER}\nsecond", pull.github.bot_login)
    bot.drain()
    assert [comment.id for comment in pull.bot_comments] == [older.id]
    assert FLAW in older.body


@pytest.mark.parametrize("how", ["re-run", "button"])
@pytest.mark.parametrize("fork", [False, True])
def test_a_check_can_be_asked_for_again_by_who_may_write(
    bot: RunningBot, shop: Shop, how: str, fork: bool
) -> None:
    pull = shop.risky_pull(fork=fork)
    bot.drain()
    if how == "re-run":
        pull.check.rerequest()
    else:
        pull.check.press("rescan")
    bot.drain()
    assert checks_by_attempt(pull) == {"1": "failure", "2": "failure"}


@pytest.mark.parametrize("how", ["re-run", "button"])
def test_a_check_is_not_run_again_for_a_reader(bot: RunningBot, pull: FakePull, how: str) -> None:
    if how == "re-run":
        pull.check.rerequest(by="mallory")
    else:
        pull.check.press("rescan", by="mallory")
    bot.drain()
    assert len(pull.checks) == 1


def test_another_apps_check_and_button_are_left_alone(
    bot: RunningBot, github: FakeGitHub, pull: FakePull
) -> None:
    home, run = pull.repo.repository, pull.check.run
    alice = github.state.user("alice")
    foreign = github.webhooks.events.check_run(home, run, "rerequested", alice)
    foreign["check_run"]["app"] = foreign["check_run"]["app"] | {"id": 1}
    github.webhooks.send("check_run", foreign, home)
    other = {"identifier": "deploy"}
    pressed = github.webhooks.events.check_run(home, run, "requested_action", alice, requested_action=other)
    github.webhooks.send("check_run", pressed, home)
    bot.drain()
    assert len(pull.checks) == 1


def test_a_rescan_judges_on_the_advisories_of_the_head_and_a_fresh_one_on_todays(
    bot: RunningBot, shop: Shop, advisories: Advisories
) -> None:
    pull = shop.repo.open_pull(files=shop.dockerfile(shop.good, "only a remark"))
    bot.drain()
    assert pull.check.conclusion == "success"
    before = pull.check.text
    advisories.add("CVE-2024-0002", package="openssl", fixed="3.3.2-r0", severity="critical")
    pull.comment("/rescan")
    bot.drain()
    assert pull.check.text == before
    pull.comment("/rescan --fresh")
    bot.drain()
    assert "CVE-2024-0002" in pull.check.text
