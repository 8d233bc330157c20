"""Content that could hold packages and is not looked into yet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.binaries import kind_of_binary
from bot.engine.hints import hint

GO_MARK = b"\xff Go buildinf:"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("usr/lib/p/foo-1.dist-info/METADATA", ("Python packages", "usr/lib/p/foo-1.dist-info")),
        ("usr/lib/p/foo.egg-info/PKG-INFO", ("Python packages", "usr/lib/p/foo.egg-info")),
        ("usr/lib/p/foo-1.egg-info", ("Python packages", "usr/lib/p/foo-1.egg-info")),
        ("usr/share/doc/METADATA", None),
        ("app/node_modules/express/package.json", ("Node packages", "app/node_modules/express")),
        ("node_modules/@types/node/package.json", ("Node packages", "node_modules/@types/node")),
        (
            "a/node_modules/b/node_modules/c/package.json",
            ("Node packages", "a/node_modules/b/node_modules/c"),
        ),
        ("app/node_modules/express/lib/package.json", None),
        ("app/node_modules/@types/package.json", None),
        ("app/my_node_modules/express/package.json", None),
        ("app/package.json", None),
        ("opt/app.jar", ("Java archives", "opt/app.jar")),
        ("opt/app.war", ("Java archives", "opt/app.war")),
        ("var/lib/rpm/rpmdb.sqlite", ("RPM packages", "var/lib/rpm/rpmdb.sqlite")),
        ("usr/lib/sysimage/rpm/Packages.db", ("RPM packages", "usr/lib/sysimage/rpm/Packages.db")),
        ("srv/Packages", None),
        (
            "usr/lib/ruby/specifications/json-2.gemspec",
            ("Ruby gems", "usr/lib/ruby/specifications/json-2.gemspec"),
        ),
        ("specifications/default/json-2.gemspec", ("Ruby gems", "specifications/default/json-2.gemspec")),
        ("src/my.gemspec", None),
        ("app/vendor/composer/installed.json", ("PHP packages", "app/vendor/composer/installed.json")),
        ("app/installed.json", None),
        ("app/Shop.deps.json", (".NET packages", "app/Shop.deps.json")),
        ("opt/conda/conda-meta/numpy-1.json", ("Conda packages", "opt/conda/conda-meta/numpy-1.json")),
        ("conda-meta/numpy-1.json", ("Conda packages", "conda-meta/numpy-1.json")),
        ("var/lib/db/sbom/curl.spdx.json", ("embedded SBOMs", "var/lib/db/sbom/curl.spdx.json")),
        ("opt/bitnami/redis/.spdx-redis.spdx", ("embedded SBOMs", "opt/bitnami/redis/.spdx-redis.spdx")),
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
    ],
)
def test_hint(path, expected):
    assert hint(path) == expected


@given(st.text("abc/.-@", max_size=40).map(lambda text: text + "/package.json"))
def test_hostile_names(path):
    found = hint(path)
    assert found is None or path.startswith(found[1])


@given(st.integers(0, 60), st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_mark_is_found_across_pieces(at, sizes):
    data = b"\x7fELF" + b"." * at + GO_MARK + b"." * 20
    pieces = []
    while data:
        size = sizes[len(pieces) % len(sizes)]
        pieces.append(data[:size])
        data = data[size:]
    assert kind_of_binary(pieces) == "Go binaries"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([b"\x7fELF .dep-v0\0"], "Rust binaries"),
        ([b"\x7fELF nothing"], None),
        ([b"\x7f", b"EL", b"F" + GO_MARK], "Go binaries"),
        ([b"#!", b"/bin/sh\n", GO_MARK], None),
        ([b"\x7fE"], None),
        ([], None),
    ],
)
def test_kind_of_binary(pieces, expected):
    assert kind_of_binary(pieces) == expected
