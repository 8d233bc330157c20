"""Two images against each other: what a move would clear and bring, and that the sums are right."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating, Severity
from bot.bump.model import PackageChange
from bot.bump.weigh import burden_of, weigh
from bot.package import Package
from bot.policy.gate import Policy
from tests.judge.strategies import matches
from tests.report.reviews import image, match, package

DEFAULT = Policy()
found = st.lists(matches(), max_size=8)


def holding(*matches):
    """An image with these flaws, in the packages they are in."""
    return image(packages=sorted({each.package for each in matches}), matches=matches)


def named(flaws):
    return [(flaw.package, flaw.id) for flaw in flaws]


def test_what_is_gone_is_fixed_and_what_is_new_is_added() -> None:
    before = holding(match("openssl", "CVE-1"), match("zlib", "CVE-2", Severity.LOW), match("musl", "CVE-3"))
    after = holding(match("musl", "CVE-3"), match("curl", "CVE-4", Severity.CRITICAL))
    weighed = weigh(before, after, DEFAULT)
    assert named(weighed.fixes) == [("openssl", "CVE-1"), ("zlib", "CVE-2")], "the severe one first"
    assert named(weighed.adds) == [("curl", "CVE-4")]
    assert weighed.remaining == (("critical", 1), ("high", 1))
    assert weighed.severe_left == 2


def test_the_binaries_of_one_source_package_count_once() -> None:
    def binary(name):
        built = Package("deb", "debian", name, "3.0.1", "openssl", "3.0.1", "amd64", "Debian:12")
        return Match(built, ("CVE-1",), ("DSA-1",), FixState.FIXED, "3.0.2", Rating(Severity.HIGH, "cvss"))

    weighed = weigh(holding(binary("libssl3"), binary("openssl")), holding(), DEFAULT)
    assert named(weighed.fixes) == [("openssl", "CVE-1")]
    assert {change.name for change in weighed.packages} == {"libssl3", "openssl"}, "as users know them"


def test_a_flaw_known_by_another_of_its_names_is_the_same() -> None:
    before, after = match("openssl", "CVE-1"), match("openssl", "GHSA-1")
    both = Match(
        after.package, ("GHSA-1", "CVE-1"), ("GHSA-1",), after.fix_state, after.fixed_version, after.rating
    )
    weighed = weigh(holding(before), holding(both), DEFAULT)
    assert (weighed.fixes, weighed.adds) == ((), ())


def test_a_flaw_that_comes_along_under_another_package_name_is_not_cleared() -> None:
    weighed = weigh(holding(match("openssl1.1", "CVE-1")), holding(match("openssl", "CVE-1")), DEFAULT)
    assert (weighed.fixes, weighed.adds) == ((), ())
    assert weighed.severe_left == 1


@pytest.mark.parametrize(
    ("policy", "severe"),
    [
        (Policy(), 2),
        (Policy(only_fixed=False), 3),
        (Policy(fail_on_severity=Severity.CRITICAL), 0),
        (Policy(unknown_severity=Severity.LOW), 1),
    ],
)
def test_what_is_severe_is_what_gates(policy: Policy, severe: int) -> None:
    seen = holding(
        match("a", "CVE-1"),
        match("b", "CVE-2", fixed_version=""),
        match("c", "CVE-3", Severity.UNKNOWN),
        match("d", "CVE-4", Severity.LOW),
    )
    assert burden_of(seen, policy).severe == severe
    fixes = weigh(seen, holding(), policy).fixes
    assert sum(flaw.severe for flaw in fixes) == severe


def test_packages_are_told_by_name_and_versions() -> None:
    before = image(packages=[package("a", "1"), package("b", "1"), package("k", "1"), package("k", "2")])
    after = image(packages=[package("b", "2"), package("c", "1"), package("k", "2"), package("k", "3")])
    assert weigh(before, after, DEFAULT).packages == (
        PackageChange("a", "1", ""),
        PackageChange("b", "1", "2"),
        PackageChange("c", "", "1"),
        PackageChange("k", "1, 2", "2, 3"),
    )


@given(found)
def test_equal_images_give_nothing(matches) -> None:
    weighed = weigh(holding(*matches), holding(*matches), DEFAULT)
    assert (weighed.fixes, weighed.adds, weighed.packages) == ((), (), ())


@given(found, found)
def test_the_way_back_fixes_what_the_way_there_adds(before, after) -> None:
    there = weigh(holding(*before), holding(*after), DEFAULT)
    back = weigh(holding(*after), holding(*before), DEFAULT)
    assert (there.fixes, there.adds) == (back.adds, back.fixes)
    assert [(c.name, c.before, c.after) for c in there.packages] == [
        (c.name, c.after, c.before) for c in back.packages
    ]


@given(found, found)
def test_nothing_that_stays_is_called_fixed_or_new(before, after) -> None:
    weighed = weigh(holding(*before), holding(*after), DEFAULT)
    assert not _pairs(after) & set(named(weighed.fixes))
    assert not _pairs(before) & set(named(weighed.adds))


def _pairs(matches):
    return {(each.package.source_name, name) for each in matches for name in each.ids}


@given(found, found)
def test_the_sums_add_up(before, after) -> None:
    weighed = weigh(holding(*before), holding(*after), DEFAULT)
    was, now = burden_of(holding(*before), DEFAULT), burden_of(holding(*after), DEFAULT)
    assert (weighed.remaining, weighed.severe_left) == (now.counts, now.severe)
    # What is there now is what was added, or was there before under some name.
    assert len(weighed.adds) <= sum(dict(now.counts).values())
    assert len(weighed.fixes) <= sum(dict(was.counts).values())
    assert Counter(flaw.severity.word for flaw in weighed.adds) <= Counter(dict(now.counts))
    assert Counter(flaw.severity.word for flaw in weighed.fixes) <= Counter(dict(was.counts))
    assert sum(flaw.severe for flaw in weighed.adds) <= now.severe


@given(found)
def test_an_empty_image_clears_everything(matches) -> None:
    burden = burden_of(holding(*matches), DEFAULT)
    weighed = weigh(holding(*matches), holding(), DEFAULT)
    assert Counter(flaw.severity.word for flaw in weighed.fixes) == Counter(dict(burden.counts))
    assert sum(flaw.severe for flaw in weighed.fixes) == burden.severe
    assert (weighed.adds, weighed.remaining, weighed.severe_left) == ((), (), 0)
