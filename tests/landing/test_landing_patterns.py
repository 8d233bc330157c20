"""Patterns of COPY and `.dockerignore`, against what Docker's documentation and Go's tests say of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dockerfile.errors import BeyondLimits
from bot.landing.ignore import read_ignore
from bot.landing.patterns import BadPattern, Pattern, Work


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "abc", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*", "axbxcxdxe", True),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/f", True),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("a*b?c*x", "abxbbxdbxebxczzy", False),
        ("ab[c]", "abc", True),
        ("ab[b-d]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^c]", "abc", False),
        ("ab[^e-g]", "abc", True),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a/b", False),
        ("[a-ζ]*", "α", True),
        ("*[a-ζ]", "A", False),
        ("[\\]a]", "]", True),
        ("[\\-x]", "-", True),
        ("**", "a/b/c", True),
        ("**/", "a/b", True),
        ("**/x", "x", True),
        ("**/x", "a/b/x", True),
        ("**/x", "a/bx", False),
        ("a/**", "a/b/c", True),
        ("a/**", "ab", False),
        ("a/**/c", "a/c", True),
        ("a/**/c", "a/b/b/c", True),
        ("a/**/c", "a/bc", False),
        ("**/*.lock", "a/b.lock", True),
        ("package*.json", "package-lock.json", True),
        ("", "", True),
        ("", "a", False),
    ],
)
def test_matching(pattern: str, path: str, expected: bool) -> None:
    assert Pattern.parse(pattern).matches(path, Work()) is expected


@pytest.mark.parametrize("pattern", ["[", "[]", "[^", "[a-", "[-]", "a\\", "[]a]", "x" * 1001])
def test_what_go_refuses(pattern: str) -> None:
    with pytest.raises(BadPattern):
        Pattern.parse(pattern)


IGNORED = [
    ("*", "a/b", True),
    ("*\n!a", "a/b", False),
    ("*\n!a/b", "a/b", False),
    ("*\n!a/b", "a/c", True),
    ("!a\n*", "a", True),
    ("a\n!a/b\na/b/c", "a/b/c", True),
    ("# a\n a ", "a", True),
    ("#a", "a", False),
    ("/a", "a", True),
    ("./a/../b/", "b/c", True),
    ("**/node_modules", "x/node_modules/y", True),
    ("*.md\n!README*.md\nREADME-secret.md", "README-secret.md", True),
    ("*.md\n!README*.md", "README.md", False),
    ("*/temp*", "a/temporary", True),
    ("*/temp*", "a/b/temporary", False),
    ("\ufeffa", "a", True),
    ("a\r\nb\r\n", "b", True),
    ("! a\n", "a", False),
    ("a\x1c\n", "a", False),
    ("a\u2003\n", "a", True),
    ("", "a", False),
]


@pytest.mark.parametrize(("text", "path", "expected"), IGNORED)
def test_ignore_files(text: str, path: str, expected: bool) -> None:
    assert read_ignore(".dockerignore", text.encode()).hides(path, Work()) is expected


@pytest.mark.parametrize("text", ["!", "[", "a\n" * 6_000, "x" * 1_000_001])
def test_an_ignore_file_that_cannot_be_read_hides_nothing(text: str) -> None:
    ignore = read_ignore(".dockerignore", text.encode())
    assert ignore.problem
    assert not ignore.hides("a", Work())


def test_patterns_that_explode_are_stopped() -> None:
    hostile = read_ignore("", "\n".join("**/" * n + "*a*" * 100 + "b" for n in range(200)).encode())
    with pytest.raises(BeyondLimits):
        hostile.hides("a/" * 500 + "a", Work(100_000))


@given(st.binary(max_size=60), st.text("ab/*.", max_size=12))
def test_anything_is_read(content: bytes, path: str) -> None:
    assert read_ignore(".dockerignore", content).hides(path, Work()) in (True, False)
