"""What is said of bumps outside their pull requests: everything that others wrote is escaped."""

import pytest

from bot.report.bump_notice import (
    Row,
    render_answer,
    render_blocked,
    render_left,
    render_refusal,
    render_resolved,
    with_obstacle,
)
from bot.report.comment import Comment

HOSTILE = "@octo/team <img src=x> `a` [b](https://c) #12"
FAMILY = "docker.io/library/python"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (Row(FAMILY, "opened", 7, ""), "`python`: opened #7."),
        (Row(FAMILY, "updated", 7, ""), "`python`: updated #7."),
        (Row(FAMILY, "kept", 7, ""), "#7 is up to date."),
        (Row(FAMILY, "kept", 7, "bob committed"), "#7 was left as it is: bob committed."),
        (Row(FAMILY, "closed", 7, "main has it now"), "closed #7: main has it now."),
        (Row(FAMILY, "", None, "nothing better", (("3.9", "a prerelease"),)), "`3.9`: a prerelease"),
    ],
)
def test_an_answer_tells_what_became_of_each_family(row: Row, words: str) -> None:
    assert words in render_answer("/bump", "", "main", [row], [])


def test_an_answer_tells_what_was_not_looked_at() -> None:
    said = render_answer("/bump", "", "main", [], ["too many files"])
    assert "could be bumped" in said
    assert "- too many files" in said


def test_what_others_wrote_does_nothing() -> None:
    said = [
        render_answer(
            HOSTILE, HOSTILE, HOSTILE, [Row(HOSTILE, "", None, HOSTILE, ((HOSTILE, HOSTILE),))], [HOSTILE]
        ),
        render_answer(HOSTILE, HOSTILE, HOSTILE, [], []),
        render_refusal(HOSTILE, HOSTILE),
        render_blocked(HOSTILE, [HOSTILE])[1],
        render_resolved(HOSTILE),
        render_left(HOSTILE),
        with_obstacle(Comment("", worth_creating=False), HOSTILE, HOSTILE).body,
    ]
    for text in said:
        outside = "".join(text.split("``")[::2])
        assert "<img" not in outside
        assert "[b](" not in outside
        assert " @octo" not in outside


def test_without_an_obstacle_a_comment_stays_as_it_is() -> None:
    comment = Comment("words", worth_creating=True)
    assert with_obstacle(comment, "main", "") == comment
