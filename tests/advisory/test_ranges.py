"""OSV's evaluation algorithm, row by row."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory import Affected, Range
from bot.advisory.ranges import fix_above, is_affected, is_fixed_below
from bot.package.versions import NotComparable, compare
from tests.advisory.build import entry, span, until

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
    ],
)
def test_what_cannot_be_told_is_never_no(affected: Affected, version: str) -> None:
    with pytest.raises(NotComparable):
        is_affected(affected, version)


def test_a_listed_version_needs_no_ordering() -> None:
    assert is_affected(entry("Debian:12", versions=("not a version",)), "not a version")


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
