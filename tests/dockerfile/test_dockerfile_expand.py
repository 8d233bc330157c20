"""Word expansion, checked against the table of the Dockerfile reference and the lexer BuildKit uses."""

import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dockerfile import DockerfileError, expand
from bot.dockerfile.globs import Glob

ENV = {"x": "abc", "empty": "", "path": "foo/bar/baz.tar.gz", "str": "foobarbaz", "star": "a*b", "0": "zero"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("$x", "abc"),
        ("${x}y", "abcy"),
        ("$xy", ""),
        ("$x.$x", "abc.abc"),
        ("$nope", ""),
        ("$", "$"),
        ("a$.b", "a$.b"),
        ("$0x", "zerox"),
        ("$@", ""),
        ("\\$x", "$x"),
        ("a\\b", "ab"),
        ("a\\", "a"),
        ("'$x'", "$x"),
        ('"$x"', "abc"),
        ('"a\'b"', "a'b"),
        ('"\\"\\$x\\n"', '"$x\\n'),
        ("'a\\'", "a\\"),
        ("a'b'\"c\"", "abc"),
        ("${nope:-d}", "d"),
        ("${empty:-d}", "d"),
        ("${empty-d}", ""),
        ("${x:-d}", "abc"),
        ("${x:+w}", "w"),
        ("${nope:+w}", ""),
        ("${empty:+w}", ""),
        ("${empty+w}", "w"),
        ("${x:?no}", "abc"),
        ("${empty?no}", ""),
        ("${nope:-${x:-y}}", "abc"),
        ("${nope:-'a }'}", "a }"),
        ('${nope:-"$x"}', "abc"),
        ("${x:+${nope:-${x}}}", "abc"),
        ("${str#f*b}", "arbaz"),
        ("${str##f*b}", "az"),
        ("${str%b*}", "foobar"),
        ("${str%%b*}", "foo"),
        ("${str#x}", "foobarbaz"),
        ("${str#?}", "oobarbaz"),
        ("${path##*/}", "baz.tar.gz"),
        ("${path%%.*}", "foo/bar/baz"),
        ("${star#a\\*}", "b"),
        ("${x#a\\*}", "abc"),
        ("${str/ba?/fo}", "foofobaz"),
        ("${str//ba?/fo}", "foofofo"),
        ("${str/b*/X}", "fooX"),
        ("${path//\\//-}", "foo-bar-baz.tar.gz"),
        ("${str//b/$x}", "fooabcarabcaz"),
        ("${x//z/y}", "abc"),
        ("${x//*/y}", "y"),
        ("${nope/a/b}", ""),
    ],
)
def test_expand(word, expected):
    assert expand(word, ENV) == expected


def test_expand_with_a_backtick_as_escape_token():
    assert expand("`$x c:\\$x", ENV, "`") == "$x c:\\abc"
    with pytest.raises(DockerfileError, match="escape token"):
        expand("$x", ENV, "x")


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("${x", "missing '}'"),
        ("${", "missing '}'"),
        ("${x:-a", "missing '}'"),
        ("${x/a", "missing '/'"),
        ("${}", "bad substitution"),
        ("${:-a}", "bad substitution"),
        ("${{x}", "bad substitution"),
        ("${x^}", "unsupported modifier"),
        ("${x:=a}", "unsupported modifier"),
        ("${nope?}", "nope: is not allowed"),
        ("${nope:?set it}", "nope: set it"),
        ("${empty:?}", "empty: is not allowed"),
        ("'a", "single quote"),
        ('"a', "double quote"),
        ("${x#\\a}", "invalid escape"),
        ("${x#" + "a" * 1001 + "}", "more than 1000"),
        ("${a:-" * 60 + "}" * 60, "nested more than"),
        ("$big" * 20, "grows beyond"),
        ("${big//a/$big}", "grows beyond"),
    ],
)
def test_expand_refuses(word, words):
    with pytest.raises(DockerfileError, match=words):
        expand(word, {**ENV, "big": "a" * 10_000})


@pytest.mark.parametrize(
    "pattern", ["*a" * 400 + "b", "?" * 300 + "*b", "*?" * 400 + "b", "a" * 900 + "b", "*" * 999]
)
def test_hostile_patterns_take_no_time(pattern):
    started = time.perf_counter()
    for form in ("${v#%s}", "${v##%s}", "${v%%%%%s}", "${v//%s/x}"):
        expand(form % pattern, {"v": "a" * 15_000})
    assert time.perf_counter() - started < 5


def reference_match(pattern, text):
    """The definition of a glob, in exponential time."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(reference_match(pattern[1:], text[skip:]) for skip in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and reference_match(pattern[1:], text[1:])


@given(st.text("ab*?", max_size=6), st.text("ab", max_size=7))
def test_globs_agree_with_their_definition(pattern, text):
    glob = Glob.parse(pattern)
    lengths = [end for end in range(len(text) + 1) if reference_match(pattern, text[:end])]
    assert glob.prefix(text, longest=False) == min(lengths, default=None)
    assert glob.prefix(text, longest=True) == max(lengths, default=None)
    ends = [len(text) - at for at in range(len(text) + 1) if reference_match(pattern, text[at:])]
    assert glob.suffix(text, longest=False) == min(ends, default=None)
    assert glob.suffix(text, longest=True) == max(ends, default=None)


@given(st.text("$x{}:-+?#%/'\"\\` *a", max_size=40), st.sampled_from("\\`"))
def test_expand_ends_within_its_bounds_or_with_its_own_error(word, escape):
    with suppress(DockerfileError):
        assert len(expand(word, {"x": "$x${x}", "a": "aa/a"}, escape)) <= 65_536
