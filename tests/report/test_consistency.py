import json
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import HealthCheck, given, settings

import bot.report
from bot.diff import Effect
from bot.finding import Finding
from bot.policy.verdict import Status
from bot.report.annotation import MAX_ANNOTATIONS, MAX_TITLE
from bot.report.check_run import conclude, render_check
from bot.report.comment import MARKER, render_comment
from bot.report.fit import LONGEST_TEXT, size
from bot.report.json_report import render_json
from bot.report.markdown import render_markdown_report
from bot.report.terminal import render_terminal
from bot.review import Review
from bot.sides import is_blind
from tests.report import reviews as by_hand
from tests.report.markdown_rules import assert_safe, shown
from tests.report.strategies import reviews

SCHEMA = jsonschema_rs.validator_for(
    json.loads((Path(bot.report.__file__).parent / "review.schema.json").read_text())
)
WORDS = {Status.PASS: "Pass", Status.WARN: "Warning", Status.FAIL: "Fail", Status.ERROR: "Error"}
quick = settings(suppress_health_check=[HealthCheck.too_slow])


def counted(review: Review, effect: Effect) -> int:
    """Count again, without the view."""
    return sum(
        difference.effect is effect and difference.finding.shipped
        for target in review.targets
        for difference in target.differences
        if not (effect is Effect.FIXED and is_blind(target.pair.after))
    )


@quick
@given(reviews())
def test_every_output_says_the_same(review):
    document = json.loads(render_json(review))
    check, comment = render_check(review), render_comment(review)
    headline = f"{WORDS[review.verdict.status]}: {document['headline']}"
    assert document["verdict"] == review.verdict.status.word
    assert (check.conclusion == "failure") is (review.verdict.status >= Status.FAIL)
    assert headline in shown(check.summary)
    assert headline in shown(comment.body.removeprefix(MARKER))
    assert render_terminal(review, width=100_000).splitlines()[0] == headline
    assert check.title.lower() in headline.lower() or check.title.endswith("…")


@quick
@given(reviews())
def test_numbers_are_those_of_the_review(review):
    document = json.loads(render_json(review))
    counts = document["counts"]
    for key, effect in (
        ("introduced", Effect.INTRODUCED),
        ("fixed", Effect.FIXED),
        ("unchanged", Effect.UNCHANGED),
        ("cleared", Effect.CLEARED),
    ):
        assert counts[key] == counted(review, effect)
    listed = [finding for target in document["targets"] for finding in target["findings"]]
    assert len([each for each in listed if each["shipped"]]) == sum(
        counts[key] for key in ("introduced", "fixed", "unchanged", "cleared")
    )
    reasons = [reason for reason in document["reasons"] if reason["status"] == "fail"]
    assert counts["blocking"] <= sum(len(reason["findings"]) for reason in reasons)


@quick
@given(reviews())
def test_nothing_breaks_out(review):
    check, comment = render_check(review), render_comment(review)
    for text in (check.summary, check.text, comment.body, render_markdown_report(review)):
        assert_safe(text)
    terminal = render_terminal(review)
    assert all(line.isprintable() for line in terminal.splitlines())
    assert check.title.isprintable()
    for annotation in check.annotations:
        assert all(line.isprintable() for line in annotation.message.splitlines())


@quick
@given(reviews())
def test_limits_hold(review):
    check, comment = render_check(review), render_comment(review)
    assert max(size(check.summary), size(check.text)) <= LONGEST_TEXT
    assert size(comment.body) <= LONGEST_TEXT
    assert len(check.annotations) <= MAX_ANNOTATIONS
    for annotation in check.annotations:
        assert len(annotation.title) <= MAX_TITLE
        assert size(annotation.message) <= LONGEST_TEXT
        assert 1 <= annotation.start_line <= annotation.end_line


@quick
@given(reviews())
def test_json_follows_its_description_and_is_stable(review):
    text = render_json(review)
    SCHEMA.validate(json.loads(text))
    assert render_json(review) == text
    assert text.isascii()


@quick
@given(reviews())
def test_advice_is_the_same_everywhere(review):
    document = json.loads(render_json(review))
    check, terminal = render_check(review), render_terminal(review, width=100_000)
    assert len(document["advice"]) == len(review.advice)
    for advice, found in zip(review.advice, document["advice"], strict=True):
        assert found["opens"] == (advice.to_open.tag if advice.to_open else None)
        assert (found["recommended"] is None) is (advice.best is None)
        assert [each["severe_fixed"] for each in found["candidates"]] == [
            sum(flaw.severe for flaw in each.fixes) for each in advice.candidates
        ]
        assert found["headline"] in terminal
    body = render_comment(review).body
    assert body.count("**Base image ") == len(review.advice)
    assert check.text.count("**Base image ") == len(review.advice)


def many(number: int, name: str) -> list[Finding]:
    return [by_hand.introduced(f"{name}{index}", f"CVE-2024-{index}") for index in range(number)]


@pytest.mark.parametrize("name", ["lib", "<|`@#12 " * 60], ids=["plain", "hostile"])
def test_a_huge_review_fits(name):
    review = by_hand.one_target(*many(3000, name))
    check, comment = render_check(review), render_comment(review)
    assert max(size(check.summary), size(check.text)) <= LONGEST_TEXT
    assert size(comment.body) <= LONGEST_TEXT
    assert "more" in check.text
    assert "3000 new high vulnerabilities" in check.title
    for text in (check.summary, check.text, comment.body):
        assert_safe(text)


def test_many_dockerfiles_fit():
    target = by_hand.blocked().targets[0]
    review = by_hand.reviewed(*[(target.pair, target.differences)] * 400)
    check, comment = render_check(review), render_comment(review)
    assert max(size(check.summary), size(check.text)) <= LONGEST_TEXT
    assert size(comment.body) <= LONGEST_TEXT
    assert len(check.annotations) <= MAX_ANNOTATIONS
    assert conclude(review) == "failure"
