"""Every form is read whole, and what goes beyond the bounds is a problem. `tests/fuzz` has the hostile ones."""

import pytest

from bot.lockfiles import manager_of, parse_lockfile
from bot.lockfiles.found import MAX_BYTES
from tests.lockfiles.seeds import LOCKFILES


@pytest.mark.parametrize("name", LOCKFILES)
def test_a_whole_file_is_read(name: str) -> None:
    path, text = LOCKFILES[name]
    lockfile = parse_lockfile(path, text.encode(), {}.get)
    assert lockfile.dependencies
    assert not lockfile.problem
    assert lockfile.manager is manager_of(path)


def test_a_file_too_large_is_a_problem() -> None:
    assert parse_lockfile("yarn.lock", b" " * (MAX_BYTES + 1), {}.get).problem


def test_too_many_packages_are_a_problem() -> None:
    text = "\n".join(f"a:b{number}:1=x" for number in range(70_000))
    assert parse_lockfile("gradle.lockfile", text.encode(), {}.get).problem


def test_too_many_tables_are_a_problem() -> None:
    assert "tables" in parse_lockfile("uv.lock", b"[a]\n" * 200_000, {}.get).problem


@pytest.mark.parametrize("name", ["a/", "@scope/", "a\x7fb", "a b", ""])
def test_names_no_package_can_have_are_left_open(name: str) -> None:
    lockfile = parse_lockfile(
        "Pipfile.lock", f'{{"default": {{"{name}": {{"version": "==1"}}}}}}'.encode(), {}.get
    )
    assert len(lockfile.open) + len(lockfile.dependencies) == 1
    for each in lockfile.dependencies:
        assert each.package.purl


SHAPES = {
    "composer.lock": '{"packages": {"a/b": {"version": "1.0"}}}',
    "package-lock.json": '{"lockfileVersion": 3, "packages": [{"version": "1.0"}]}',
    "npm-shrinkwrap.json": '{"lockfileVersion": 1, "dependencies": ["a"]}',
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\npackages:\n  - a@1.0.0\n",
    "packages.lock.json": '{"dependencies": {"net8.0": ["a"]}}',
    "conan.lock": '{"requires": {"zlib/1.3": 1}}',
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_has_another_shape_is_no_empty_lockfile(name: str) -> None:
    lockfile = parse_lockfile(name, SHAPES[name].encode(), lambda path: None)
    assert lockfile.problem.endswith(("is no map", "is no list"))


def test_an_entry_that_may_be_any_package_says_so() -> None:
    lockfile = parse_lockfile("conan.lock", b'{"requires": ["zlib"]}', lambda path: None)
    assert [(each.name, each.unclear) for each in lockfile.open] == [("zlib", True)]
    lockfile = parse_lockfile("composer.lock", b'{"packages": ["zlib"]}', lambda path: None)
    assert [(each.name, each.unclear) for each in lockfile.open] == [("", True)]
