"""Matching: places, flaws, fixes and what records of different publishers add up to."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisory import FixState, Match, match, match_all, parse_record
from bot.inventory import SkipKind
from tests.advisory.build import apk, deb, entry, record, span, until

DATA = Path(__file__).parent.parent / "data" / "osv"
OPEN = until()


def from_data(*names: str) -> list:
    return [parse_record((DATA / f"{name}.json").read_bytes()) for name in names]


def test_a_dsa_and_the_tracker_entry_are_one_match() -> None:
    advisories = from_data("DEBIAN-CVE-2024-6387", "DSA-5724-1")
    (found,) = match([deb("1:9.2p1-2+deb12u2", source="openssh", name="openssh-server")], advisories)
    assert found.ids == ("CVE-2024-6387", "DEBIAN-CVE-2024-6387", "DSA-5724-1")
    assert found.records == ("DEBIAN-CVE-2024-6387", "DSA-5724-1")
    assert (found.fix_state, found.fixed_version) == (FixState.FIXED, "1:9.2p1-2+deb12u3")
    assert found.summary
    assert found.url.startswith("https://security-tracker.debian.org/")


@pytest.mark.parametrize(
    ("installed", "ecosystem", "hit"),
    [
        ("3.3.0-r3", "Alpine:v3.20", True),
        ("3.3.1-r1", "Alpine:v3.20", False),
        ("3.1.5-r0", "Alpine:v3.19", True),
        ("3.1.6-r0", "Alpine:v3.19", False),
        ("3.1.5-r0", "Alpine:v3.18", False),
        ("3.1.5-r0", "", False),
    ],
)
def test_the_release_decides(installed: str, ecosystem: str, hit: bool) -> None:
    assert bool(match([apk(installed, ecosystem)], from_data("ALPINE-CVE-2024-5535"))) is hit


@pytest.mark.parametrize(
    ("ecosystem", "version", "state"),
    [
        ("Ubuntu:22.04", "1:1.2.8.dfsg-2", FixState.FIXED),
        ("Ubuntu:22.04:LTS", "1:1.2.8.dfsg-2", FixState.FIXED),
        ("Ubuntu:24.04", "1:1.2.8.dfsg-2", None),
        # The record names only Ubuntu Pro for it: the flaw is in the release, its fix is not.
        ("Ubuntu:16.04", "1:1.2.8.dfsg-2ubuntu4.3", FixState.FIXED_IN_NEWER_RELEASE),
        ("Ubuntu:16.04", "1:1.2.8.dfsg-2ubuntu4.3+esm1", FixState.FIXED),
        ("Ubuntu:16.04", "1:1.2.8.dfsg-2ubuntu4.3+esm2", None),
        ("Ubuntu:Pro:16.04:LTS", "1:1.2.8.dfsg-2ubuntu4.3", FixState.FIXED),
    ],
)
def test_long_term_support_is_the_same_release_and_pro_another(
    ecosystem: str, version: str, state: FixState | None
) -> None:
    package = deb(version, ecosystem, source="zlib", name="zlib1g")
    found = match([package], from_data("UBUNTU-CVE-2022-37434"))
    assert [one.fix_state for one in found] == ([state] if state else [])


def test_the_source_version_counts_not_the_binary_version() -> None:
    # bsdutils carries an epoch that its source, util-linux, has not.
    package = deb("2.38.1-5", source="util-linux")
    binary = type(package)(
        "deb", "debian", "bsdutils", "1:2.38.1-5", "util-linux", "2.38.1-5", "", "Debian:12"
    )
    advisory = record(
        "DEBIAN-CVE-2024-28085", entry("Debian:12", until("2.38.1-5+deb12u1"), package="util-linux")
    )
    assert [found.package.name for found in match([binary], [advisory])] == ["bsdutils"]
    assert not match([deb("1", source="other", name="util-linux")], [advisory])


def test_withdrawn_records_never_match_even_beside_their_former_self() -> None:
    before = record("DEBIAN-CVE-2024-1111", entry("Debian:12", OPEN))
    after = record(
        before.id, entry("Debian:12", OPEN), modified="2025-01-01T00:00:00Z", withdrawn="2025-01-01T00:00:00Z"
    )
    assert match([deb("1")], [before])
    assert not match([deb("1")], [before, after])
    assert not match([deb("1")], [after, before])


def test_a_bundling_advisory_is_one_match_for_each_flaw() -> None:
    dsa = record(
        "DSA-5000-1",
        entry("Debian:12", until("3.0.2-1")),
        upstream=("CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003"),
    )
    tracked = record(
        "DEBIAN-CVE-2024-0001", entry("Debian:12", until("3.0.2-1")), upstream=("CVE-2024-0001",)
    )
    found = match([deb("3.0.1-1")], [dsa, tracked])
    assert [one.ids for one in found] == [
        ("CVE-2024-0001", "DEBIAN-CVE-2024-0001"),
        ("CVE-2024-0002",),
        ("CVE-2024-0003",),
    ]
    assert [one.records for one in found] == [
        ("DEBIAN-CVE-2024-0001", "DSA-5000-1"),
        ("DSA-5000-1",),
        ("DSA-5000-1",),
    ]
    names = [name for one in found for name in one.ids]
    assert len(names) == len(set(names)), "no name is shared, so the flaws stay distinct for ever"


@pytest.mark.parametrize(
    ("names", "flaws"),
    [
        ({"aliases": ("CVE-2024-0001",)}, 1),
        ({"aliases": ("GHSA-aaaa-bbbb-cccc",), "upstream": ("CVE-2024-0001",)}, 1),
        ({"aliases": ("CVE-2024-0001", "CVE-2024-0002")}, 2),
        ({"upstream": ("UBUNTU-CVE-2024-0001", "CVE-2024-0001")}, 1),
        ({"upstream": ("UBUNTU-CVE-2024-0001", "UBUNTU-CVE-2024-0002")}, 2),
        ({"upstream": ("GHSA-aaaa-bbbb-cccc", "GHSA-dddd-eeee-ffff")}, 2),
        ({"related": ("CVE-2024-0001", "CVE-2024-0002")}, 1),
        ({}, 1),
    ],
)
def test_what_counts_as_a_bundle(names: dict[str, tuple[str, ...]], flaws: int) -> None:
    assert len(match([deb("1")], [record("USN-1-1", entry("Debian:12", OPEN), **names)])) == flaws


def test_related_is_not_identity() -> None:
    one = record("DEBIAN-CVE-2024-0001", entry("Debian:12", OPEN), related=("CVE-2024-0002",))
    two = record("DEBIAN-CVE-2024-0002", entry("Debian:12", OPEN))
    assert len(match([deb("1")], [one, two])) == 2


def test_aliases_join_over_a_third_record() -> None:
    one = record("AAA-1", entry("Debian:12", OPEN), aliases=("GHSA-aaaa-bbbb-cccc",))
    two = record("BBB-1", entry("Debian:12", OPEN), aliases=("CVE-2024-0001",))
    bridge = record("GHSA-aaaa-bbbb-cccc", aliases=("CVE-2024-0001",))
    (found,) = match([deb("1")], [one, two, bridge])
    assert found.ids == ("CVE-2024-0001", "AAA-1", "BBB-1", "GHSA-aaaa-bbbb-cccc")
    assert found.records == ("AAA-1", "BBB-1")


def test_another_distribution_s_advisory_is_no_name_of_the_flaw() -> None:
    here = record("ALPINE-CVE-2024-0001", entry("Alpine:v3.20", OPEN), upstream=("CVE-2024-0001",))
    there = record("DSA-5000-1", entry("Debian:12", OPEN), upstream=("CVE-2024-0001",))
    (found,) = match([apk("1-r0")], [here, there])
    assert found.ids == ("CVE-2024-0001", "ALPINE-CVE-2024-0001")


CVE = ("CVE-2024-0001",)


def tracker(*ranges, **rest: object):
    return record("DEBIAN-CVE-2024-0001", entry("Debian:12", *ranges, **rest), upstream=CVE)


def dsa(fixed: str, number: int = 1):
    return record(f"DSA-5000-{number}", entry("Debian:12", until(fixed)), upstream=(*CVE, "CVE-2024-9999"))


@pytest.mark.parametrize(
    ("advisories", "installed", "state", "fixed"),
    [
        ([tracker(until("2"))], "1", FixState.FIXED, "2"),
        ([tracker(OPEN)], "1", FixState.NOT_FIXED, ""),
        ([tracker(OPEN, will_not_fix=True)], "1", FixState.WILL_NOT_FIX, ""),
        ([tracker(span(("introduced", "0"), ("last_affected", "3")))], "1", FixState.NOT_FIXED, ""),
        # The tracker entry decides where both know a fix …
        ([tracker(until("2")), dsa("3")], "1", FixState.FIXED, "2"),
        ([tracker(until("3")), dsa("2")], "1", FixState.FIXED, "3"),
        ([tracker(until("2")), dsa("3")], "2", None, ""),
        ([tracker(until("3")), dsa("2")], "2", FixState.FIXED, "3"),
        # … and the advisory where the entry knows none.
        ([tracker(OPEN), dsa("2")], "1", FixState.FIXED, "2"),
        ([tracker(OPEN, will_not_fix=True), dsa("2")], "1", FixState.FIXED, "2"),
        ([tracker(OPEN), dsa("2")], "2", None, ""),
        # A re-issued advisory raises the fix.
        ([dsa("2"), dsa("3", number=2)], "1", FixState.FIXED, "3"),
        ([dsa("2"), dsa("3", number=2)], "2", FixState.FIXED, "3"),
        ([dsa("2"), dsa("3", number=2)], "3", None, ""),
    ],
)
def test_what_records_add_up_to(advisories: list, installed: str, state: FixState | None, fixed: str) -> None:
    found = [one for one in match([deb(installed)], advisories) if one.ids[0] == CVE[0]]
    assert [(one.fix_state, one.fixed_version) for one in found] == ([(state, fixed)] if state else [])


@pytest.mark.parametrize(
    ("elsewhere", "state"),
    [
        (entry("Debian:13", until("4")), FixState.FIXED_IN_NEWER_RELEASE),
        (entry("Debian:11", until("4")), FixState.NOT_FIXED),
        (entry("Debian:13", OPEN), FixState.NOT_FIXED),
        (entry("Debian:13", until("4"), package="other"), FixState.NOT_FIXED),
        (entry("Ubuntu:24.04", until("4")), FixState.NOT_FIXED),
        (entry("Debian:sid", until("4")), FixState.FIXED_IN_NEWER_RELEASE),
    ],
)
def test_fixed_in_a_newer_release(elsewhere, state: FixState) -> None:
    same = record("DEBIAN-CVE-2024-0001", entry("Debian:12", OPEN), elsewhere)
    other = record("DSA-5000-1", elsewhere, upstream=CVE)
    assert [one.fix_state for one in match([deb("1")], [same])] == [state]
    assert [one.fix_state for one in match([deb("1")], [tracker(OPEN), other])] == [state]
    unrelated = record("DEBIAN-CVE-2024-0002", elsewhere)
    assert [one.fix_state for one in match([deb("1")], [tracker(OPEN), unrelated])] == [FixState.NOT_FIXED]


def test_a_fix_sold_with_ubuntu_pro_is_not_a_fix_here() -> None:
    pro = entry("Ubuntu:Pro:24.04:LTS", until("4"))
    advisory = record("UBUNTU-CVE-2024-0001", entry("Ubuntu:22.04:LTS", OPEN), pro)
    (found,) = match([deb("1", "Ubuntu:22.04")], [advisory])
    assert found.fix_state is FixState.NOT_FIXED


def test_what_cannot_be_compared_is_shown() -> None:
    found = match_all([deb("1_2"), deb("1")], [tracker(until("2")), dsa("2")])
    assert [one.package.version for one in found.matches] == ["1", "1"]
    (skipped,) = found.skipped
    assert skipped.kind is SkipKind.UNREADABLE
    assert skipped.what == "package libssl3 1_2"
    assert "is not a Debian version (and 1 more records)" in skipped.why


records = st.lists(
    st.sampled_from(
        [
            tracker(until("2")),
            tracker(OPEN),
            dsa("2"),
            dsa("3", number=2),
            record("GHSA-1", aliases=("CVE-2024-9999",)),
            record("DEBIAN-CVE-2024-9999", entry("Debian:12", until("1.5"))),
        ]
    ),
    max_size=6,
)


@given(records, st.sampled_from(["1", "1.7", "2", "3"]), st.randoms())
def test_neither_order_nor_repetition_matters(advisories: list, installed: str, random) -> None:
    # One id with two contents at one date is decided by neither, so it does not occur.
    advisories = list({advisory.id: advisory for advisory in advisories}.values())
    shuffled = advisories * 2
    random.shuffle(shuffled)
    packages = [deb(installed), deb(installed), apk(installed)]
    expected: list[Match] = match(packages, advisories)
    assert match(packages[::-1], shuffled) == expected
    assert len({(one.package, one.ids) for one in expected}) == len(expected)
