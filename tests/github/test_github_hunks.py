"""Which lines of the head the hunks of a patch show."""

import pytest

from bot.github.hunks import hunks


@pytest.mark.parametrize(
    ("patch", "shown"),
    [
        ("@@ -1,3 +1,4 @@\n a\n+b\n c\n d", ((1, 4),)),
        ("@@ -1 +1 @@\n-a\n+b", ((1, 1),)),
        ("@@ -0,0 +1,2 @@\n+a\n+b", ((1, 2),)),
        ("@@ -1,2 +0,0 @@\n-a\n-b", ()),
        (
            "@@ -1,2 +1,2 @@ x\n a\n-b\n+c\n@@ -40,2 +40,3 @@ def f():\n a\n+@@ -7 +7 @@\n b",
            ((1, 2), (40, 42)),
        ),
        ("", ()),
    ],
)
def test_hunks(patch: str, shown: tuple[tuple[int, int], ...]) -> None:
    assert hunks(patch) == shown
