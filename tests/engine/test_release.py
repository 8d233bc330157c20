"""os-release and its predecessors, and the OSV ecosystem each release belongs to."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine import scan_layer, squash
from bot.engine.ecosystem import ecosystem
from bot.engine.os_release import (
    READERS,
    parse_alpine_release,
    parse_debian_version,
    parse_named_release,
    parse_os_release,
)
from bot.inventory import ImageConfig, Release
from tests.fakes.images import Symlink, layer, os_release


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
    ("text", "expected"),
    [
        ("CentOS Linux release 7.9.2009 (Core)\n", ("centos", "7.9.2009")),
        ("CentOS release 6.10 (Final)", ("centos", "6.10")),
        ("Red Hat Enterprise Linux Server release 6.10 (Santiago)", ("rhel", "6.10")),
        ("Fedora release 39 (Thirty Nine)", ("fedora", "39")),
        ("AlmaLinux release 9.3 (Shamrock Pampas Cat)", ("almalinux", "9.3")),
        ("Oracle Linux Server release 8.9", ("ol", "8.9")),
        ("Amazon Linux AMI release 2018.03", ("amzn", "2018.03")),
        ("SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n", ("sles", "11.4")),
        ("Some Other Linux 1", None),
        ("CentOS Stream", None),
        ("", None),
    ],
)
def test_one_line_releases(text, expected):
    release = parse_named_release(text.encode())
    assert (release and (release.id, release.version_id)) == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"etc/os-release": Symlink("../usr/lib/os-release"), "usr/lib/os-release": "ID=wolfi"}, "wolfi"),
        (
            {
                "etc/os-release": Symlink("../usr/lib/os-release"),
                "usr/lib/os-release": Symlink("./os.release.d/os-release-container"),
                "usr/lib/os.release.d/os-release-container": "ID=fedora",
                "usr/lib/os.release.d/os-release-server": "ID=other",
            },
            "fedora",
        ),
        (
            {
                "etc/os-release": Symlink("/nix/store/a/etc/os-release"),
                "nix/store/a/etc/os-release": "ID=nixos",
            },
            "nixos",
        ),
        (
            {
                "etc/redhat-release": Symlink("../usr/lib/centos-release"),
                "usr/lib/centos-release": "CentOS release 6",
            },
            "centos",
        ),
        ({"etc/os-release": Symlink("os-release"), "etc/alpine-release": "3.20"}, "alpine"),
        ({"srv/etc/os-release": "ID=debian"}, None),
    ],
)
def test_the_file_that_counts(files, expected):
    document = scan_layer(io.BytesIO(layer(files)), media_type="")
    release = squash([("sha256:0", 0, document)], ImageConfig()).release
    assert (release and release.id) == expected


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
