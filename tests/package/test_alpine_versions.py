"""Alpine ordering: what apk-tools publishes as its own test pairs, re-stated, and the laws of an order."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.package.versions import NotComparable, compare


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("0.1.0_alpha", "2.34"),
        ("0.1.0_alpha", "0.1.0_alpha2"),
        ("0.1.0_alpha_pre2", "0.1.0_alpha"),
        ("1.1_alpha1", "1.1"),
        ("1.3_pre1-r1", "1.3.2"),
        ("6.0_pre1", "6.0"),
        ("6.0", "6.0_p1"),
        ("1.0_alpha", "1.0_beta"),
        ("1.0_beta", "1.0_pre"),
        ("1.0_pre", "1.0_rc"),
        ("1.0_rc9-r9", "1.0-r0"),
        ("1.0", "1.0_cvs"),
        ("1.0_cvs", "1.0_svn"),
        ("1.0_svn", "1.0_git"),
        ("1.0_git20240101", "1.0_hg"),
        ("1.0_hg", "1.0_p"),
        ("1.0_p9-r0", "1.0_p10-r0"),
        ("1.0.4-r3", "1.0.4-r4"),
        ("1.0-r9", "1.0-r10"),
        ("1.0.4-r4", "1.6"),
        ("1.3-r0", "1.3.1-r0"),
        ("2.3.0", "2.3.0b-r1"),
        ("0.9.8c-r1", "0.9.8d"),
        ("1.1.1a-r0", "1.1.1b-r0"),
        ("1.2", "1.2-r0"),
        ("8.2.0", "8.2.001"),
        ("8.2.0015", "8.2.002"),
        ("1.02.07", "1.02.10-r1"),
        ("0.0", "0.01"),
        ("0.01", "0.1"),
        ("3.1.5-r2", "006"),
        ("3.0.0-r2", "021109-r3"),
        ("1.0~1234", "1.0~2345"),
        ("1.0~1234-r1", "1.0~2345-r0"),
        ("1.0~1234-r0", "1.0~1234-r1"),
        ("1.0.0_pre20191002222144-r0", "1.0.0_pre20210530193627-r0"),
        ("3.3.0-r2", "3.3.2-r0"),
        ("1.36.1-r29", "1.37.0-r0"),
        ("1" * 30, "1" * 31),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert compare("Alpine:v3.20", older, newer) == -1
    assert compare("Alpine:v3.20", newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"), [("1.0-r1", "1.0-r01"), ("013", "13"), ("2.0.6", "2.0.6"), ("1_p1", "1_p01")]
)
def test_equal(a: str, b: str) -> None:
    assert compare("Alpine", a, b) == 0


@pytest.mark.parametrize(
    "version",
    [
        "",
        "0.1bc",
        "0.1bc1",
        "0.1a1",
        "0.1a.1",
        "0.1_pre2~",
        "0.1_pre2~1234xbcd",
        "0.1_pre2~1234abcd_pre1",
        "0.1_pre2-r1~1234",
        "0.1_foobar",
        "0.1-pre1.1",
        "0.1-r",
        "0.1-r2_pre1",
        "0.1-r2-r3",
        "0.1-r2.1",
        ".1",
        "a",
        "_pre1",
        "-r1",
        "0.1_",
        "0.1__alpha",
        "0.1_1_alpha",
        "1.0\n",
        "٣",
        "1." * 600 + "1",
    ],
)
def test_refused(version: str) -> None:
    with pytest.raises(NotComparable):
        compare("Alpine:v3.20", version, "1.0")


numbers = st.sampled_from(["0", "00", "01", "1", "2", "10", "015", "002"])
suffixes = st.sampled_from(["", "_alpha", "_beta2", "_rc", "_git", "_p", "_p1", "_p10", "_alpha_pre2"])
versions = st.builds(
    lambda parts, letter, suffix, hash_, revision: ".".join(parts) + letter + suffix + hash_ + revision,
    st.lists(numbers, min_size=1, max_size=3),
    st.sampled_from(["", "a", "b"]),
    suffixes,
    st.sampled_from(["", "~1a", "~1a2"]),
    st.sampled_from(["", "-r0", "-r1", "-r10"]),
)


@given(versions, versions, versions)
def test_is_an_order(a: str, b: str, c: str) -> None:
    assert compare("Alpine", a, b) == -compare("Alpine", b, a)
    if compare("Alpine", a, b) <= 0 and compare("Alpine", b, c) <= 0:
        assert compare("Alpine", a, c) <= 0


@given(st.text(alphabet="01a._~-rpg", max_size=20))
def test_takes_a_version_or_refuses_it(version: str) -> None:
    with suppress(NotComparable):
        assert compare("Alpine", version, version) == 0


@pytest.mark.parametrize("ecosystem", ["", "CRAN", "Gentoo:1", "debian:12"])
def test_other_ecosystems_are_not_comparable(ecosystem: str) -> None:
    with pytest.raises(NotComparable, match="cannot be ordered yet"):
        compare(ecosystem, "1", "2")
