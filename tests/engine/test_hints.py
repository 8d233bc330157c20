"""Content that could hold packages and is not looked into yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.hints import hint


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("usr/share/doc/METADATA", None),
        ("app/node_modules/express/lib/package.json", None),
        ("app/node_modules/@types/package.json", None),
        ("app/my_node_modules/express/package.json", None),
        ("app/package.json", None),
        ("var/lib/rpm/rpmdb.sqlite", ("RPM packages", "var/lib/rpm/rpmdb.sqlite")),
        ("usr/lib/sysimage/rpm/Packages.db", ("RPM packages", "usr/lib/sysimage/rpm/Packages.db")),
        ("srv/Packages", None),
        ("src/my.gemspec", None),
        ("app/installed.json", None),
        ("srv/x.spdx.json", None),
        ("var/lib/pacman/local/zlib-1.3-1/desc", ("Arch Linux packages", "var/lib/pacman/local/zlib-1.3-1")),
        ("var/db/pkg/sys-libs/zlib-1/CONTENTS", ("Gentoo packages", "var/db/pkg/sys-libs/zlib-1")),
        ("nix/store/abc-zlib-1/lib/libz.so", ("Nix packages", "nix/store/abc-zlib-1")),
        ("usr/lib/opkg/status", ("opkg packages", "usr/lib/opkg/status")),
        ("chroot/var/lib/dpkg/status", ("Debian packages", "chroot/var/lib/dpkg/status")),
        ("chroot/var/lib/dpkg/status.d/base", ("Debian packages", "chroot/var/lib/dpkg/status.d")),
        ("var/lib/dpkg/status.d/base.md5sums", None),
        ("my-dpkg/status", None),
        ("chroot/lib/apk/db/installed", ("Alpine packages", "chroot/lib/apk/db/installed")),
        ("app/installed", None),
        ("etc/passwd", None),
        ("opt/app/lib/jason-1.4.1/ebin/jason.app", ("Erlang and Elixir packages", "opt/app/lib/jason-1.4.1")),
        ("srv/jason.app", None),
        ("usr/lib/R/library/curl/DESCRIPTION", ("R packages", "usr/lib/R/library/curl")),
        (
            "usr/local/lib/R/site-library/xml2/DESCRIPTION",
            ("R packages", "usr/local/lib/R/site-library/xml2"),
        ),
        ("usr/share/doc/DESCRIPTION", None),
        (
            "usr/local/lib/luarocks/rocks-5.4/lpeg/1.1.0-2/lpeg-1.1.0-2.rockspec",
            ("Lua rocks", "usr/local/lib/luarocks/rocks-5.4/lpeg/1.1.0-2"),
        ),
        ("lpeg-1.1.0-2.rockspec", None),
        (
            "usr/local/lib/perl5/5.38.0/auto/JSON/XS/.packlist",
            ("Perl packages", "usr/local/lib/perl5/5.38.0/auto/JSON/XS/.packlist"),
        ),
        (
            "opt/ghc/lib/package.conf.d/text-2.0.conf",
            ("Haskell packages", "opt/ghc/lib/package.conf.d/text-2.0.conf"),
        ),
        ("etc/nginx/nginx.conf", None),
        ("app/Package.resolved", ("Swift packages", "app/Package.resolved")),
    ],
)
def test_hint(path, expected):
    assert hint(path) == expected


@given(st.text("abc/.-@", max_size=40).map(lambda text: text + "/DESCRIPTION"))
def test_hostile_names(path):
    found = hint(path)
    assert found is None or path.startswith(found[1])
