"""Which lines a change touched."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dockerfile import DockerfileError, parse
from bot.dockerfile.changed import changed_lines, on_changed_lines
from bot.dockerfile.rules import lint

BEFORE = "FROM a:1\nRUN b && \\\n    c\nUSER d\n"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (BEFORE, BEFORE, set()),
        (BEFORE, "FROM a:1\n\n# why\nRUN b && \\\n    c\nUSER d\n", set()),
        (BEFORE, "FROM a:1\nUSER d\nRUN b && \\\n    c\n", set()),
        (BEFORE, "FROM a:2\nRUN b && \\\n    c\nUSER d\n", {1}),
        (BEFORE, "FROM a:1\nRUN b && \\\n    x\nUSER d\n", {3}),
        (BEFORE, "FROM a:1\nRUN b && \\\n    x && \\\n    c\nUSER d\n", {3}),
        (BEFORE, "FROM a:1\nRUN b && \\\n    c\nRUN e\nUSER d\n", {4}),
        (BEFORE, "FROM a:1\nUSER d\n", set()),
        ("FROM a\nRUN b\n", "FROM a\nRUN b\nRUN b\n", {3}),
        ("FROM a\nRUN b && \\\n  c \\\n  d\n", "FROM a\nRUN b && \\\n  c \\\n", {2, 3}),
        ("FROM a\nRUN <<E\nb\nE\n", "FROM a\nRUN <<E\nb\nc\nE\n", {4}),
        (None, "FROM a\nRUN b\n", {1, 2, 3}),
        ("no\n", "FROM a\n", {1, 2}),
    ],
)
def test_changed_lines(before, after, expected):
    assert changed_lines(before, after) == expected


def test_findings_are_narrowed_to_touched_lines_and_what_is_missing():
    text = "FROM a:1\nRUN sudo b\nRUN sudo c\n"
    kept = on_changed_lines(lint(text), changed_lines("FROM a:1\nRUN sudo b\n", text))
    assert {(found.id, found.location.start_line) for found in kept} >= {("sudo", 3), ("no-user", 1)}
    assert ("sudo", 2) not in {(found.id, found.location.start_line) for found in kept}


LINES = st.lists(st.sampled_from(["RUN a", "RUN b \\", "  c", "USER d", "", "# e"]), max_size=12).map(
    "\n".join
)


@given(LINES, LINES)
def test_every_line_is_one_of_the_new_text_and_the_same_text_changes_none(before, after):
    before, after = f"FROM a\n{before}\n", f"FROM a\n{after}\n"
    assert changed_lines(before, after) <= set(range(1, after.count("\n") + 2))
    if _reads(before):
        assert changed_lines(before, before) == set()


def _reads(text):
    try:
        parse(text)
    except DockerfileError:
        return False
    return True
