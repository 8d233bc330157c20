"""Package databases: what counts as installed, whose source it is, and content that is none."""

import shutil
import subprocess
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.catalog import CatalogError, CatalogLimitError, RawPackage, apk, catalog_for, dpkg
from tests.fakes.images import apk_installed, dpkg_status


@pytest.mark.parametrize(
    ("path", "catalog"),
    [
        ("var/lib/dpkg/status", "dpkg"),
        ("var/lib/dpkg/status.d/tzdata", "dpkg"),
        ("var/lib/dpkg/status.d/tzdata.md5sums", "dpkg-files"),
        ("var/lib/dpkg/info/tzdata.list", "dpkg-files"),
        ("srv/tzdata.list", None),
        ("var/lib/dpkg/status.d/deeper/tzdata", None),
        ("var/lib/dpkg/status.d", None),
        ("var/lib/dpkg/status-old", None),
        ("lib/apk/db/installed", "apk"),
        ("usr/lib/apk/db/installed", "apk"),
        ("srv/root/lib/apk/db/installed", None),
        ("usr/bin/env", None),
    ],
)
def test_places(path, catalog):
    found = catalog_for(path)
    assert (found and found.name) == catalog


def dpkg_one(**fields: str) -> list[RawPackage]:
    lines = {"Package": "libc6", "Version": "2.36-9", "Architecture": "amd64", **fields}
    text = "".join(f"{name}: {value}\n" for name, value in lines.items() if value)
    return dpkg.parse("var/lib/dpkg/status", text.encode())


@pytest.mark.parametrize(
    ("status", "present"),
    [
        ("install ok installed", True),
        ("hold ok installed", True),
        ("deinstall ok installed", True),
        ("install reinstreq half-installed", True),
        ("install ok unpacked", True),
        ("install ok half-configured", True),
        ("install ok triggers-awaited", True),
        ("install ok triggers-pending", True),
        ("", True),  # distroless writes none
        ("deinstall ok config-files", False),
        ("purge ok not-installed", False),
    ],
)
def test_dpkg_states(status, present):
    assert bool(dpkg_one(Status=status)) is present


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ("libc6", "2.36-9")),
        ("glibc", ("glibc", "2.36-9")),
        ("glibc (2.36)", ("glibc", "2.36")),
        ("glibc(2.36)", ("glibc", "2.36")),
        ("glibc ()", ("glibc", "2.36-9")),
        ("glibc (2.36", ("glibc", "2.36-9")),
        ("(2.36)", ("libc6", "2.36-9")),
    ],
)
def test_dpkg_sources(source, expected):
    [package] = dpkg_one(Source=source)
    assert (package.source_name, package.source_version) == expected


def test_dpkg_reads_what_dpkg_writes():
    status = b"""Package: bash
Essential: yes
Status: install ok installed
Maintainer: J\xf6rg <x@example.org>
Architecture: amd64
Version: 5.2.15-2+b7
Source: bash (5.2.15-2)
Conffiles:
 /etc/bash.bashrc 89269e1298235f1b12b4c16e4065ad0d
 Package: not-a-field
Description: GNU Bourne Again SHell
 .
 Version: 99

Package: gone
Status: deinstall ok config-files
Version: 1

junk without a colon
Package: tzdata\r
Version: 2024a-0+deb12u1\r
Architecture: all\r
Version: ignored, the first one counts
   \t
Package: no-version
Status: install ok installed
"""
    assert dpkg.parse("var/lib/dpkg/status", status) == [
        RawPackage("bash", "5.2.15-2+b7", "bash", "5.2.15-2", "amd64"),
        RawPackage("tzdata", "2024a-0+deb12u1", "tzdata", "2024a-0+deb12u1", "all"),
    ]


@pytest.mark.system
@pytest.mark.skipif(shutil.which("dpkg-query") is None, reason="dpkg-query is not installed")
def test_dpkg_agrees_with_dpkg_query():
    form = (
        "${Package}\t${Version}\t${source:Package}\t${source:Version}\t${Architecture}\t${db:Status-Status}\n"
    )
    command = ["dpkg-query", "--show", f"--showformat={form}"]
    lines = subprocess.run(command, capture_output=True, check=True, text=True).stdout.splitlines()
    rows = [line.split("\t") for line in lines]
    present = [RawPackage(*row[:5]) for row in rows if row[5] not in ("config-files", "not-installed")]
    status = Path("/var/lib/dpkg/status").read_bytes()
    listed = [replace(each, vendor="") for each in dpkg.parse("var/lib/dpkg/status", status)]
    assert sorted(listed) == sorted(present)


