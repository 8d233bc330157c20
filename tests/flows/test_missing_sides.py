"""One test for each row of DESIGN §2, "When a side is missing"."""

from pathlib import Path

import httpx
import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.repo_verbs import FakeRepo
from tests.fakes.loopback import NO_AUTHORITIES
from tests.flows.reading import FLAW, FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


def test_all_findings_of_a_new_file_are_introduced(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = github.repo(files={"README": "shop"}).open_pull(files={"Dockerfile": f"FROM {image}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert "New file" in text_of(pull)


def test_a_deleted_file_fixes_and_never_blocks(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    pull = github.repo(files={"Dockerfile": f"FROM {image}\n"}).open_pull(delete=["Dockerfile"])
    bot.drain()
    assert pull.check.conclusion == "success"
    assert counts_of(pull) == {"introduced": "0", "fixed": "1", "unchanged": "0", "cleared": "0"}


@pytest.mark.parametrize("trouble", ["unreadable", "no advisories", "too old"])
def test_no_trouble_with_a_deleted_file_blocks(
    bot: RunningBot,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    clock: HeldClock,
    trouble: str,
) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    repo = github.repo(files={"Dockerfile": f"FROM {image}\n"})
    match trouble:
        case "unreadable":
            registry.delete_manifest("shop", "1")
        case "no advisories":
            advisories.remove()
        case _:
            advisories.import_now()
            clock.advance(days=31)
    pull = repo.open_pull(delete=["Dockerfile"])
    bot.drain()
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == []


MOVES = {
    "git rename": ("a/Dockerfile", "b/Dockerfile", "FROM {image}\nRUN true\nRUN false\nUSER app\n# old\n"),
    "blob": ("a/Dockerfile", "b/Dockerfile", None),
    "final stage": ("a/Dockerfile", "b/Dockerfile", "FROM {image}\n"),
}


@pytest.mark.parametrize("how", MOVES)
def test_a_moved_file_is_paired(bot: RunningBot, github: FakeGitHub, registry: Registry, how: str) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    old, new, changed = MOVES[how]
    text = f"FROM {image}\nRUN true\nRUN false\nUSER app\n"
    after = text if changed is None else changed.format(image=image)
    repo = github.repo(files={old: text})
    pull = repo.open_pull(files={new: after}, delete=[old])
    bot.drain()
    assert pull.check.conclusion == "success"
    assert counts_of(pull, new)["unchanged"] == "1"
    assert f"Moved from `{old}`" in text_of(pull)


def test_files_of_different_images_are_not_paired(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    registry.push_image("shop:1", packages=SOUND)
    registry.push_image("tool:1", packages=FLAWED)
    shop, tool = (
        f"{registry.host}/{name}@{digest}"
        for name in ("shop", "tool")
        for digest in registry.tags(name).values()
    )
    repo = github.repo(files={"a/Dockerfile": f"FROM {shop}\nRUN true\nUSER a\n"})
    pull = repo.open_pull(
        files={"b/Dockerfile": f"# nothing alike here\nFROM {tool}\n"}, delete=["a/Dockerfile"]
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert counts_of(pull, "b/Dockerfile")["introduced"] == "1"
    assert "Deleted." in text_of(pull)


@pytest.mark.parametrize("seen_before", [False, True])
def test_unreadable_on_both_sides_and_unchanged_warns(
    bot: RunningBot, github: FakeGitHub, registry: Registry, seen_before: bool
) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    repo = github.repo(files={"Dockerfile": f"FROM {image}\n"})
    if seen_before:
        repo.open_pull(files={"Dockerfile": f"FROM {image}\nUSER a\n"})
        bot.drain()
    registry.delete_manifest("shop", "1")
    pull = repo.open_pull(files={"Dockerfile": f"FROM {image}\nUSER app\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith("Warning: could not read")
    assert rules_of(pull) == ["unreadable-image"]
    assert "Not caused by this change." in text_of(pull)
    assert [note["annotation_level"] for note in pull.check.annotations] == ["warning"]


def test_unreadable_on_head_only_is_an_error(bot: RunningBot, github: FakeGitHub, registry: Registry) -> None:
    good = registry.push_image("shop:1", packages=SOUND)
    repo = github.repo(files={"Dockerfile": f"FROM {good}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {registry.host}/shop:2\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert pull.check.title.startswith("Error: could not read")
    assert rules_of(pull) == ["unreadable-image"]
    assert f"{registry.host} answered 404 MANIFEST_UNKNOWN to GET /v2/shop/manifests/2" in text_of(pull)


def test_another_reference_that_cannot_be_read_either_is_an_error(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {registry.host}/shop:1\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {registry.host}/shop:2\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]


def test_a_reference_that_is_newly_unresolvable_is_an_error(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    image = registry.push_image("shop:1", packages=SOUND)
    repo = github.repo(files={"Dockerfile": f"FROM {image}\n"})
    pull = repo.open_pull(files={"Dockerfile": "ARG BASE\nFROM $BASE\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unresolved-reference"]


def repo_whose_base_was_seen(bot: RunningBot, github: FakeGitHub, image: str) -> FakeRepo:
    """A repository on an image that an earlier review has read."""
    repo = github.repo(files={"Dockerfile": f"FROM {image}\n"})
    repo.open_pull(files={"Dockerfile": f"FROM {image}\nUSER app\n"})
    bot.drain()
    return repo


def test_unreadable_on_base_only_is_judged_on_what_was_seen_before(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    old = registry.push_image("shop:1", packages=FLAWED)
    new = registry.push_image("shop:2", packages=FLAWED)
    repo = repo_whose_base_was_seen(bot, github, old)
    registry.delete_manifest("shop", "1")
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["unchanged"] == "1"
    assert "as last read" in text_of(pull)
    # Nobody can say that the tag did not move since.
    assert pull.check.title == f"Warning: the base side of {new} is judged as last read"
    assert rules_of(pull) == ["recalled-base-side"]


def last_layer(registry: Registry, repository: str, tag: str) -> str:
    """Digest of the layer on top of an image."""
    manifest = httpx.get(
        f"http://{registry.host}/v2/{repository}/manifests/{tag}", verify=NO_AUTHORITIES
    ).json()
    return str(manifest["layers"][-1]["digest"])


def test_what_was_seen_before_does_not_stand_in_for_another_digest(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    old = registry.push_image("shop:1", packages=FLAWED)
    new = registry.push_image("shop:2", packages={**FLAWED, "musl": "1.2.5-r0"})
    repo = repo_whose_base_was_seen(bot, github, old)
    registry.push_image("shop:1", packages=SOUND)
    registry.fail(f"/shop/blobs/{last_layer(registry, 'shop', '1')}", status=404)
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert pull.check.title.startswith("Warning")
    assert counts_of(pull)["introduced"] == "1"
    assert sorted(rules_of(pull)) == ["uncomparable-vulnerability", "unreadable-base-side"]
    registry.heal()
    pull.comment("/rescan")
    bot.drain()
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_what_was_seen_before_shows_what_is_introduced(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    old = registry.push_image("shop:1", packages=SOUND)
    new = registry.push_image("shop:2", packages=FLAWED)
    repo = repo_whose_base_was_seen(bot, github, old)
    registry.delete_manifest("shop", "1")
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability", "recalled-base-side"]


def test_unreadable_on_base_only_and_never_seen_warns(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    new = registry.push_image("shop:2", packages=FLAWED)
    repo = github.repo(files={"Dockerfile": f"FROM {registry.host}/shop:1\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith("Warning")
    assert sorted(rules_of(pull)) == ["uncomparable-vulnerability", "unreadable-base-side"]
    assert FLAW in (pull.bot_comment or "")
    assert "cannot be compared" in (pull.bot_comment or "")


def test_unresolvable_on_both_sides_warns_and_names_the_setting(bot: RunningBot, github: FakeGitHub) -> None:
    repo = github.repo(files={"Dockerfile": "ARG BASE\nFROM $BASE\n"})
    pull = repo.open_pull(files={"Dockerfile": "ARG BASE\nFROM $BASE\nUSER app\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == ["unresolved-reference"]
    assert "Not caused by this change." in text_of(pull)
    assert "`PLIMSOLL_BUILD_ARGS`" in text_of(pull)
    assert "`--build-arg NAME=VALUE`" in text_of(pull)


def test_the_named_setting_supplies_the_value(
    tmp_path: Path, github: FakeGitHub, registry: Registry, advisories: Advisories, clock: HeldClock
) -> None:
    image = registry.push_image("shop:1", packages=FLAWED)
    settings = settings_for(tmp_path / "data", github, registry, build_args={"BASE": image})
    repo = github.repo(files={"Dockerfile": "ARG BASE\nFROM $BASE\n"})
    with running_bot(settings, clock, github, advisories) as bot:
        pull = repo.open_pull(files={"Dockerfile": "ARG BASE\nFROM $BASE\nUSER app\n"})
        bot.drain()
        assert pull.check.conclusion == "success"
        assert rules_of(pull) == []
        assert counts_of(pull)["unchanged"] == "1"
