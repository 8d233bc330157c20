"""The policy of the target branch: what it changes, what a pull request cannot change, and what is said of mistakes."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import FLAWED, SOUND, know_flaw, rules_of, text_of
from tests.flows.scenes import Shop
from tests.harness import Advisories, Registry, RunningBot

POLICY = ".github/plimsoll.yml"
LAX = "fail-on-severity: critical\n"
STRICT = "fail-on-severity: medium\n"
BROKEN = "# ours\nfail-on-severty: medium\n"
REQUESTS = ("git/get-ref", "repos/get-content", "git/get-blob")


@pytest.fixture
def shop(github: FakeGitHub, registry: Registry, advisories: Advisories) -> Shop:
    """A shop whose new base image brings a flaw of medium severity, which no default blocks."""
    know_flaw(advisories, "medium")
    good = registry.push_image("shop-base:1", packages=SOUND)
    bad = registry.push_image("shop-base:2", packages=FLAWED)
    return Shop(github, github.repo(files={"Dockerfile": f"FROM {good}\n"}), good, bad)


def commit_policy(shop: Shop, text: str) -> None:
    shop.repo.commit(files={POLICY: text})


def judged(bot: RunningBot, pull: FakePull) -> FakePull:
    bot.drain()
    return pull


def test_a_stricter_target_branch_makes_it_fail(bot: RunningBot, shop: Shop) -> None:
    assert judged(bot, shop.risky_pull()).check.conclusion == "success"
    commit_policy(shop, STRICT)
    pull = judged(bot, shop.risky_pull("again"))
    assert pull.check.conclusion == "failure"
    assert f"Judged by the policy {POLICY} at {shop.repo.head()[:7]}." in text_of(pull).replace("\\", "")


def test_a_pull_request_cannot_loosen_its_own_policy(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, STRICT)
    files = {**shop.dockerfile(shop.bad), POLICY: LAX}
    assert judged(bot, shop.repo.open_pull(files=files)).check.conclusion == "failure"
    removed = shop.repo.open_pull(files=shop.dockerfile(shop.bad, "b"), delete=[POLICY])
    assert judged(bot, removed).check.conclusion == "failure"


def test_an_old_branch_does_not_revive_an_old_policy(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, LAX)
    pull = judged(bot, shop.risky_pull())
    assert pull.check.conclusion == "success"
    commit_policy(shop, STRICT)
    pull.comment("/rescan")
    assert judged(bot, pull).check.conclusion == "failure"


def test_a_merge_group_is_judged_by_its_target_branch(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, STRICT)
    group = shop.repo.merge_group(shop.risky_pull())
    bot.drain()
    assert [check.conclusion for check in group.checks] == ["failure"]


def test_an_unknown_key_of_the_change_is_annotated_with_the_nearest_one(bot: RunningBot, shop: Shop) -> None:
    pull = judged(bot, shop.repo.open_pull(files={POLICY: BROKEN}))
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == ["policy-problem"]
    (note,) = pull.check.annotations
    assert (note["path"], note["start_line"], note["annotation_level"]) == (POLICY, 2, "warning")
    assert "did you mean 'fail-on-severity'?" in note["message"]
    pull.push(files={POLICY: STRICT})
    assert judged(bot, pull).check.annotations == []


def test_after_a_broken_commit_the_last_good_policy_judges(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, STRICT)
    judged(bot, shop.risky_pull())
    commit_policy(shop, BROKEN)
    pull = judged(bot, shop.risky_pull("again"))
    assert pull.check.conclusion == "failure"
    assert "policy-problem" in rules_of(pull)
    assert "Judged by the last good policy" in text_of(pull)
    assert "Judged by the last good policy" in (pull.bot_comment or "")
    note = next(note for note in pull.check.annotations if note["path"] == POLICY)
    assert note["start_line"] == 2


def test_without_a_good_one_the_default_judges(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, BROKEN)
    pull = judged(bot, shop.risky_pull())
    assert pull.check.conclusion == "success"
    assert "Judged by the default policy" in text_of(pull)


def test_a_removed_file_is_not_remembered(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, STRICT)
    judged(bot, shop.risky_pull())
    shop.repo.commit(delete=[POLICY])
    judged(bot, shop.risky_pull("b"))
    commit_policy(shop, BROKEN)
    assert judged(bot, shop.risky_pull("c")).check.conclusion == "success"


def test_a_broken_policy_is_noticed_where_no_image_changes_but_not_in_a_comment(
    bot: RunningBot, shop: Shop
) -> None:
    commit_policy(shop, BROKEN)
    pull = judged(bot, shop.harmless_pull())
    assert pull.check.conclusion == "success"
    assert pull.check.title == "Warning: the policy of the target branch cannot be used"
    assert pull.bot_comment is None


def test_a_pull_request_that_mends_the_policy_is_not_annotated(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, BROKEN)
    pull = judged(bot, shop.repo.open_pull(files={POLICY: STRICT}))
    assert pull.check.annotations == []
    assert "line 2: unknown key" in text_of(pull)


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({POLICY: ("120000", b"elsewhere.yml")}, "a symbolic link, which is not followed"),
        ({POLICY: ("160000", b"1" * 40)}, "it is not a file"),
        ({POLICY: "#" + "x" * 64_000}, "larger than 64,000 bytes"),
        ({POLICY: b"\xff\xfe"}, "not UTF-8"),
        ({f"{POLICY}/a": "b"}, "it is a folder"),
        ({".github/plimsoll.yaml": STRICT}, "rename it to .github/plimsoll.yml"),
        ({".github": ("120000", b"docs")}, "could be listed"),
    ],
)
def test_what_is_no_such_file_is_said_and_not_passed_over(
    bot: RunningBot, shop: Shop, files: dict[str, str], said: str
) -> None:
    shop.repo.commit(files=files)
    pull = judged(bot, shop.harmless_pull())
    assert rules_of(pull) == ["policy-problem"]
    assert said in text_of(pull).replace("\\", "")


@pytest.mark.parametrize("files", [{}, {POLICY: STRICT}, {POLICY: BROKEN}])
def test_it_takes_two_requests_where_nothing_is_new(
    bot: RunningBot, shop: Shop, files: dict[str, str]
) -> None:
    shop.repo.commit(files={"a": "b", **files})
    judged(bot, shop.harmless_pull())
    asked = len(shop.github.requests)
    judged(bot, shop.harmless_pull(head_branch="other"))
    operations = [request.operation for request in shop.github.requests[asked:]]
    assert len([operation for operation in operations if operation in REQUESTS]) == 2


def test_a_pin_policy_names_the_text_to_write(bot: RunningBot, shop: Shop) -> None:
    commit_policy(shop, "bump:\n  pin: true\n")
    pull = judged(bot, shop.repo.open_pull(files=shop.dockerfile(shop.good, "remark")))
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == ["unpinned-image"]
    (note,) = pull.check.annotations
    wanted = note["message"].partition("write `")[2].partition("`")[0]
    assert wanted.startswith(f"{shop.good}@sha256:")
    pull.push(files=shop.dockerfile(wanted))
    assert rules_of(judged(bot, pull)) == []
