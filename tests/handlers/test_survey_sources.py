"""Which files a survey reads first, and what it says of those beyond its limits."""

import pytest

from bot.bump.family import is_named
from bot.handlers.sources import MOST_FILES, choose
from bot.trees import LARGEST_FILE, TreeEntry

FILE = TreeEntry("100644", "blob", "a" * 40, 100)


def names(*paths: str) -> list[str]:
    chosen, left_out = choose((path, FILE) for path in paths)
    assert left_out == []
    return [path for path, _ in chosen]


def test_what_surely_uses_images_comes_first() -> None:
    assert names("z/config.yaml", "deploy/app.yaml", "compose.yaml", "x/Dockerfile", "main.py") == [
        "x/Dockerfile",
        "compose.yaml",
        "deploy/app.yaml",
        "z/config.yaml",
    ]


def test_folders_and_submodules_are_no_files() -> None:
    folder, module = TreeEntry("040000", "tree", "b" * 40), TreeEntry("160000", "commit", "c" * 40)
    assert choose([("a/Dockerfile", folder), ("b/Dockerfile", module)]) == ([], [])


def test_what_is_beyond_the_limits_is_said() -> None:
    many = [(f"{number}/Dockerfile", FILE) for number in range(MOST_FILES + 3)]
    chosen, left_out = choose(many)
    assert len(chosen) == MOST_FILES
    assert left_out == [f"{MOST_FILES + 3} files may use images, and 3 of them were not looked at"]
    huge = TreeEntry("100644", "blob", "a" * 40, LARGEST_FILE + 1)
    assert choose([("Dockerfile", huge)]) == ([], ["Dockerfile: it is larger than 1,000,000 bytes"])


@pytest.mark.parametrize(
    ("family", "image", "is_meant"),
    [
        ("docker.io/library/python", "", True),
        ("docker.io/library/python", "python", True),
        ("docker.io/library/python", "python:3.12", True),
        ("ghcr.io/acme/python", "python", True),
        ("ghcr.io/acme/base", "acme/base", True),
        ("ghcr.io/acme/cpython", "python", False),
        ("docker.io/library/python", "acme/python", False),
        ("docker.io/library/python", "docker.io/library/python", True),
        ("docker.io/library/python", "docker.io/python", True),
        # Whose full name is written, as when its pull request is written anew, is the only one.
        ("ghcr.io/acme/python", "docker.io/library/python", False),
        ("quay.io/ghcr.io/acme/python", "ghcr.io/acme/python", False),
    ],
)
def test_an_image_may_be_named_in_short(family: str, image: str, is_meant: bool) -> None:
    assert is_named(family, image) is is_meant
