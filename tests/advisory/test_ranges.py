"""OSV's evaluation algorithm, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory import Affected, Range
from bot.advisory.ranges import fix_above, is_affected, is_fixed_below, smallest_safe
from bot.package.versions import NotComparable, compare
from tests.advisory.build import entry, span, until

BRANCHES = Range(
    "SEMVER", (("introduced", "0"), ("fixed", "1.5.0"), ("introduced", "2.0.0"), ("fixed", "2.3.0"))
)


def semver(*events: tuple[str, str]) -> Range:
    return Range("SEMVER", events)


TWICE = span(("introduced", "1"), ("fixed", "2"), ("introduced", "3"), ("fixed", "4"))


@pytest.mark.parametrize(
    ("affected", "version", "expected", "fix"),
    [
        (entry("Debian:12", until("2")), "1", True, "2"),
        (entry("Debian:12", until("2")), "2", False, ""),
        (entry("Debian:12", until("2")), "0~", True, "2"),  # "0" is before every version
        (entry("Debian:12", until("2", introduced="1")), "0.9", False, ""),
        (entry("Debian:12", until("2", introduced="1")), "1", True, "2"),
        (entry("Debian:12", until()), "99", True, ""),
        (entry("Debian:12", TWICE), "1.5", True, "2"),
        (entry("Debian:12", TWICE), "2.5", False, ""),
        (entry("Debian:12", TWICE), "3.5", True, "4"),
        (entry("Debian:12", Range("ECOSYSTEM", TWICE.events[::-1])), "3.5", True, "4"),  # in any order
        (entry("Debian:12", span(("introduced", "0"), ("last_affected", "2"))), "2", True, ""),
        (entry("Debian:12", span(("introduced", "0"), ("last_affected", "2"))), "2.1", False, ""),
        (entry("Debian:12", span(("introduced", "0"), ("limit", "2"))), "1", True, ""),
        (entry("Debian:12", span(("introduced", "0"), ("limit", "2"))), "2", False, ""),
        (entry("Debian:12", span(("introduced", "0"), ("limit", "*"))), "2", True, ""),
        (entry("Debian:12", until("0")), "1", False, ""),  # Debian's way to say "never affected"
        (entry("Debian:12", until("1", introduced="1")), "1", False, ""),
        (entry("Debian:12", versions=("1.5",)), "1.5", True, ""),
        (entry("Debian:12", until("1"), versions=("1.5",)), "1.5", True, ""),
        (entry("Debian:12", until("2"), versions=("1.5",)), "1.6", True, "2"),
        (entry("Debian:12", until("2"), until("3")), "1", True, "3"),  # all ranges must be left
        (entry("Debian:12", until("2"), until()), "1", True, ""),
        (entry("Debian:12"), "1", False, ""),
        (entry("Debian:12"), "no version at all", False, ""),
        (entry("Debian:12", until("0")), "0~", False, ""),  # "0" stands for the beginning, not for a version
        (entry("Alpine:v3.20", until("0")), "0_alpha", False, ""),
        (entry("Debian:12", span(("fixed", "2"))), "1", True, "2"),  # an end without a beginning
        (entry("Debian:12", span(("fixed", "2"))), "2", False, ""),
        (entry("Debian:12", span(("last_affected", "2"))), "2", True, ""),
        (entry("Debian:12", span()), "1", False, ""),
        (
            entry("Debian:12", span(("introduced", "0"), ("last_affected", "2")), until("5", "4")),
            "1",
            True,
            "5",
        ),
        # Branches: the fix of the own branch, and no fix that another branch calls affected.
        (entry("npm", BRANCHES), "1.0.0", True, "1.5.0"),
        (entry("npm", BRANCHES), "2.1.0", True, "2.3.0"),
        (entry("npm", BRANCHES), "1.5.0", False, ""),
        (entry("npm", until("1.5.0"), until("2.0.0", introduced="1.4.0")), "1.0.0", True, "2.0.0"),
        (entry("crates.io", semver(("introduced", "0.0.0-0"), ("fixed", "0.3.1-0"))), "0.3.0", True, "0.3.1"),
        (
            entry("Go", semver(("introduced", "0"), ("fixed", "1.21.0-rc.4"))),
            "go1.21rc2",
            True,
            "1.21.0-rc.4",
        ),
        (entry("PyPI", versions=("1.0.0",)), "1.0", True, ""),
        (entry("PyPI", versions=("2004d", "1.0.0")), "1.1", False, ""),
        # Who lists the versions has said which they are, even with a bound nobody can read.
        (
            entry("PyPI", span(("introduced", "0"), ("last_affected", "2.6.0-NA")), versions=("2.6.0",)),
            "2.6",
            True,
            "",
        ),
        (
            entry("PyPI", span(("introduced", "0"), ("last_affected", "2.6.0-NA")), versions=("2.6.0",)),
            "2.7",
            False,
            "",
        ),
    ],
)
def test_evaluation(affected: Affected, version: str, expected: bool, fix: str) -> None:
    assert is_affected(affected, version) is expected
    assert (fix_above(affected, version) if expected else "") == fix


@pytest.mark.parametrize(
    ("affected", "version"),
    [
        (entry("Debian:12", Range("SEMVER", (("introduced", "0"),))), "1"),
        (entry("Debian:12", until("1_2")), "1"),
        (entry("Debian:12", until("1")), "not a version"),
        (entry("Gentoo", until("1")), "1"),
        (entry("PyPI", span(("introduced", "0"), ("last_affected", "2.6.0-NA"))), "2.7"),
        (entry("PyPI", until("2"), versions=("1",)), "2004d"),
    ],
)
def test_what_cannot_be_told_is_never_no(affected: Affected, version: str) -> None:
    with pytest.raises(NotComparable):
        is_affected(affected, version)


def test_a_listed_version_needs_no_ordering() -> None:
    assert is_affected(entry("Debian:12", versions=("not a version",)), "not a version")


@pytest.mark.parametrize(
    ("entries", "version", "expected"),
    [
        ([entry("npm", BRANCHES)], "1.0.0", "1.5.0"),
        ([entry("npm", BRANCHES), entry("npm", until("1.6.0", introduced="1.5.0"))], "1.0.0", "1.6.0"),
        ([entry("npm", BRANCHES), entry("npm", until("2.4.0", introduced="1.2.0"))], "1.0.0", "2.4.0"),
        ([entry("npm", BRANCHES)], "1.5.0", "2.3.0"),
        ([entry("npm", BRANCHES)], "2.3.0", ""),
        ([entry("npm", until("2.0.0-rc.1")), entry("npm", until("2.0.1"))], "1.0.0", "2.0.1"),
        ([entry("npm", until("2.0.0-rc.1")), entry("npm", until("1.9.0"))], "1.0.0", "2.0.0-rc.1"),
        ([entry("npm", until("2.0.0-rc.1"), until("2.1.0", "2.0.5"))], "2.0.0-beta.1", "2.0.0-rc.1"),
        ([entry("npm", until("2.0.0-rc.1"), until("2.1.0", "2.0.5"))], "1.0.0", "2.1.0"),
        ([entry("Debian:12", until("2~rc1-1"))], "1-1", "2~rc1-1"),
        ([entry("npm", until("1.5.0")), entry("npm", until("not a version"))], "1.0.0", ""),
        ([entry("npm", until())], "1.0.0", ""),
        ([], "1.0.0", ""),
    ],
)
def test_smallest_safe(entries: list[Affected], version: str, expected: str) -> None:
    assert smallest_safe(entries, version) == expected


small = st.integers(0, 6).map(str)
events = st.lists(st.tuples(st.sampled_from(["introduced", "fixed", "last_affected"]), small), max_size=6)


@given(events, small)
def test_the_fix_is_above_and_affected_and_fixed_exclude_each_other(
    chosen: list[tuple[str, str]], version: str
) -> None:
    affected = entry("Alpine:v3.20", span(*chosen))
    if is_affected(affected, version):
        fix = fix_above(affected, version)
        assert not fix or compare("Alpine", fix, version) == 1
    else:
        assert is_fixed_below(affected, version) == any(
            kind == "fixed" and int(at) <= int(version) for kind, at in chosen
        )
