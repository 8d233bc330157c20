"""Which Dockerfile of the head is which of the base."""

import pytest

from bot.change import Change, ChangedFile, FileStatus, FileVersion
from bot.inspection import DockerfileState
from bot.pairing import pair_targets
from bot.states import dockerfile_state


def version(path: str, text: str) -> FileVersion:
    return FileVersion(path, f"blob of {text}", text.encode())


def changed(before: tuple[str, str] | None, after: tuple[str, str] | None) -> ChangedFile:
    status = FileStatus.MODIFIED if before and after else FileStatus.ADDED if after else FileStatus.REMOVED
    return ChangedFile(status, version(*before) if before else None, version(*after) if after else None)


def removed(path: str, text: str) -> ChangedFile:
    return changed((path, text), None)


def added(path: str, text: str) -> ChangedFile:
    return changed(None, (path, text))


def read(each: FileVersion) -> DockerfileState:
    return dockerfile_state(each, {})


SHOP, TOOL = "FROM host:5000/shop:1\nRUN old\n", "FROM host:5000/tool:1\n"
PIN_SHOP, PIN_TOOL = (f"FROM host:5000/{name}@sha256:{'0' * 64}\n" for name in ("shop", "tool"))
NEWER_SHOP = "FROM host:5000/shop:2\nUSER app\n"
CASES = {
    "by path": ([changed(("Dockerfile", SHOP), ("Dockerfile", TOOL))], [("Dockerfile", "Dockerfile")]),
    "by git's rename": ([changed(("a/Dockerfile", SHOP), ("b/Dockerfile", TOOL))], [("a", "b")]),
    "by content": ([removed("a/Dockerfile", SHOP), added("b/Dockerfile", SHOP)], [("a", "b")]),
    "by final image": ([removed("a/Dockerfile", SHOP), added("b/Dockerfile", NEWER_SHOP)], [("a", "b")]),
    "content before final image": (
        [
            removed("a/Dockerfile", SHOP),
            removed("b/Dockerfile", NEWER_SHOP),
            added("c/Dockerfile", NEWER_SHOP),
        ],
        [("a", None), ("b", "c")],
    ),
    "another image": (
        [removed("a/Dockerfile", SHOP), added("b/Dockerfile", TOOL)],
        [("a", None), (None, "b")],
    ),
    "another image by digest": (
        [removed("a/Dockerfile", PIN_SHOP), added("b/Dockerfile", PIN_TOOL)],
        [("a", None), (None, "b")],
    ),
    "from tag to digest": ([removed("a/Dockerfile", SHOP), added("b/Dockerfile", PIN_SHOP)], [("a", "b")]),
    "another final stage": (
        [removed("a/Dockerfile", SHOP), added("b/Dockerfile", "FROM host:5000/shop:1 AS test\n")],
        [("a", None), (None, "b")],
    ),
    "two that could be it": (
        [removed("a/Dockerfile", SHOP), added("b/Dockerfile", NEWER_SHOP), added("c/Dockerfile", NEWER_SHOP)],
        [("a", None), (None, "b"), (None, "c")],
    ),
    "nothing from scratch": (
        [removed("a/Dockerfile", "FROM scratch\n"), added("b/Dockerfile", "FROM scratch\nUSER a\n")],
        [("a", None), (None, "b")],
    ),
    "nothing with bad syntax": (
        [removed("a/Dockerfile", "FRMO a\n"), added("b/Dockerfile", "FRMO b\n")],
        [("a", None), (None, "b")],
    ),
    "no Dockerfile": ([changed(("a.txt", "x"), ("b.txt", "y"))], []),
}


def folder(path: str | None) -> str | None:
    return path and path.removesuffix("/Dockerfile")


@pytest.mark.parametrize(("files", "expected"), CASES.values(), ids=CASES)
def test_pairs(files: list[ChangedFile], expected: list[tuple[str | None, str | None]]) -> None:
    change = Change("acme/shop", "1" * 40, "2" * 40, tuple(files))
    pairs = pair_targets(change, read, read)
    found = [
        (pair.before and folder(pair.before.path), pair.after and folder(pair.after.path)) for pair in pairs
    ]
    assert found == expected
