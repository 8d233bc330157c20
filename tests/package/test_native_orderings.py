"""The tools that define an ordering judge ours, on generated pairs: one call of a tool for a whole batch."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from packaging.version import Version

from bot.package.versions import NotComparable, sort_key

Pairs = list[tuple[str, str]]
Answers = list[int | None]
"""None for a pair the tool refuses."""

number = st.sampled_from(["0", "00", "1", "01", "2", "9", "10", "11", "123"])
word = st.sampled_from(["a", "b", "rc", "alpha", "beta", "pre", "dev", "x", "p", "snapshot", "Z"])


def joined(least: int = 1, most: int = 4, separators: str = ".") -> st.SearchStrategy[str]:
    piece = st.tuples(st.sampled_from(separators), st.one_of(number, number, word)).map("".join)
    return st.tuples(number, st.lists(piece, min_size=least - 1, max_size=most - 1).map("".join)).map("".join)


numbers = st.lists(number, min_size=1, max_size=4).map(".".join)
three = st.tuples(*[st.sampled_from(["0", "1", "2", "10"])] * 3).map(".".join)
identifiers = st.lists(
    st.sampled_from(["0", "1", "2", "10", "a", "b", "rc", "1a", "-", "A-1"]), min_size=1, max_size=3
)
semantic = st.tuples(
    three,
    st.one_of(st.just(""), identifiers.map(lambda parts: "-" + ".".join(parts))),
    st.sampled_from(["", "", "+build", "+1.2"]),
).map("".join)
versions: dict[str, st.SearchStrategy[str]] = {
    "AlmaLinux": st.tuples(
        st.sampled_from(["", "0:", "1:"]),
        joined(1, 5, "..._+~^"),
        st.sampled_from(["-1", "-1.el9", "-1~rc", "-10^a"]),
    ).map("".join),
    "npm": st.one_of(
        semantic, st.tuples(st.sampled_from(["v", "="]), semantic).map("".join), three.map("{}beta1".format)
    ),
    "RubyGems": st.one_of(joined(1, 5), st.tuples(joined(1, 3), joined(1, 3)).map("-".join)),
    "PyPI": st.tuples(
        st.sampled_from(["", "1!"]),
        numbers,
        st.sampled_from(["", "a1", "b0", "rc10", ".alpha2", "-c1"]),
        st.sampled_from(["", ".post1", "-2", ".post"]),
        st.sampled_from(["", ".dev0", ".dev12"]),
        st.sampled_from(["", "+1", "+a", "+1.a", "+a.10", "+a.9"]),
    ).map("".join),
}


def by_rpm(pairs: Pairs) -> Answers:
    """Ask rpm's own comparison for each part, as it puts them together."""
    parts = [(a, b) for pair in pairs for a, b in zip(*map(_evr, pair), strict=True)]
    lua = ";".join(f"print(rpm.vercmp('{a}','{b}') .. ' ')" for a, b in parts)
    says = iter(run(["rpm", "--eval", f"%{{lua:{lua}}}"]).split())
    answers = [int(next(says)) for _ in parts]
    return [next((one for one in answers[i : i + 3] if one), 0) for i in range(0, len(answers), 3)]


def _evr(version: str) -> tuple[str, str, str]:
    epoch, colon, rest = version.rpartition(":")
    upstream, _, release = rest.rpartition("-")
    return epoch if colon else "0", upstream, release


def by_node(pairs: Pairs) -> Answers:
    script = (
        "const semver = require('semver');"
        "const pairs = JSON.parse(require('fs').readFileSync(0));"
        "console.log(JSON.stringify(pairs.map(([a, b]) => {"
        "try { return semver.compare(a, b, true) } catch { return null } })))"
    )
    return list(json.loads(run(["node", "-e", script], json.dumps(pairs))))


def by_ruby(pairs: Pairs) -> Answers:
    script = (
        "require 'json'; puts JSON.parse($stdin.read).map { |a, b| "
        "begin Gem::Version.new(a) <=> Gem::Version.new(b) rescue nil end }.to_json"
    )
    return list(json.loads(run(["ruby", "-e", script], json.dumps(pairs))))


def by_packaging(pairs: Pairs) -> Answers:
    return [(Version(a) > Version(b)) - (Version(a) < Version(b)) for a, b in pairs]


#: Debian keeps modules of Node there, which another Node does not look into by itself.
ENVIRONMENT = os.environ | {"NODE_PATH": "/usr/share/nodejs"}


def run(command: list[str], text: str = "") -> str:
    done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, env=ENVIRONMENT)
    return done.stdout


def lacks(program: str) -> str:
    """What is missing to ask a tool."""
    if shutil.which(program) is None:
        return program
    try:
        run(["node", "-e", "require('semver')"] if program == "node" else [program, "--version"])
    except subprocess.CalledProcessError:
        return f"a working {program}" if program != "node" else "node-semver"
    return ""


TOOLS: dict[str, tuple[str, Callable[[Pairs], Answers]]] = {
    "AlmaLinux": ("rpm", by_rpm),
    "npm": ("node", by_node),
    "RubyGems": ("ruby", by_ruby),
    "PyPI": ("python3", by_packaging),
}


def ours(ecosystem: str, a: str, b: str) -> int | None:
    try:
        first, second = sort_key(ecosystem, a), sort_key(ecosystem, b)
    except NotComparable:
        return None
    return (first > second) - (first < second)


@pytest.mark.system
@pytest.mark.parametrize("ecosystem", TOOLS)
def test_agrees_with_the_tool(ecosystem: str) -> None:
    program, ask = TOOLS[ecosystem]
    if missing := lacks(program):
        pytest.skip(f"{missing} is not installed: nothing to compare with")

    # Every pair of a batch is compared, so few batches are many pairs.
    @settings(max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.lists(versions[ecosystem], min_size=30, max_size=30, unique=True))
    def check(batch: list[str]) -> None:
        pairs = list(combinations(batch, 2))
        differ = [
            (pair, theirs, own)
            for pair, theirs in zip(pairs, ask(pairs), strict=True)
            if theirs != (own := ours(ecosystem, *pair))
        ]
        assert not differ

    check()
