"""The two axes of why: what this change did, and what became known or moved since the last verdict (DESIGN §2)."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import FLAW, FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.flows.scenes import review
from tests.harness import Advisories, Registry, RunningBot


def ask(bot: RunningBot, pull: FakePull, command: str) -> None:
    """Write a command and let it be done."""
    pull.comment(command)
    bot.drain()


def test_another_version_with_the_same_flaw_is_unchanged(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r5", severity="critical")
    old = registry.push_image("shop:1", packages={"libssl3": ("3.3.1-r0", "openssl")})
    new = registry.push_image("shop:2", packages={"libssl3": ("3.3.1-r1", "openssl")})
    pull = review(bot, github, f"FROM {old}\n", f"FROM {new}\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull) == {"introduced": "0", "fixed": "0", "unchanged": "1", "cleared": "0"}


def test_a_switch_of_distribution_carries_a_flaw_over(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    advisories.add(FLAW, package="expat", fixed="2.6.3-r0")
    advisories.add(FLAW, package="libexpat", fixed="2.5.0-1+deb12u1", ecosystem="Debian:12")
    old = registry.push_image("shop:1", packages={"expat": "2.6.2-r0"})
    new = registry.push_image("shop:2", os="debian:12", packages={"libexpat1": ("2.5.0-1", "libexpat")})
    pull = review(bot, github, f"FROM {old}\n", f"FROM {new}\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["unchanged"] == "1"
    assert "there before under another name" in text_of(pull)


def test_records_whose_aliases_overlap_are_one_flaw(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    advisories.add("GHSA-aaaa-bbbb-cccc", package="zlib", fixed="1.3.2-r0", record="ALPINE-2024-1")
    advisories.add(FLAW, package="zlib", fixed="1.3.2-1", ecosystem="Debian:12")
    advisories.alias("ALPINE-2024-1", FLAW)
    old = registry.push_image("shop:1", packages={"zlib": "1.3.1-r0"})
    new = registry.push_image("shop:2", os="debian:12", packages={"zlib": "1.3.1-1"})
    pull = review(bot, github, f"FROM {old}\n", f"FROM {new}\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["unchanged"] == "1"


def test_what_is_only_in_a_build_stage_never_gates(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories, "critical")
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("build:1", packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed} AS build\nFROM {sound}\n")
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["introduced"] == "0"
    assert "in build stages, not shipped" in text_of(pull)


def test_a_build_stage_that_becomes_the_shipped_one_gates(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("build:1", packages=FLAWED)
    stages = f"FROM {flawed} AS build\nFROM {sound} AS final\n"
    pull = review(bot, github, stages, f"{stages}FROM build\n")
    assert pull.check.conclusion == "failure"
    assert counts_of(pull)["introduced"] == "1"


@pytest.mark.parametrize("command", ["/rescan", "/rescan --fresh"])
def test_an_advisory_that_is_new_since_the_last_verdict_warns_and_stays_a_warning(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, command: str
) -> None:
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("shop:2", packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert rules_of(pull) == []
    know_flaw(advisories, "critical")
    ask(bot, pull, "/rescan --fresh")
    for _ in range(2):
        assert pull.check.conclusion == "success"
        assert pull.check.title.startswith("Warning: 1 vulnerability became known since the last verdict")
        assert rules_of(pull) == ["new-advisory"]
        ask(bot, pull, command)


def test_a_new_head_is_judged_on_what_is_known_by_then(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("shop:2", packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    know_flaw(advisories)
    pull.push(files={"Dockerfile": f"FROM {flawed}\nUSER app\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_a_tag_that_moved_since_the_last_verdict_warns_and_stays_a_warning(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    old = registry.push_image("shop:1", packages=SOUND)
    new = registry.push_image("shop:2", packages=SOUND)
    pull = review(bot, github, f"FROM {old}\n", f"FROM {new}\n")
    registry.push_image("shop:2", packages=FLAWED)
    for _ in range(2):
        ask(bot, pull, "/rescan --fresh")
        assert pull.check.conclusion == "success"
        assert pull.check.title.startswith(f"Warning: {new} moved to another image")
        assert rules_of(pull) == ["upstream-moved"]


def test_a_plain_rescan_reuses_digests_and_snapshot(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    old = registry.push_image("shop:1", packages=SOUND)
    new = registry.push_image("shop:2", packages=SOUND)
    pull = review(bot, github, f"FROM {old}\n", f"FROM {new}\n")
    first = pull.check
    registry.push_image("shop:2", packages=FLAWED)
    know_flaw(advisories)
    ask(bot, pull, "/rescan")
    assert pull.check.id != first.id
    assert (pull.check.title, pull.check.summary, pull.check.text) == (
        first.title,
        first.summary,
        first.text,
    )


def test_an_image_that_no_verdict_could_look_at_excuses_nothing(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("shop:2", packages=FLAWED)
    registry.fail("/shop/manifests/2", status=404)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert rules_of(pull) == ["unreadable-image"]
    registry.heal()
    know_flaw(advisories)
    ask(bot, pull, "/rescan")
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_an_image_that_no_advisory_covered_excuses_nothing(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    sound = registry.push_image("shop:1", os="debian:12", packages=SOUND)
    flawed = registry.push_image("shop:2", os="debian:12", packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert rules_of(pull) == ["uncovered-release"]
    assert pull.check.conclusion == "failure"
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", ecosystem="Debian:12")
    ask(bot, pull, "/rescan --fresh")
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_what_could_not_be_compared_blocks_once_it_can(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("shop:2", packages=FLAWED)
    registry.fail("/shop/manifests/1", status=404)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert pull.check.conclusion == "success"
    registry.heal()
    ask(bot, pull, "/rescan")
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


@pytest.mark.parametrize(
    ("severity", "fixed", "conclusion"),
    [
        ("critical", "3.3.1-r0", "failure"),
        ("high", "3.3.1-r0", "failure"),
        ("unknown", "3.3.1-r0", "failure"),
        ("medium", "3.3.1-r0", "success"),
        ("low", "3.3.1-r0", "success"),
        ("critical", "", "success"),
        ("unknown", "", "success"),
    ],
)
def test_what_is_severe_and_fixable_blocks(
    bot: RunningBot,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    severity: str,
    fixed: str,
    conclusion: str,
) -> None:
    advisories.add(FLAW, package="openssl", fixed=fixed, severity=severity)
    sound = registry.push_image("shop:1", packages={"musl": "1"})
    flawed = registry.push_image("shop:2", packages=FLAWED)
    pull = review(bot, github, f"FROM {sound}\n", f"FROM {flawed}\n")
    assert pull.check.conclusion == conclusion
    assert counts_of(pull)["introduced"] == "1"
    unrated = "1 finding has no severity rating; it counts as high where a fix exists."
    assert (unrated in text_of(pull)) is (severity == "unknown")
