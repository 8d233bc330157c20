"""pip's requirements files."""

import pytest

from tests.lockfiles.reading import left_open, lock, names, read, rows

TEXT = """\
# Made by pip-compile
--index-url https://example.com/simple
Flask_Login[async]==0.6.3 \\
    --hash=sha256:aaaa \\
    --hash=sha256:bbbb
    # via -r requirements.in
werkzeug===3.0.1  # via
    #   flask
    #   flask-login
colorama==0.4.6 ; sys_platform == "win32"
torch==2.1.0+cu118; python_version >= "3.8"
requests>=2,<3
urllib3==2.*
-e git+https://example.com/a/b.git@main#egg=thing
-e ./local
./wheels/own-1.0-py3-none-any.whl
name @ https://example.com/name-1.0.tar.gz
what is this
"""


def test_each_kind_of_line() -> None:
    lockfile = lock("requirements.txt", TEXT)
    assert rows(lockfile) == [
        ("flask-login", "0.6.3", 3, False, True),
        ("werkzeug", "3.0.1", 7, False, False),
        ("torch", "2.1.0+cu118", 11, False, None),
    ]
    assert lockfile.dependencies[0].end_line == 5
    assert lockfile.dependencies[1].wanted_by == ("flask", "flask-login")
    assert sorted(left_open(lockfile), key=lambda row: row[2]) == [
        ("requests", ">=2,<3", 12),
        ("urllib3", "==2.*", 13),
        ("thing", "-e git+https://example.com/a/b.git@main#egg=thing", 14),
        ("own", "./wheels/own-1.0-py3-none-any.whl", 16),
        ("name", "name @ https://example.com/name-1.0.tar.gz", 17),
        ("what is this", "what is this", 18),
    ]


UNCLEAR = {
    "what is this": ["what is this"],
    "-r gone.txt": ["gone.txt"],
    "git+https://example.com/a/b.git": ["git+https://example.com/a/b.git"],
    "https://example.com/latest.zip": ["https://example.com/latest.zip"],
    "-c gone.txt": [],
    "-e git+https://example.com/a.git#egg=Some_Thing": [],
    "https://example.com/own-1.0.tar.gz": [],
    "./src": [],
}


@pytest.mark.parametrize(("line", "expected"), UNCLEAR.items())
def test_a_line_that_may_stand_for_any_package(line: str, expected: list[str]) -> None:
    lockfile = lock("requirements.txt", f"a==1\n{line}\n")
    assert [each.name for each in lockfile.open if each.unclear] == expected
    assert all(each.line == 2 for each in lockfile.open)


def test_a_constraint_that_is_not_understood() -> None:
    lockfile = read("requirements.txt", {"requirements.txt": "-c pins.txt\na\n", "pins.txt": "a=1\n"})
    assert [(each.name, each.path, each.line, each.unclear) for each in lockfile.open] == [
        ("a=1", "pins.txt", 1, False),
        ("a", "", 2, False),
    ]


def test_includes_and_constraints() -> None:
    lockfile = read(
        "app/requirements.txt",
        {
            "app/requirements.txt": "-r ../base.txt\n-c pins.txt\nflask\ndjango>=5\n-r gone.txt\n-r ../../out.txt\n",
            "base.txt": "a==1\n--requirement=app/requirements.txt\n",
            "app/pins.txt": "Flask==2.3.0\ndjango==4.2\nunused==1\n",
        },
    )
    assert [(each.package.name, each.path, each.line) for each in lockfile.dependencies] == [
        ("a", "base.txt", 1),
        ("flask", "", 3),
    ]
    assert lockfile.includes == ("base.txt", "app/pins.txt")
    assert left_open(lockfile) == [
        ("gone.txt", "-r gone.txt", 5),
        ("../../out.txt", "-r ../../out.txt", 6),
        ("django", ">=5", 4),
    ]


def test_a_long_chain_of_includes_ends() -> None:
    files = {f"requirements/{n}.txt": f"-r {n + 1}.txt\n" for n in range(100)}
    lockfile = read("requirements/0.txt", files)
    assert "too deep" in lockfile.open[0].why


@pytest.mark.parametrize("line", ["a==1;" + "(" * 3000, "a==" + "1" * 400, "a=='1'", "a==1 ; x == 'y'"])
def test_odd_lines_are_left_open(line: str) -> None:
    lockfile = lock("requirements.txt", line)
    assert lockfile.dependencies == ()
    assert len(lockfile.open) == 1


def test_utf_16_and_windows_line_ends() -> None:
    from bot.lockfiles import parse_lockfile

    content = "a==1\r\nb==2\r\n".encode("utf-16")
    assert names(parse_lockfile("requirements.txt", content, {}.get)) == ["a@1", "b@2"]


@pytest.mark.parametrize("end", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028"])
def test_lines_end_where_pip_ends_them_and_are_numbered_as_people_see_them(end: str) -> None:
    lockfile = lock("requirements.txt", f"six==1.0 # ok{end}lodash==4.17.11\nlast==2\n")
    assert [(row[0], row[2]) for row in rows(lockfile)] == [("six", 1), ("lodash", 1), ("last", 2)]


@pytest.mark.parametrize(
    "line", ["--req evil.txt", "--edit git+https://example.com/x", "--no-such", "-x", "--prefixed"]
)
def test_an_option_that_is_not_known_may_stand_for_any_package(line: str) -> None:
    lockfile = lock("requirements.txt", f"six==1.0\n{line}\n")
    assert [(each.name, each.unclear) for each in lockfile.open] == [(line, True)]


@pytest.mark.parametrize(
    "line", ["--pre", "-ihttps://example.com", "-f wheels", "--no-binary :all:", "--trusted-host=example.com"]
)
def test_settings_of_pip_name_no_package(line: str) -> None:
    assert lock("requirements.txt", f"{line}\nsix==1.0\n").open == ()


def test_an_editable_package_without_a_space() -> None:
    lockfile = lock("requirements.txt", "-egit+https://example.com/a.git#egg=thing\n")
    assert [each.name for each in lockfile.open] == ["thing"]
