"""Every ordering: published examples in rising order, equal writings, what is refused, and the laws of an order."""

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.package.versions import ORDERINGS, NotComparable, compare, sort_key

#: Each line rises.
RISING = {
    "AlmaLinux:9": [
        "1.0~rc1-1 1.0-1 1.0^git1-1 1.0.1-1",
        "1.0~~-1 1.0~-1 1.0-1 1.0^-1 1.0a-1 1.0.1-1",  # letters before numbers
        "9.9-1 0:9.10-1 1:0.1-1",
        "2.34-60.el9 2.34-60.el9_2.7 2.34-83.el9.alma.1 2.34-100.el9",
        "1.8.0.392.b08-1.el9 1.8.0.402.b06-1.el9",
        "18.14.2-2.module_el8.7.0+3525+6ad1fb2b 18.14.2-3.module_el8.7.0+3529+7f6ccd63",
        "1.0 1.0-1",
    ],
    "PyPI": [
        "1.0.dev1 1.0a1.dev1 1.0a1 1.0a2 1.0b1 1.0rc1 1.0 1.0+abc 1.0+5 1.0.post1.dev1 1.0.post1 1.1 1!0.1",
        "1.0+a 1.0+a.1 1.0+b",
        "2.9 2.10",
    ],
    "npm": [
        "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0",
        "1.2.3beta =1.2.3 v1.2.4 1.10.0",
    ],
    "crates.io": ["0.0.0-0 0.0.0 0.3.1-0 0.3.1-alpha 0.3.1 0.3.2+build.7 0.10.0"],
    "Hex": ["1.0.0-dev 1.0.0-rc.0 1.0.0 1.0.1"],
    "Go": [
        "v0.0.0-20190101000000-abcdefabcdef v0.0.0-20210101000000-000000000000 v0.1.0",
        "1.5.1-0.20230101000000-abcdefabcdef 1.5.1 v1.5.2+incompatible v2.0.0+incompatible",
        "go1.20.14 go1.21rc2 go1.21.0 1.21.3 go1.22.1-bigcorp 1.22.2",
        "1.21.0-0 go1.21beta1 1.21.0-rc.2 go1.21rc3 1.21",
    ],
    "Maven": [
        "1-alpha2snapshot 1-alpha2 1-alpha-123 1-beta-2 1-beta123 1-m2 1-m11 1-rc 1-cr2 1-rc123 1-SNAPSHOT "
        "1 1-sp 1-sp2 1-sp123 1-abc 1-def 1-pom-1 1-1-snapshot 1-1 1-2 1-123",
        "2.0 2.0.a 2-1 2.0.2 2.0.123 2.1.0 2.1-a 2.1b 2.1-c 2.1-1 2.1.0.1 2.2 2.123 "
        "11.a2 11.a11 11.b2 11.b11 11.m2 11.m11 11 11.a 11b 11c 11m",
        "2.14.0-rc1 2.14.0 2.15.0 2.17.1",
        "31.1-android 31.1-jre 32.0.0-android",
        "5.2.0.RC1 5.2.0.RELEASE 5.2.0.SR1",
        "42.2.9 42.2.25.jre7",
    ],
    "NuGet": [
        "1.0.0-alpha 1.0.0-Beta 1.0.0-rc.2 1.0.0-rc.10 1.0.0 1.0.0.1 1.0.1 1.0.1.5 1.0.2",
    ],
    "Packagist": [
        "1.0.0-dev 1.0.0-alpha1 1.0.0-beta2 1.0.0-beta10 1.0.0-RC1 1.0.0 1.0.0-patch1 1.0.1 1.0.x-dev 1.1 1.x-dev 2.0",
        "v5.4.9 5.4.10 v5.4.46 5.4.46.1",
        "1.0b1-dev 1.0b1",
    ],
    "RubyGems": [
        "0.beta.1 0.0.beta.2 1.0.a.2 1.0.a10 1.0.b1 1.0 1.0.1.a 1.0.1 1.0.10",
        "1.0.0-1 1.0.0",  # a hyphen starts a pre-release
        "1.a.0.b.1 1.a 1.a.1",
        "3.0.0.rc1 3.0.0.rc2 3.0.0",
    ],
    "Pub": ["1.0.0-dev.1 1.0.0-dev.1+2 1.0.0 1.0.0+1 1.0.0+1.1 1.0.0+2 1.0.0+10 1.0.0+a 1.0.1"],
    "ConanCenter": [
        "1.1.0-pre1 1.1.0-pre2 1.1 1.1.1a 1.1.1t 1.1.1w 1.1.2 1.2 1.10 cci.20200203 cci.20210118",
        "1.0 1.0+b1 1.0+b2",
    ],
    "Bitnami": [
        "16.1.0-rc.1 16.1.0 16.1.0-1 16.1.0-10 16.1.1",
        "1.8.0_333-b02 1.8.0-342 1.8.0_392 11.0.14 11.0.14.1 11.0.15",
        "3.13.0a1 3.13.0b2 3.13.0rc1 3.13.0rc2 3.13.0",
        "17beta1 17rc1 17.0",
    ],
    "Wolfi": ["1.36.1-r29 1.37.0_rc1-r0 1.37.0-r0"],
    "Echo": ["1.0~rc1-1 1.0-1 1.0-1+e1"],
}
EQUAL = {
    "Rocky Linux:9": [("0:1.0-1", "1.0-1"), ("1.0.-1", "1.0-1"), ("1.01-1", "1.1-1"), ("1_0-1", "1.0-1")],
    "PyPI": [("1.0", "1.0.0"), ("1.0rc1", "1.0-RC.1"), ("v1", "1"), ("1.0-1", "1.0.post1"), ("0!1", "1")],
    "npm": [("1.2.3+a", "1.2.3+b"), ("=v1.2.3", "1.2.3"), ("1.2.3beta", "1.2.3-beta"), ("1.2", "1.2.0")],
    "Go": [
        ("v1.2.3", "1.2.3"),
        ("v2.0.0+incompatible", "2.0.0"),
        ("go1.21", "1.21.0"),
        ("go1.21.3 X:noopt", "1.21.3"),
    ],
    "Maven": [
        ("1", "1.0.0"),
        ("1", "1-ga"),
        ("1", "1.0.0.Final"),
        ("1.0.RC1", "1-rc-1"),
        ("1a1", "1-alpha-1"),
        ("1cr", "1rc"),
        ("1X", "1x"),
        ("1-0", "1"),
        ("5.0.0.RELEASE", "5"),
    ],
    "NuGet": [("1.0", "1.0.0.0"), ("1.0.0-BETA", "1.0.0-beta"), ("1.0.0+a", "1.0.0"), ("1.01", "1.1")],
    "Packagist": [
        ("v1.0", "1.0.0.0"),
        ("1.0.0-b2", "1.0.0-beta2"),
        ("1.0-stable", "1.0"),
        ("1.0.*-dev", "1.0.x-dev"),
    ],
    "RubyGems": [("1.0", "1"), ("1.0.0.a", "1.a"), ("1.01", "1.1"), ("1.a.0", "1.a")],
    "ConanCenter": [("1.0.0", "1")],
    "Bitnami": [("1.0.0-0", "1.0.0"), ("1.8.0_392-b08", "1.8.0-392"), ("17.0.9+9", "17.0.9")],
    "Pub": [("1.2.3", "v1.2.3")],
}
REFUSED = {
    "Red Hat:enterprise_linux:9": ["", "-", "1 0", "a:1-1", "1.0\n", "é", "1:2:3-1"],
    "PyPI": ["", "2004d", "1.0-final-x", "not a version", "1.0\x00"],
    "npm": ["", "latest", "1.2.3.4", "1..2", "^1.2.3", "1.2.3-", "1.2.3-a..b", "git+ssh://x", "*"],
    "crates.io": ["", "1.2.3.4", "1.2.3beta"],
    "Go": ["", "(devel)", "devel go1.22-abcdef", "go", "v1.2.3.4", "1.21.x"],
    "Maven": ["", "1 0", "${project.version}\n", "---", "é"],
    "NuGet": ["", "1.2.3.4.5", "1.0.*", "[1.0,2.0)"],
    "Packagist": ["", "dev-main", "dev-1.0", "1.0 as 2.0", "1.0@dev", "1.2.3.4.5"],
    "RubyGems": ["", "a.1", "1..2", "1.0_1", ">= 1"],
    "Pub": ["", "any", "1.2.3.4"],
    "ConanCenter": ["", "[>1.0]", "1/2"],
    "Bitnami": ["", "latest", "1.1.1w", "nightly.2026-03-10.0"],
}


