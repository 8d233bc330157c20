"""The smallest safe upgrade of each vulnerable package, and what to type for it."""

import shlex

import pytest

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating, Severity
from bot.lockfiles import Dependency, Lockfile, Manager
from bot.lockfiles.commands import COMMANDS, advise
from bot.lockfiles.remedy import highest_fix, is_breaking, upgrades
from bot.lockfiles.wish import Wish
from bot.package import Package
from bot.package.language import language_package

LODASH = language_package("npm", "lodash", "4.17.20")


def match(package: Package, fixed: str) -> Match:
    state = FixState.FIXED if fixed else FixState.NOT_FIXED
    return Match(package, ("CVE-1",), ("R",), state, fixed, Rating(Severity.HIGH, "test"))


def test_one_upgrade_for_each_vulnerable_package() -> None:
    deep = language_package("npm", "deep", "1.0.0")
    lockfile = Lockfile(
        "web/package-lock.json",
        Manager.NPM,
        (
            Dependency(LODASH, 3, 5, direct=False),
            Dependency(LODASH, 9, 11, direct=True),
            Dependency(deep, 20, 22, direct=False, wanted_by=("express",)),
            Dependency(language_package("npm", "safe", "1.0.0"), 30, 32),
        ),
    )
    matches = [match(LODASH, "4.17.21"), match(LODASH, "4.17.21"), match(deep, "2.0.0")]
    first, second = upgrades(lockfile, matches, {LODASH: "4.17.21", deep: "2.0.0"}.__getitem__)
    assert (first.command, first.version, first.note) == ("npm install lodash@4.17.21", "4.17.21", "")
    assert (first.location.path, first.location.start_line) == ("web/package-lock.json", 9)
    assert second.command == "npm update deep"
    assert "`overrides`" in second.note
    assert "asked for by express" in second.note
    assert "may break" in second.note


def test_without_a_safe_version_nothing_is_to_be_typed() -> None:
    lockfile = Lockfile("package-lock.json", Manager.NPM, (Dependency(LODASH, 1, 1),))
    (only,) = upgrades(lockfile, [match(LODASH, "")], lambda package: "")
    assert (only.version, only.command) == ("", "")
    assert only.note


def test_the_highest_fix_needs_all_of_them() -> None:
    assert highest_fix(LODASH, [match(LODASH, "4.17.21"), match(LODASH, "4.100.0")]) == "4.100.0"
    assert highest_fix(LODASH, [match(LODASH, "4.17.21"), match(LODASH, "")]) == ""
    assert highest_fix(LODASH, []) == ""


def test_every_manager_is_advised_and_no_name_escapes_its_word() -> None:
    assert set(COMMANDS) == set(Manager)
    hostile = "a;rm -rf $(b) 'c"
    for manager in Manager:
        for direct in (True, False):
            wish = Wish(hostile, "1.0.0", "1.0.1", direct, False, "", True)
            advice = advise(manager, wish)
            assert advice.command or advice.note
            words = shlex.split(advice.command)
            assert not words or any(hostile in word for word in words)
            assert not advise(manager, Wish("--exec=x", "1", "2", direct, False, "", False)).command


@pytest.mark.parametrize(
    ("manager", "wish", "command"),
    [
        (Manager.GO, Wish("a.io/x", "v1.0.0", "1.2.0", True, False, "", False), "go get a.io/x@v1.2.0"),
        (Manager.YARN, Wish("a", "1", "2", False, False, "", False), ""),
        (Manager.YARN, Wish("a", "1", "2", False, False, "berry", False), "yarn up --recursive a"),
        (
            Manager.CARGO,
            Wish("a", "1.0.0", "1.0.1", False, False, "", True),
            "cargo update -p a@1.0.0 --precise 1.0.1",
        ),
        (
            Manager.PIP,
            Wish("a", "1", "2", None, False, "pip-compile", False),
            "pip-compile --upgrade-package a==2",
        ),
        (Manager.NPM, Wish("a", "1", "2", True, True, "", False), "npm install --save-dev a@2"),
    ],
)
def test_commands(manager: Manager, wish: Wish, command: str) -> None:
    assert advise(manager, wish).command == command


@pytest.mark.parametrize(
    ("old", "new", "breaking"),
    [
        ("1.2.3", "1.9.0", False),
        ("1.2.3", "2.0.0", True),
        ("0.1.0", "0.2.0", True),
        ("v0.0.1", "0.0.2", True),
        ("a", "1", False),
    ],
)
def test_breaking(old: str, new: str, breaking: bool) -> None:
    assert is_breaking(old, new) is breaking
