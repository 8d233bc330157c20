"""Names of files, honest and not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.paths import ancestors, link_target, normalise


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (b"usr/bin/env", "usr/bin/env"),
        (b"./usr//bin/./env/", "usr/bin/env"),
        (b"/etc/passwd", "etc/passwd"),
        (b".//etc", "etc"),
        (b"a/../etc/x", "etc/x"),
        (b".hidden", ".hidden"),
        (b"..name/...", "..name/..."),
        (b"./", ""),
        (b"..", None),
        (b"../../etc/passwd", None),
        (b"a/../../b", None),
        ("ä".encode(), "ä"),
        (b"\xff", "\\xff"),
        (b"a\nb\x1b[31m", "a\\nb\\x1b[31m"),
        ("\u202egnp".encode(), "\\u202egnp"),
        (b"a" * 51, None),
        (b"a/" * 12, None),
    ],
)
def test_normalise(name, expected):
    assert normalise(name, length=50, depth=10) == expected


@given(st.binary(max_size=60) | st.text("./a", max_size=30).map(str.encode))
def test_a_path_is_printable_and_stays_as_it_is(name):
    path = normalise(name, length=4096, depth=256)
    if path:
        assert path.isprintable()
        assert not {"", ".", ".."} & set(path.split("/"))
        assert normalise(path.encode(), length=4096, depth=256) == path


@pytest.mark.parametrize(
    ("target", "expected"),
    [("../../usr/x", "usr/x"), ("/usr/x", "usr/x"), ("y", "lib/apk/y"), ("../../../x", "x"), ("/..", "")],
)
def test_link_target(target, expected):
    assert link_target("lib/apk/db", target) == expected


def test_ancestors():
    assert list(ancestors("a/b/c")) == ["a/b", "a"]