@pytest.mark.parametrize(
    ("ecosystem", "line"), [(name, line) for name, lines in RISING.items() for line in lines]
)
def test_rises(ecosystem: str, line: str) -> None:
    versions = line.split()
    assert len(versions) > 1
    keys = [sort_key(ecosystem, version) for version in versions]
    assert [versions[keys.index(key)] for key in sorted(keys)] == versions
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    ("ecosystem", "pair"), [(name, pair) for name, pairs in EQUAL.items() for pair in pairs]
)
def test_is_the_same(ecosystem: str, pair: tuple[str, str]) -> None:
    assert compare(ecosystem, *pair) == 0


@pytest.mark.parametrize(
    ("ecosystem", "version"), [(name, one) for name, found in REFUSED.items() for one in found]
)
def test_is_no_version(ecosystem: str, version: str) -> None:
    with pytest.raises(NotComparable):
        sort_key(ecosystem, version)


#: One ecosystem for each ordering.
EACH = sorted({key: name for name, key in ORDERINGS.items()}.values())
WORDS = "a b rc alpha beta final sp dev post x w p SNAPSHOT module_el8".split()
SIGNS = "0 1 9 10 00 2 . . . . - - - _ ~ ^ + : 1.0 1.2.3 v go1.".split()
pieces = st.lists(st.sampled_from(WORDS + SIGNS), min_size=1, max_size=7).map("".join)
written = st.one_of(
    pieces,
    st.sampled_from([version for lines in RISING.values() for line in lines for version in line.split()]),
)


@pytest.mark.parametrize("ecosystem", EACH)
@settings(max_examples=25)
@given(st.lists(written, min_size=2, max_size=6))
def test_is_an_order_or_says_that_it_is_none(ecosystem: str, versions: list[str]) -> None:
    keys = []
    for version in versions:
        with suppress(NotComparable):
            keys.append(sort_key(ecosystem, version))
            assert compare(ecosystem, version, version) == 0
    # A key stands for one place among all texts, so it is an order when keys are texts an index can keep.
    assert all(key and key == key.encode().decode() and "\x00" not in key for key in keys)


@pytest.mark.parametrize("ecosystem", EACH)
def test_overlong_versions_are_refused(ecosystem: str) -> None:
    with pytest.raises(NotComparable):
        sort_key(ecosystem, "1." * 600 + "1")


@pytest.mark.parametrize("ecosystem", EACH)
@pytest.mark.parametrize(
    "version", ["9" * 1024, "1-" * 511, "1.0-" + "a" * 1000, "a" * 1024, "0." * 511 + "1", "-" * 1024]
)
def test_long_versions_cost_little(ecosystem: str, version: str) -> None:
    with suppress(NotComparable):
        assert len(sort_key(ecosystem, version)) < 8_000