def test_apk_reads_what_apk_writes():
    installed = b"""C:Q1Y8f8E=
P:musl
V:1.2.5-r0
A:x86_64
S:405864
T:the musl c library (libc) implementation
o:musl
F:lib
R:ld-musl-x86_64.so.1
a:0:0:755

P:libcrypto3
V:3.3.2-r0
A:x86_64
o:openssl
F:etc

P:.build-deps
V:20240101.000000
A:noarch

P:no-origin
V:1-r0"""
    assert apk.parse("lib/apk/db/installed", installed) == [
        RawPackage("musl", "1.2.5-r0", "musl", "1.2.5-r0", "x86_64"),
        RawPackage("libcrypto3", "3.3.2-r0", "openssl", "3.3.2-r0", "x86_64"),
        RawPackage("no-origin", "1-r0", "no-origin", "1-r0", ""),
    ]


def test_the_fakes_write_what_the_catalogs_read():
    status = dpkg_status(
        {"bsdutils": ("1:2.38.1-5", "util-linux", "2.38.1-5"), "zlib1g": ("1:1.2.13", "zlib")}
    )
    assert dpkg.parse("var/lib/dpkg/status", status.encode()) == [
        RawPackage("bsdutils", "1:2.38.1-5", "util-linux", "2.38.1-5", "amd64"),
        RawPackage("zlib1g", "1:1.2.13", "zlib", "1:1.2.13", "amd64"),
    ]
    installed = apk_installed({"libssl3": ("3.3.1-r0", "openssl")})
    assert apk.parse("lib/apk/db/installed", installed.encode()) == [
        RawPackage("libssl3", "3.3.1-r0", "openssl", "3.3.1-r0", "x86_64")
    ]


@pytest.mark.parametrize("catalog", [dpkg.CATALOG, apk.CATALOG], ids=lambda catalog: catalog.name)
class TestStanzas:
    def test_an_empty_database_is_one(self, catalog):
        assert catalog.parse("", b"") == catalog.parse("", b"\n \n") == []

    def test_other_content_is_none(self, catalog):
        with pytest.raises(CatalogError, match="no package entry"):
            catalog.parse("", b"\x7fELF\0\0\0 something else")

    def test_packages_are_limited(self, catalog):
        entry = b"Package: a\nVersion: 1\n\n" if catalog.name == "dpkg" else b"P:a\nV:1\n\n"
        with pytest.raises(CatalogLimitError):
            catalog.parse("", entry * 20_001)

    def test_what_would_not_print_is_left_out(self, catalog):
        [package] = catalog.parse(
            "", "Package: a\x1b[31m\u202eb\nVersion: 1\0\x07\nP:a\x1b[31m\u202eb\nV:1\0\x07\n".encode()
        )
        assert (package.name, package.version) == ("a[31mb", "1")

    def test_long_fields_are_cut(self, catalog):
        [package] = catalog.parse("", b"Package: %b\nVersion: 1\nP:%b\nV:1\n" % (b"a" * 5000, b"a" * 5000))
        assert len(package.name) == 256

    @given(
        st.binary(max_size=500)
        | st.lists(
            st.sampled_from(
                [b"Package: a\n", b"Version: 1\n", b"Source: b (", b"P:a\n", b"V:1\n", b"o:\xff\n"]
            )
            | st.sampled_from(
                [b"\n", b" x: y\n", b"Status: \n", b"Status: a b config-files\n", b"\0", b":\n"]
            ),
            max_size=30,
        ).map(b"".join)
    )
    def test_hostile_content(self, catalog, content):
        packages = []
        with suppress(CatalogError):
            packages = catalog.parse("", content)
        for package in packages:
            assert package.name.isprintable()
            assert package.version.isprintable()
            assert package.name
            assert package.source_version
