"""Missing, old, uncovered or damaged advisories can never read as a pass."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import BuiltImage, image
from tests.flows import scenes
from tests.flows.reading import FLAW, FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

UNKNOWN = dict.fromkeys(("introduced", "fixed", "unchanged", "cleared"), "not known")


def review(bot: RunningBot, github: FakeGitHub, before: str, after: str) -> FakePull:
    """Judge one changed FROM."""
    return scenes.review(bot, github, f"FROM {before}\n", f"FROM {after}\n")


def test_no_advisories_at_all_is_an_error(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, flawed: str
) -> None:
    advisories.remove()
    pull = review(bot, github, sound, flawed)
    assert pull.check.conclusion == "failure"
    assert pull.check.title.startswith("Error: no advisories are imported")
    assert rules_of(pull) == ["no-advisories"]
    assert "no new vulnerabilities" not in text_of(pull).lower()


def test_a_review_waits_for_advisories_that_another_version_imported(
    bot: RunningBot,
    github: FakeGitHub,
    advisories: Advisories,
    clock: HeldClock,
    tmp_path: Path,
    sound: str,
    flawed: str,
) -> None:
    know_flaw(advisories)
    advisories.import_now()
    with closing(sqlite3.connect(tmp_path / "data" / "advisories.db")) as connection:
        connection.execute("PRAGMA user_version = 99")
    pull = review(bot, github, sound, flawed)
    assert pull.check.status == "in_progress"
    advisories.import_now(as_of=clock.now())
    clock.advance(minutes=1)
    bot.drain()
    assert rules_of(pull) == ["introduced-vulnerability"]


@pytest.mark.parametrize("days", [0, 7])
def test_recent_advisories_are_good(
    bot: RunningBot,
    github: FakeGitHub,
    advisories: Advisories,
    clock: HeldClock,
    sound: str,
    flawed: str,
    days: int,
) -> None:
    know_flaw(advisories)
    advisories.import_now()
    clock.advance(days=days)
    pull = review(bot, github, sound, flawed)
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_old_advisories_warn(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, clock: HeldClock, sound: str, flawed: str
) -> None:
    advisories.import_now()
    clock.advance(days=8)
    pull = review(bot, github, sound, flawed)
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith("Warning: the Alpine advisories are old")
    assert rules_of(pull) == ["stale-advisories"]
    assert "last checked on 2026-11-21" in text_of(pull)


def test_advisories_that_are_too_old_are_an_error_until_new_ones_come(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, clock: HeldClock, sound: str, flawed: str
) -> None:
    advisories.import_now()
    clock.advance(days=31)
    pull = review(bot, github, sound, flawed)
    assert pull.check.conclusion == "failure"
    assert pull.check.title.startswith("Error: the Alpine advisories are too old")
    assert rules_of(pull) == ["stale-advisories"]
    advisories.import_now(clock.now())
    pull.check.press("rescan")
    bot.drain()
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == []


def test_a_feed_that_was_checked_again_is_fresh_though_nothing_in_it_changed(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, clock: HeldClock, sound: str, flawed: str
) -> None:
    pull = review(bot, github, flawed, sound)
    clock.advance(days=31)
    advisories.import_now(clock.now())
    pull.comment("/rescan")
    bot.drain()
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == []


def test_the_age_of_a_feed_that_no_image_needs_says_nothing(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, clock: HeldClock, sound: str, flawed: str
) -> None:
    advisories.add("CVE-2020-1", package="zlib", fixed="2", ecosystem="Debian:12")
    advisories.import_now()
    clock.advance(days=31)
    advisories.import_only("Alpine", clock.now())
    pull = review(bot, github, sound, flawed)
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == []


def test_a_release_that_no_advisory_covers_is_an_error(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str
) -> None:
    newer = registry.push_image("shop:2", os="alpine:3.99", packages=SOUND)
    pull = review(bot, github, sound, newer)
    assert pull.check.conclusion == "failure"
    assert pull.check.title.startswith(f"Error: no advisories cover {newer}")
    assert rules_of(pull) == ["uncovered-release"]
    assert counts_of(pull) == UNKNOWN
    assert "release v3.99 is not in the imported Alpine feed" in text_of(pull)


def test_a_distribution_without_a_feed_is_an_error(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str
) -> None:
    debian = registry.push_image("shop:2", os="debian:12", packages=SOUND)
    pull = review(bot, github, sound, debian)
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["uncovered-release"]
    assert "no advisories imported for Debian" in text_of(pull)


def test_another_image_of_a_release_that_was_not_covered_before_either_is_an_error(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    old = registry.push_image("shop:1", os="alpine:3.99", packages=SOUND)
    new = registry.push_image("shop:2", os="alpine:3.99", packages=FLAWED)
    pull = review(bot, github, old, new)
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["uncovered-release"]


def test_the_same_image_of_a_release_that_is_not_covered_warns(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    image = registry.push_image("shop:1", os="alpine:3.99", packages=SOUND)
    pull = review(bot, github, image, f"{image}\nUSER 1000")
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith("Warning: no advisories cover")
    assert "Not caused by this change." in text_of(pull)


def spoil_start(index: Path) -> None:
    index.write_bytes(b"not a database at all" * 1000)


def spoil_middle(index: Path) -> None:
    raw = bytearray(index.read_bytes())
    raw[4096:] = b"\xff" * (len(raw) - 4096)
    index.write_bytes(raw)


def spoil_tables(index: Path) -> None:
    with sqlite3.connect(index) as connection:
        connection.execute("DROP TABLE affected")
    connection.close()


@pytest.mark.parametrize("spoil", [spoil_start, spoil_middle, spoil_tables])
def test_a_damaged_index_is_an_error_that_names_the_way_out(
    tmp_path: Path,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    clock: HeldClock,
    sound: str,
    flawed: str,
    spoil: Callable[[Path], None],
) -> None:
    know_flaw(advisories)
    advisories.import_now()
    settings = settings_for(tmp_path / "data", github, registry)
    spoil(settings.advisories)
    with running_bot(settings, clock, github, advisories) as bot:
        pull = review(bot, github, sound, flawed)
        assert pull.check.conclusion == "failure"
        assert pull.check.title == "Error: the review did not finish"
        assert "is damaged" in text_of(pull)
        assert "run `plimsoll db update`. Nothing was concluded" in text_of(pull)
        assert str(tmp_path) not in text_of(pull)
        assert bot.states() == {"parked": 1}


BROKEN = [b"{not json", b"[]", json.dumps({"id": "ALPINE-CVE-2024-9999", "affected": "?"}).encode()]


@pytest.mark.parametrize("document", BROKEN)
def test_a_broken_record_does_not_hide_the_others(
    bot: RunningBot,
    github: FakeGitHub,
    advisories: Advisories,
    sound: str,
    flawed: str,
    document: bytes,
) -> None:
    know_flaw(advisories)
    advisories.put_raw("Alpine", "broken.json", document)
    pull = review(bot, github, sound, flawed)
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_a_broken_record_is_told_wherever_the_verdict_is(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, flawed: str
) -> None:
    advisories.add("CVE-2020-1", package="zlib", fixed="2", ecosystem="Debian:12")
    advisories.add("CVE-2024-0002", package="openssl", fixed="3.3.1-r0")
    advisories.put_raw("Alpine", f"ALPINE-{FLAW}.json", BROKEN[0])
    advisories.put_raw("Debian", "broken.json", BROKEN[0])
    pull = review(bot, github, sound, flawed)
    told = "1 record of the Alpine feed could not be read"
    assert told in text_of(pull)
    assert told in (pull.bot_comment or "")
    assert "Debian" not in text_of(pull)


def test_a_record_whose_versions_cannot_be_compared_is_never_a_pass(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, flawed: str
) -> None:
    advisories.add(FLAW, package="openssl", fixed="not/a/version")
    pull = review(bot, github, sound, flawed)
    assert not pull.check.title.startswith("No new vulnerabilities")
    assert "could not be compared" in text_of(pull)


def test_a_withdrawn_record_is_not_held_against_anybody(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, flawed: str
) -> None:
    know_flaw(advisories)
    advisories.withdraw(f"ALPINE-{FLAW}")
    pull = review(bot, github, sound, flawed)
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["introduced"] == "0"


def from_files(files: dict[str, str]) -> BuiltImage:
    return image(os=None, layers=[files])


ARCH = {"etc/os-release": "ID=arch\n", "var/lib/pacman/local/bash-5.2.37-1/desc": "%NAME%\nbash\n"}
UNEXAMINED = {
    "pacman": ARCH,
    "unknown distribution": {"etc/os-release": "ID=plan9\n", "bin/rc": "\x7fELF"},
    "no distribution": {"app/run": "\x7fELF"},
}


@pytest.mark.parametrize("files", UNEXAMINED.values(), ids=UNEXAMINED)
def test_an_image_of_which_nothing_was_looked_at_is_no_plain_pass(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str, files: dict[str, str]
) -> None:
    other = registry.push_built("shop:2", from_files(files))
    pull = review(bot, github, sound, other)
    assert pull.check.conclusion == "success"
    assert pull.check.title.startswith(f"Warning: no package of {other} was looked at")
    assert rules_of(pull) == ["unexamined-image"]


def test_nothing_is_fixed_by_an_image_of_which_nothing_was_looked_at(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, flawed: str
) -> None:
    know_flaw(advisories)
    other = registry.push_built("shop:3", from_files(ARCH))
    pull = review(bot, github, flawed, other)
    assert pull.check.title == f"Warning: no package of {other} was looked at (partially analysed)"
    assert counts_of(pull)["fixed"] == "0"


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("usr/lib/erlang/lib/ssl-11.1/ebin/ssl.app", "Erlang and Elixir packages"),
        ("usr/local/lib/luarocks/rocks-5.4/say/1.4-1/say-1.4-1.rockspec", "Lua rocks"),
        ("nix/store/1-hello-2.12/bin/hello", "Nix packages"),
    ],
)
def test_an_image_with_packages_of_other_kinds_is_partially_analysed(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str, path: str, named: str
) -> None:
    other = registry.push_image("shop:2", packages=SOUND, layers=[{path: "x"}])
    pull = review(bot, github, sound, other)
    assert pull.check.conclusion == "success"
    assert pull.check.title == "No new vulnerabilities (partially analysed)"
    assert named in text_of(pull)
