"""Debian ordering: a table from deb-version(7), and dpkg itself as the judge of everything else."""

import shutil
import subprocess
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.package.versions import NotComparable, compare


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.0~rc1-1", "1.0-1"),  # a tilde sorts before the end
        ("1.0~~", "1.0~"),
        ("1.0", "1.0a"),
        ("1.0a", "1.0+"),  # letters before everything else
        ("1.9", "1.10"),
        ("9.9-1", "1:0.1-1"),
        ("1.2-3", "1.2-3+deb12u1"),
        ("3.0.11-1~deb12u2", "3.0.11-1"),
        ("2.36-9+deb12u9", "2.36-9+deb12u10"),
        ("1.0-1", "1.0-1.1"),
        ("1.0-1", "1.0-1-1"),
        ("5.10.226-1", "6.1.0-1"),
        ("1" * 40, "1" * 41),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert compare("Debian:12", older, newer) == -1
    assert compare("Debian:12", newer, older) == 1


@pytest.mark.parametrize(
    ("a", "b"), [("1.0", "1.0-0"), ("0:1.0", "1.0"), ("1.01", "1.1"), ("1.", "1.0"), ("1.0-00", "1.0-0")]
)
def test_equal(a: str, b: str) -> None:
    assert compare("Ubuntu:22.04", a, b) == 0


@pytest.mark.parametrize(
    "version",
    ["", "1.0_1", "1 0", "a:1", ":1", "1:", "1.0-", "-1", "2147483648:1", "1.0\n", "1.é", "٣", "1" * 1025],
)
def test_refused(version: str) -> None:
    with pytest.raises(NotComparable):
        compare("Debian", version, "1.0")


part = st.text(alphabet="019aZ.+~", min_size=1, max_size=8)
versions = st.builds(
    lambda epoch, upstream, revision: f"{epoch}{upstream}{revision}",
    st.sampled_from(["", "0:", "1:", "02:"]),
    part,
    st.one_of(st.just(""), part.map(lambda text: f"-{text}")),
)


@pytest.mark.system
@pytest.mark.skipif(shutil.which("dpkg") is None, reason="dpkg is not installed: nothing to compare with")
@settings(max_examples=8)
@given(st.lists(st.tuples(versions, versions), min_size=60, max_size=60))
def test_agrees_with_dpkg(pairs: list[tuple[str, str]]) -> None:
    script = "\n".join(
        f"if dpkg --compare-versions '{a}' lt '{b}'; then echo -1; "
        f"elif dpkg --compare-versions '{a}' gt '{b}'; then echo 1; else echo 0; fi"
        for a, b in pairs
    )
    # dpkg warns about versions that do not start with a digit, and orders them all the same.
    answer = subprocess.run(
        ["sh"],
        input=script,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
    )
    assert [compare("Debian:12", a, b) for a, b in pairs] == [int(line) for line in answer.stdout.split()]


@given(versions, versions, versions)
def test_is_an_order(a: str, b: str, c: str) -> None:
    assert compare("Debian", a, b) == -compare("Debian", b, a)
    if compare("Debian", a, b) <= 0 and compare("Debian", b, c) <= 0:
        assert compare("Debian", a, c) <= 0


@given(st.text(max_size=20))
def test_takes_a_version_or_refuses_it(version: str) -> None:
    with suppress(NotComparable):
        assert compare("Debian", version, version) == 0
