import pytest

from bot.diff import Difference, Effect
from bot.inspection import Gap, Location, TargetPair
from bot.report.comment import MARKER, VISIBLE_ROWS, render_comment
from bot.report.markdown import render_markdown_report
from tests.golden import assert_golden
from tests.report import reviews
from tests.report.markdown_rules import assert_safe
from tests.report.reviews import finding, fixed, introduced, one_target, reviewed, state

LOCKFILE = Gap("npm lockfile package-lock.json", "not looked at yet", Location("package-lock.json", 1, 1))
RUN = Gap("RUN pip install", "not looked at yet", Location("Dockerfile", 3, 4))


@pytest.mark.parametrize(
    ("review", "worth"),
    [
        (reviewed(), False),
        (one_target(), False),
        (one_target(Difference(finding(), Effect.UNCHANGED)), False),
        (reviewed(gaps=[LOCKFILE]), False),
        (reviewed((TargetPair(state(gaps=[RUN]), state(gaps=[RUN])), ())), False),
        (reviewed((TargetPair(state(), state(gaps=[RUN])), ())), True),
        (one_target(fixed()), True),
        (one_target(introduced()), True),
        (one_target(Difference(finding(), Effect.CLEARED)), True),
        (reviews.warned(), True),
        (reviews.unreadable(), True),
    ],
)
def test_worth_creating(review, worth):
    comment = render_comment(review)
    assert comment.worth_creating is worth
    assert (comment.body.count("\n") == 2) is not worth


@pytest.mark.parametrize(
    ("name", "review"),
    [
        ("review_blocked.md", reviews.blocked()),
        ("review_clean.md", reviews.clean()),
        ("review_error.md", reviews.unreadable()),
        ("review_warn.md", reviews.warned()),
    ],
)
def test_documents(name, review):
    body = render_comment(review).body
    assert_safe(body)
    assert_golden(name, body)


def visible(text):
    """What stands outside all folds."""
    parts = text.split("<details>")
    return parts[0] + "".join(part.partition("</details>")[2] for part in parts[1:])


def test_at_most_ten_rows_are_visible():
    review = reviews.one_target(*(introduced(f"lib{number:02}") for number in range(14)))
    both = reviewed(*[(target.pair, target.differences) for target in review.targets * 2])
    body = render_comment(both).body
    assert visible(body).count("| `lib") == VISIBLE_ROWS
    assert "<summary>4 more introduced</summary>" in body
    assert "<summary>14 introduced</summary>" in body


def test_the_marker_comes_first_and_once():
    body = render_comment(one_target(introduced(MARKER))).body
    assert body.startswith(f"{MARKER}\n### ❌ Fail: ")
    assert body.count(MARKER) == 1


def test_the_markdown_report_has_the_same_words():
    report = render_markdown_report(reviews.blocked())
    body = render_comment(reviews.blocked()).body
    assert MARKER not in report
    assert "/rescan" not in report
    assert body.removeprefix(f"{MARKER}\n").startswith(report.rstrip())


def test_moved_and_new_files_say_so():
    moved = reviewed((TargetPair(state(path="old/Dockerfile"), state(path="new/Dockerfile")), [fixed()]))
    assert "**`new/Dockerfile`** (moved from `old/Dockerfile`)" in render_comment(moved).body
    new = reviewed((TargetPair(None, state()), [fixed()]))
    assert "**`Dockerfile`** (new file)" in render_comment(new).body
