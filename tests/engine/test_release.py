"""os-release and its predecessors, and the OSV ecosystem each release belongs to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.ecosystem import ecosystem
from bot.engine.os_release import READERS, parse_alpine_release, parse_debian_version, parse_os_release
from bot.inventory import Release
from tests.fakes.images import os_release


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n', Release("debian", "12", "", "bookworm")),
        ("ID='ubuntu'\nVERSION_ID='22.04'\nUBUNTU_CODENAME=jammy", Release("ubuntu", "22.04", "", "jammy")),
        ('# comment\n\n  ID = no\nID=Alpine!\r\nPRETTY_NAME="a \\"b\\""', Release("alpine", "", 'a "b"')),
        ("NAME=Something", Release("linux")),
        ("ID=\x1b[31mdebian", Release("31mdebian")),
        ("no assignment", None),
        ("", None),
    ],
)
def test_os_release(text, expected):
    assert parse_os_release(text.encode()) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12.5\n", Release("debian", "12", "Debian GNU/Linux 12.5")),
        ("trixie/sid\n", Release("debian", "", "Debian GNU/Linux trixie/sid", "trixie")),
        ("\n", None),
    ],
)
def test_debian_version(text, expected):
    assert parse_debian_version(text.encode()) == expected


def test_alpine_release():
    assert parse_alpine_release(b"3.20.3\n") == Release("alpine", "3.20.3", "Alpine Linux 3.20.3")


@pytest.mark.parametrize(
    ("release", "expected"),
    [
        (Release("debian", "12"), "Debian:12"),
        (Release("debian", "12.5"), "Debian:12"),
        (Release("debian", "", codename="forky"), "Debian:14"),
        (Release("debian", "", codename="sid"), ""),
        (Release("debian", "rolling"), ""),
        (Release("debian", "²"), ""),
        (Release("ubuntu", "22.04"), "Ubuntu:22.04"),
        (Release("ubuntu", "25.10"), "Ubuntu:25.10"),
        (Release("ubuntu", "22.04:Pro"), ""),
        (Release("alpine", "3.20.3"), "Alpine:v3.20"),
        (Release("alpine", "3.20"), "Alpine:v3.20"),
        (Release("alpine", "3.20.0_rc1"), "Alpine:v3.20"),
        (Release("alpine", "3.21.0_alpha20240807"), "Alpine:edge"),
        (Release("alpine", "edge"), "Alpine:edge"),
        (Release("alpine", "3"), ""),
        (Release("wolfi", "20230201"), "Wolfi"),
        (Release("chainguard", "20230214"), "Chainguard"),
        (Release("raspbian", "12"), ""),
        (None, ""),
    ],
)
def test_ecosystem(release, expected):
    assert ecosystem(release) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alpine:3.20", "Alpine:v3.20"), ("debian:12", "Debian:12"), ("ubuntu:22.04", "Ubuntu:22.04")],
)
def test_the_fakes_releases(name, expected):
    assert ecosystem(parse_os_release(os_release(name).encode())) == expected


@given(st.sampled_from(sorted(READERS)), st.binary(max_size=300))
def test_hostile_content(path, content):
    release = READERS[path](content)
    if release is not None:
        assert f"{release.id}{release.version_id}{release.pretty_name}{release.codename}".isprintable()
        assert ecosystem(release).isascii()
