"""Cutting to GitHub's limits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.github.text import cut, cut_line, open_fence

MARKDOWN = st.lists(
    st.sampled_from(
        ["```", "```sh", "~~~~", "  ```", "text", "ünï", "| a | b |", "", "`x`", "```a`b", "\udcff"]
    ),
    max_size=40,
).map("\n".join)


@given(MARKDOWN, st.integers(0, 120))
def test_a_cut_fits_and_closes_its_fence(text, limit):
    result = cut(text, limit)
    assert len(result.encode()) <= limit
    if limit >= 20 and len(text.encode(errors="replace")) > limit:
        assert open_fence(result) == ""
        assert "…" in result


@given(st.text(max_size=60), st.integers(0, 80))
def test_a_cut_line_is_a_beginning(text, limit):
    result = cut_line(text, limit)
    assert len(result.encode()) <= limit
    assert text.encode(errors="replace").decode().startswith(result)


@pytest.mark.parametrize(
    ("text", "limit", "result"),
    [
        ("short", 100, "short"),
        ("one\ntwo two two two\n", 14, "one\n\n…\n"),
        ("```\n" + "x\n" * 50, 30, "```\n" + "x\n" * 7 + "x\n```\n\n…\n"),
        ("no line ends at all, anywhere", 20, "no line ends \n\n…\n"),
    ],
)
def test_it_is_cut_at_a_lines_end(text, limit, result):
    assert cut(text, limit) == result


@pytest.mark.parametrize(
    ("text", "fence"),
    [
        ("```\ncode", "```"),
        ("```\ncode\n```", ""),
        ("````\n```\n", "````"),
        ("~~~ sh\n```\n", "~~~"),
        ("```\n~~~\n", "```"),
        ("```\n``` not a closing one\n", "```"),
        ("``` a`b\ntext", ""),
        ("    ```\nindented", ""),
        ("", ""),
    ],
)
def test_the_open_fence(text, fence):
    assert open_fence(text) == fence


def test_hostile_fences_are_read_in_one_pass():
    assert len(cut("`" * 60_000 + "\n" + "```\n" * 60_000).encode()) <= 65_535
