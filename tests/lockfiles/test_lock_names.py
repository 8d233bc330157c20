"""Which files are lockfiles, by their own name and by the one an instruction gives them."""

import pytest

from bot.lockfiles import Manager, form_at, may_be_lockfile, parse_lockfile

FORMS = [
    ("package-lock.json", "/app/package-lock.json", (Manager.NPM, "")),
    ("ci/locked.json", "/app/package-lock.json", (Manager.NPM, "package-lock.json")),
    ("yarn.lock", "/app/package-lock.json", (Manager.NPM, "package-lock.json")),
    ("package-lock.json", "/app/locked.json", (Manager.NPM, "")),
    ("deps/prod.in", "/app/requirements.txt", (Manager.PIP, "")),
    ("package-lock.json", "/app/requirements/prod.txt", (Manager.PIP, "requirements.txt")),
    ("go.mod", "/src/go.sum", (Manager.GO, "go.sum")),
    ("deps/prod.in", "/app/prod.in", (None, "")),
]


@pytest.mark.parametrize(("path", "place", "expected"), FORMS)
def test_what_a_place_says(path: str, place: str, expected: tuple[Manager | None, str]) -> None:
    assert form_at(path, place) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [("ci/locked.json", True), ("a/lock", True), ("b.XML", True), ("prod.in", True), ("a.py", False)],
)
def test_what_may_be_put_in_a_lockfiles_place(path: str, expected: bool) -> None:
    assert may_be_lockfile(path) is expected


def test_a_file_is_read_as_it_is_called_with_what_stands_beside_it() -> None:
    asked: list[str] = []
    text = b'# yarn lockfile v1\n\n\nleft@4:\n  version "4.0.0"\n'

    def nothing(path: str) -> None:
        asked.append(path)

    found = parse_lockfile("ci/pins", text, nothing, called="yarn.lock")
    assert (found.path, found.manager, found.problem) == ("ci/pins", Manager.YARN, "")
    assert [each.package.name for each in found.dependencies] == ["left"]
    assert asked == ["ci/package.json"]
