"""A flag in a lockfile does not make a package one for development that the application asks for to run.

Whoever writes the lockfile writes the flag, and without `--omit=dev` the package is installed all the same.
"""

import json

import pytest

from tests.lockfiles.reading import read


def npm(kind: str = "dependencies") -> str:
    entries = {
        "": {kind: {"a": "1.0.0"}, "devDependencies": {"jest": "1.0.0"}},
        "node_modules/a": {"version": "1.0.0", "dev": True, "dependencies": {"b": "1.0.0"}},
        "node_modules/b": {"version": "1.0.0", "dev": True},
        "node_modules/jest": {"version": "1.0.0", "dev": True},
    }
    return json.dumps({"lockfileVersion": 3, "packages": entries})


OLD_NPM = json.dumps(
    {
        "lockfileVersion": 1,
        "dependencies": {
            "a": {"version": "1.0.0", "dev": True, "requires": {"b": "1.0.0"}},
            "b": {"version": "1.0.0", "dev": True},
            "jest": {"version": "1.0.0", "dev": True},
        },
    }
)
MANIFEST = json.dumps({"dependencies": {"a": "1.0.0"}, "devDependencies": {"jest": "1.0.0"}})
PNPM = """lockfileVersion: '6.0'
dependencies: {a: {specifier: 1.0.0, version: 1.0.0}}
devDependencies: {jest: {specifier: 1.0.0, version: 1.0.0}}
packages:
  /a@1.0.0: {dev: true, dependencies: {b: 1.0.0}}
  /b@1.0.0: {dev: true}
  /jest@1.0.0: {dev: true}
"""
POETRY = """[[package]]
name = "a"
version = "1.0.0"
groups = ["dev"]
[package.dependencies]
b = ">=1"
jest = {version = "*", optional = true}

[[package]]
name = "b"
version = "1.0.0"
groups = ["dev"]

[[package]]
name = "jest"
version = "1.0.0"
groups = ["dev"]
"""
PYPROJECT = '[project]\nname = "shop"\ndependencies = ["a"]\n[dependency-groups]\ndev = ["jest"]\n'
PDM = """[[package]]
name = "a"
version = "1.0.0"
groups = ["dev"]
dependencies = ["b>=1"]

[[package]]
name = "b"
version = "1.0.0"
groups = ["dev"]

[[package]]
name = "jest"
version = "1.0.0"
groups = ["dev"]
"""
COMPOSER = json.dumps(
    {
        "packages": [],
        "packages-dev": [
            {"name": "x/a", "version": "1.0.0", "require": {"x/b": "*"}},
            {"name": "x/b", "version": "1.0.0"},
            {"name": "x/jest", "version": "1.0.0"},
        ],
    }
)
COMPOSER_JSON = json.dumps({"require": {"x/a": "*"}, "require-dev": {"x/jest": "*"}})
PIPENV = json.dumps({"_meta": {}, "develop": {"a": {"version": "==1.0.0"}, "jest": {"version": "==1.0.0"}}})

CASES = {
    "npm": ("package-lock.json", npm(), {}),
    "npm, against package.json": ("package-lock.json", npm("devDependencies "), {"package.json": MANIFEST}),
    "npm, as of old": ("package-lock.json", OLD_NPM, {"package.json": MANIFEST}),
    "pnpm": ("pnpm-lock.yaml", PNPM, {}),
    "poetry": ("poetry.lock", POETRY, {"pyproject.toml": PYPROJECT}),
    "pdm": ("pdm.lock", PDM, {"pyproject.toml": PYPROJECT}),
    "composer": ("composer.lock", COMPOSER, {"composer.json": COMPOSER_JSON}),
    "pipenv": ("Pipfile.lock", PIPENV, {"Pipfile": '[packages]\na = "*"\n[dev-packages]\njest = "*"\n'}),
    "pub": (
        "pubspec.lock",
        'packages:\n  a: {dependency: "direct dev", source: hosted, version: "1.0.0"}\n'
        '  jest: {dependency: "direct dev", source: hosted, version: "1.0.0"}\n',
        {"pubspec.yaml": "dependencies: {a: 1.0.0}\ndev_dependencies: {jest: 1.0.0}\n"},
    ),
}


@pytest.mark.parametrize(("path", "text", "beside"), CASES.values(), ids=CASES)
def test_what_the_application_asks_for_to_run_is_not_for_development(
    path: str, text: str, beside: dict[str, str]
) -> None:
    lockfile = read(path, {path: text, **beside})
    assert not lockfile.problem
    flags = {each.package.name.rpartition("/")[2]: each.development for each in lockfile.dependencies}
    assert flags.pop("jest"), "only developing asks for it"
    assert flags
    assert not any(flags.values())
