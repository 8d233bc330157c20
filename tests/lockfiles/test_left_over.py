"""An entry that nobody asks for may be needed for what is not known: it is not taken to be for development."""

import pytest

from tests.lockfiles.reading import read

CASES = {
    "yarn.lock": (
        'dev@1:\n  version "1.0.0"\n\nleft@1:\n  version "1.0.0"\n',
        {"package.json": '{"devDependencies": {"dev": "1"}}'},
    ),
    "pnpm-lock.yaml": (
        "lockfileVersion: '9.0'\nimporters: {.: {devDependencies: {dev: {version: 1.0.0}}}}\n"
        "packages: {dev@1.0.0: {}, left@1.0.0: {}}\nsnapshots: {dev@1.0.0: {}, left@1.0.0: {}}\n",
        {},
    ),
    "uv.lock": (
        '[[package]]\nname = "shop"\nversion = "1"\nsource = {virtual = "."}\n'
        '[package.dev-dependencies]\ndev = [{name = "dev"}]\n'
        '[[package]]\nname = "dev"\nversion = "1.0.0"\n[[package]]\nname = "left"\nversion = "1.0.0"\n',
        {},
    ),
    "Gemfile.lock": (
        "GEM\n  specs:\n    dev (1.0.0)\n    left (1.0.0)\n\nDEPENDENCIES\n  dev\n",
        {"Gemfile": "gem 'dev', group: :test\n"},
    ),
}


@pytest.mark.parametrize("path", CASES)
def test_what_nobody_asks_for_counts_as_running(path: str) -> None:
    text, beside = CASES[path]
    lockfile = read(path, {path: text, **beside})
    found = {each.package.source_name: each.development for each in lockfile.dependencies}
    assert found == {"dev": True, "left": False}
