"""Who built a package: the distribution, or somebody of whom its advisories do not speak."""

import pytest

from bot.engine.catalog import dpkg, rpm
from bot.engine.catalog.vendors import UNNAMED, deb_vendor, rpm_vendor
from tests.fakes.rpm import header, sqlite_db

STATUS = "var/lib/dpkg/status"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"maintainer": "GNU Libc Maintainers <debian-glibc@lists.debian.org>", "version": "2.36-9"}, ""),
        ({"maintainer": "Ubuntu Developers <ubuntu-devel-discuss@lists.ubuntu.com>", "origin": "Ubuntu"}, ""),
        ({"maintainer": "Alex <alex@nvidia.com>", "version": "1.2-1"}, ""),
        ({"version": "2.36-9+deb12u8"}, ""),
        ({"maintainer": "Docker <support@docker.com>"}, "Docker <support@docker.com>"),
        ({"maintainer": "Ivan <ivan@nodesource.com>"}, "Ivan <ivan@nodesource.com>"),
        ({"maintainer": "GitHub"}, "GitHub"),
        ({"maintainer": "<@shop>", "vendor": "Shop"}, "<@shop>"),
        ({"license": "unknown"}, UNNAMED),
        ({"origin": "Proxmox", "maintainer": "x"}, "Proxmox"),
        ({"maintainer": "x@debian.org", "version": "16.3-1.pgdg120+1"}, "x@debian.org"),
        ({"version": "8.3.14-1+0~20241127.52+debian12~1.gbpf8e8d1"}, UNNAMED),
        ({"version": "1.26.1-1~bookworm"}, UNNAMED),
        ({"version": "5:27.3.1-1~debian.12~bookworm"}, UNNAMED),
        ({"version": "1:11.4.2+maria~deb12"}, UNNAMED),
        ({"origin": "x" * 200}, "x" * 60),
    ],
)
def test_debian_packages(said, expected):
    assert deb_vendor(said) == expected


@pytest.mark.parametrize(
    ("vendor", "release", "expected"),
    [
        ("Red Hat, Inc.", "18.el9", ""),
        ("Rocky Enterprise Software Foundation", "1.el9", ""),
        ("SUSE LLC <https://www.suse.com/>", "150600.5", ""),
        ("Amazon Linux", "1.amzn2023.0.1", ""),
        ("Amazon.com Inc.", "1", "Amazon.com Inc."),
        ("", "1.amzn2023.0.1", ""),
        ("", "1.el9", UNNAMED),
        ("Fedora Project", "1.fc41", ""),
        ("Fedora Project", "3.el9", "Fedora Project"),
        ("Microsoft Corporation", "7.azl3", ""),
        ("Microsoft Corporation", "1", "Microsoft Corporation"),
        ("Docker", "1.el9", "Docker"),
    ],
)
def test_rpm_packages(vendor, release, expected):
    assert rpm_vendor(vendor, release) == expected


def test_the_fields_are_read():
    status = b"Package: a\nVersion: 1\nMaintainer: D <d@docker.com>\n\nPackage: b\nVersion: 1\nLicense: MIT\n"
    assert [each.vendor for each in dpkg.parse(STATUS, status)] == ["D <d@docker.com>", UNNAMED]
    database = sqlite_db([header("a", vendor="Docker"), header("b", vendor="Red Hat, Inc."), header("c")])
    assert {each.name: each.vendor for each in rpm.parse(rpm.CATALOG.roots[0], database)} == {
        "a": "Docker",
        "b": "",
        "c": UNNAMED,
    }


def test_where_no_package_names_a_vendor_nothing_is_known():
    database = sqlite_db([header("a"), header("b")])
    assert [each.vendor for each in rpm.parse(rpm.CATALOG.roots[0], database)] == ["", ""]
