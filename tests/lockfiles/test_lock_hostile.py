"""Whatever stands in a lockfile, reading it ends in dependencies, open ones or a problem, within bounds."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.lockfiles import Lockfile, manager_of, parse_lockfile
from bot.lockfiles.found import MAX_BYTES, MAX_NAME
from tests.lockfiles import (
    test_lock_go,
    test_lock_maven,
    test_lock_node,
    test_lock_npm,
    test_lock_requirements,
)
from tests.lockfiles import test_lock_others as others
from tests.lockfiles import test_lock_python as python

SEEDS = {
    "package-lock.json": test_lock_npm.V3,
    "npm-shrinkwrap.json": test_lock_npm.V1,
    "yarn.lock": test_lock_node.YARN_1,
    "a/yarn.lock": test_lock_node.BERRY,
    "pnpm-lock.yaml": test_lock_node.PNPM_9,
    "a/pnpm-lock.yaml": test_lock_node.PNPM_5,
    "requirements.txt": test_lock_requirements.TEXT,
    "poetry.lock": python.POETRY % ("", ""),
    "uv.lock": python.UV,
    "pdm.lock": python.PDM,
    "Pipfile.lock": '{"default": {"a": {"version": "==1"}}}',
    "go.mod": test_lock_go.MOD,
    "Cargo.lock": others.CARGO,
    "Gemfile.lock": others.GEMFILE_LOCK,
    "composer.lock": '{"packages": [{"name": "a/b", "version": "v1", "require": {"php": "*"}}]}',
    "packages.lock.json": '{"dependencies": {"net6.0": {"A": {"type": "Direct", "resolved": "1"}}}}',
    "gradle.lockfile": "a:b:1=testRuntimeClasspath\nempty=\n",
    "pom.xml": test_lock_maven.POM,
    "mix.lock": others.MIX,
    "pubspec.lock": 'packages:\n  a:\n    dependency: "direct main"\n    source: hosted\n    version: "1"\n',
    "conan.lock": '{"version": "0.5", "requires": ["zlib/1.2#0%1"]}',
}
PIECES = [
    "\n",
    "  ",
    '"',
    "'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    "@",
    "/",
    "#",
    "=",
    "\\",
    "\0",
    "null",
    "-1",
    "*a",
    "&a ",
]


@st.composite
def damaged(draw: st.DrawFn, text: str) -> str:
    """A text with a few pieces cut out, doubled, or put in."""
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        middle = draw(st.sampled_from(["", text[start:end] * 2, *PIECES]) | st.text(max_size=5))
        text = text[:start] + middle + text[end:]
    return text


def check(lockfile: Lockfile, lines: int) -> None:
    assert 1 <= lockfile.line <= lines + 1
    if lockfile.problem:
        assert not lockfile.dependencies
    for each in lockfile.dependencies:
        assert each.package.purl
        assert 1 <= each.line <= each.end_line <= lines + 1
    for one in lockfile.open:
        assert 1 <= one.line <= lines + 1
        assert len(one.name) <= MAX_NAME
        assert one.name.isprintable()
        assert one.requirement.isprintable()


@pytest.mark.parametrize("path", SEEDS)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_damaged_files(path: str, data: st.DataObject) -> None:
    content = data.draw(damaged(SEEDS[path])).encode("utf-8", "surrogatepass")
    lockfile = parse_lockfile(path, content, {}.get)
    check(lockfile, content.decode("utf-8", "replace").replace("\r", "\n").count("\n") + 1)


@pytest.mark.parametrize("path", SEEDS)
def test_a_whole_file_is_read(path: str) -> None:
    lockfile = parse_lockfile(path, SEEDS[path].encode(), {}.get)
    assert lockfile.dependencies
    assert not lockfile.problem
    assert lockfile.manager is manager_of(path)


def test_a_file_too_large_is_a_problem() -> None:
    assert parse_lockfile("yarn.lock", b" " * (MAX_BYTES + 1), {}.get).problem


def test_too_many_packages_are_a_problem() -> None:
    text = "\n".join(f"a:b{number}:1=x" for number in range(70_000))
    assert parse_lockfile("gradle.lockfile", text.encode(), {}.get).problem
