"""poetry.lock, uv.lock, pdm.lock and Pipfile.lock."""

import json

import pytest

from tests.lockfiles.reading import left_open, lock, names, rows

POETRY = """\
[[package]]
name = "Flask"
version = "3.0.0"
%s
files = [
    {file = "flask-3.0.0.whl", hash = "sha256:00"},
]

[package.dependencies]
werkzeug = ">=3"

[package.extras]
x = ["y"]

[[package]]
name = "pytest"
version = "8.0.0"
%s
description = '''
[[package]]
name = "none"
'''

[[package]]
name = "werkzeug"
version = "3.0.1"

[[package]]
name = "own"
version = "0.1.0"

[package.source]
type = "directory"
url = "own"

[metadata]
lock-version = "2.0"
"""
PYPROJECT = """\
[tool.poetry.dependencies]
python = "^3.11"
flask = "^3"
[tool.poetry.group.test.dependencies]
PyTest = "^8"
"""


@pytest.mark.parametrize(
    "marks",
    [
        ('category = "main"', 'category = "dev"'),
        ('groups = ["main", "dev"]', 'groups = ["dev"]'),
        ("optional = false", "optional = false"),
    ],
)
def test_poetry(marks: tuple[str, str]) -> None:
    lockfile = lock("poetry.lock", POETRY % marks, pyproject_toml=PYPROJECT)
    assert rows(lockfile) == [
        ("flask", "3.0.0", 1, False, True),
        ("pytest", "8.0.0", 15, True, True),
        ("werkzeug", "3.0.1", 24, False, False),
    ]
    assert (lockfile.dependencies[0].end_line, lockfile.dependencies[2].end_line) == (13, 26)
    assert lockfile.dependencies[2].wanted_by == ("flask",)


UV = """\
version = 1

[[package]]
name = "flask"
version = "3.0.0"
source = { registry = "https://index.example.com/simple" }
dependencies = [
    { name = "werkzeug" },
]
wheels = [
    { url = "https://example.com/flask.whl", hash = "sha256:00", size = 3 },
]

[[package]]
name = "psycopg"
version = "3.1"

[[package]]
name = "pytest"
version = "8.0.0"
source = { git = "https://example.com/pytest?rev=1#0" }

[[package]]
name = "shop"
version = "0.1.0"
source = { virtual = "." }
dependencies = [{ name = "flask" }]

[package.optional-dependencies]
pg = [{ name = "psycopg" }]

[package.dev-dependencies]
dev = [{ name = "pytest" }]

[[package]]
name = "werkzeug"
version = "3.0.1"
"""


def test_uv() -> None:
    assert rows(lock("uv.lock", UV)) == [
        ("flask", "3.0.0", 3, False, True),
        ("psycopg", "3.1", 14, False, True),
        ("pytest", "8.0.0", 18, True, True),
        ("werkzeug", "3.0.1", 35, False, False),
    ]
    assert lock("uv.lock", UV).dependencies[3].wanted_by == ("flask",)


PDM = """\
[metadata]
groups = ["default", "dev", "pg"]

[[package]]
name = "flask"
version = "3.0.0"
groups = ["default"]
dependencies = ["Werkzeug>=3; python_version > '3'"]

[[package]]
name = "flask"
version = "3.0.0"
extras = ["async"]
groups = ["default"]

[[package]]
name = "psycopg"
version = "3.1"
groups = ["pg"]

[[package]]
name = "pytest"
version = "8.0.0"
groups = ["dev"]

[[package]]
name = "werkzeug"
version = "3.0.1"
groups = ["default", "dev"]
"""


def test_pdm() -> None:
    manifest = '[project]\ndependencies = ["flask"]\n[dependency-groups]\ndev = ["pytest"]\n'
    lockfile = lock("pdm.lock", PDM, pyproject_toml=manifest)
    assert rows(lockfile) == [
        ("flask", "3.0.0", 4, False, True),
        ("psycopg", "3.1", 16, False, False),
        ("pytest", "8.0.0", 21, True, True),
        ("werkzeug", "3.0.1", 26, False, False),
    ]
    assert lockfile.dependencies[3].wanted_by == ("flask",)


def test_pipenv() -> None:
    text = json.dumps(
        {
            "_meta": {"sources": []},
            "default": {"Flask": {"version": "==3.0.0"}, "g": {"git": "https://example.com/g", "ref": "0"}},
            "develop": {
                "flask": {"version": "==3.0.0"},
                "pytest": {"version": "==8.0"},
                "own": {"path": "."},
            },
        },
        indent=1,
    )
    lockfile = lock("Pipfile.lock", text, Pipfile='[packages]\nflask = "*"\n')
    assert rows(lockfile) == [("flask", "3.0.0", 6, False, True), ("pytest", "8.0", 18, True, False)]
    assert left_open(lockfile) == [("g", "https://example.com/g", 9)]


@pytest.mark.parametrize("path", ["poetry.lock", "uv.lock", "pdm.lock", "Cargo.lock"])
@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('[[package]]\nname = "a"\n[[package]]\nname = \n', 4),
        ("package = 1\n", 1),
        ("a = " + "." * 60, 1),
        ("x = " + "[" * 3000, 1),
    ],
)
def test_broken(path: str, text: str, line: int) -> None:
    lockfile = lock(path, text)
    assert lockfile.problem
    assert lockfile.line == line


def test_packages_written_in_another_way_are_not_missed() -> None:
    assert names(lock("uv.lock", 'package = [{name = "a", version = "1"}]\n')) == ["a@1"]
    assert names(lock("uv.lock", '[["package"]]\nname = "a"\nversion = "1"\n')) == ["a@1"]
