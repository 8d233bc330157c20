"""Advice in a review: the one action, the table, the reasons against the rest, alike in every output."""

import json
from dataclasses import replace

import pytest

from bot.image.tags.model import Track
from bot.policy.bumps import Treatment
from bot.report.advice import How, Risk, advice_view
from bot.report.check_run import render_check
from bot.report.comment import render_comment
from bot.report.json_report import render_json
from bot.report.markdown import render_markdown_report
from bot.report.terminal import render_terminal
from tests.golden import assert_golden
from tests.report.advices import (
    VARIANT,
    advice,
    advised,
    candidate,
    facts,
    nothing_better,
    quiet,
)
from tests.report.markdown_rules import assert_safe
from tests.report.reviews import DIGESTS, clean


def test_the_comment_with_advice() -> None:
    assert_golden("review_advised.md", render_comment(advised()).body)


def test_the_text_of_the_check_with_advice() -> None:
    assert_golden("check_advised.md", render_check(advised()).text)


def test_the_terminal_with_advice() -> None:
    assert_golden("terminal_advised.txt", render_terminal(quiet(), width=140))


@pytest.mark.parametrize(
    ("how", "says"),
    [
        (How.SUGGESTION, "Apply the suggestion on line 1 of `Dockerfile`."),
        (How.BUTTON, "Press **Bump** in the check, or comment `/bump python 3.12.8-slim-bookworm`."),
        (How.COMMAND, "Comment `/bump python 3.12.8-slim-bookworm` for a pull request that does it."),
        (How.EDIT, "Write it on line 1 of `Dockerfile`."),
    ],
)
def test_the_action_is_what_the_publisher_offers(how: How, says: str) -> None:
    review, actions = advised(), {advice().use: how}
    assert says in render_comment(review, actions=actions).body
    assert says in render_check(review, actions=actions).summary


def test_on_a_laptop_nobody_is_told_to_comment() -> None:
    report = render_markdown_report(advised())
    assert "Write it on line 1 of `Dockerfile`." in report
    assert "/bump" not in report


def test_every_output_says_the_same() -> None:
    review = quiet()
    check, comment = render_check(review), render_comment(review).body
    terminal, document = render_terminal(review, width=400), json.loads(render_json(review))
    (found,) = document["advice"]
    headline = "Use `python:3.12.8-slim-bookworm`: clears 12 of 14 severe vulnerabilities"
    assert found["headline"] == headline
    assert found["recommended"] == "python:3.12.8-slim-bookworm"
    for text in (check.summary, check.text, comment, render_markdown_report(review), terminal):
        assert headline in text
    for text in (check.text, comment, terminal):
        for each in found["candidates"]:
            (line,) = (row for row in text.splitlines() if row.lstrip("| `").startswith(each["tag"]))
            assert f" {len(each['fixes'])} ({each['severe_fixed']} severe)" in line
            assert each["facts"]["supported_until"] in line
        for rejected in found["rejected"]:
            assert rejected["reason"] in text
        assert "1234 tags not proposed" in text


@pytest.mark.parametrize(
    ("given", "headline"),
    [
        (advice(replace(candidate(), treatment=Treatment.SHOW)), "Nothing is recommended: by policy"),
        (nothing_better(), "No better image was found"),
        (nothing_better(problem="its tags could not be listed: 404"), "No better image could be looked for"),
        (
            advice(replace(candidate(), adds=VARIANT.adds)),
            "clears 12 of 14 severe vulnerabilities, brings 1 severe",
        ),
        (advice(replace(candidate(), adds=VARIANT.adds[1:])), "brings 1 less severe"),
        (advice(replace(candidate(), fixes=candidate().fixes[12:])), "clears 40 vulnerabilities, none of"),
        (
            advice(replace(candidate(), fixes=()), facts=facts(support_over=True)),
            "leads to a line that is supported",
        ),
    ],
)
def test_headlines(given, headline: str) -> None:
    assert headline in render_comment(quiet(given)).body


def test_what_could_not_be_looked_at_is_said_everywhere() -> None:
    given = nothing_better(problem="its tags could not be listed: the registry answered 404", stale="of May")
    review = quiet(given)
    check = render_check(review)
    for text in (check.summary, check.text, render_comment(review).body, render_terminal(review, width=300)):
        assert "its tags could not be listed: the registry answered 404." in text
    assert "may not be up to date: of May." in render_comment(review).body


def test_a_better_image_is_worth_a_comment_and_its_absence_is_not() -> None:
    assert render_comment(quiet()).worth_creating
    assert not render_comment(quiet(nothing_better())).worth_creating
    assert not render_comment(clean()).worth_creating
    assert "not proposed" in render_comment(quiet(nothing_better())).body


@pytest.mark.parametrize(
    ("reference", "track", "write"),
    [
        ("docker.io/library/python:3.12.1", Track.PATCH, "python:1"),
        ("docker.io/library/python:3.12.1@" + DIGESTS[1], Track.PATCH, "python:1@" + DIGESTS[2]),
        ("docker.io/library/python:1", Track.DIGEST, "python:1@" + DIGESTS[2]),
        ("ghcr.io:443/acme/base:3", Track.PATCH, "ghcr.io:443/acme/base:1"),
        ("docker.io/acme/base:3", Track.PATCH, "acme/base:1"),
    ],
)
def test_what_is_written_stays_as_precise_as_it_was(reference: str, track: Track, write: str) -> None:
    given = advice(candidate("1", track), reference=reference)
    view = advice_view(given)
    assert view.best is not None
    assert view.best.reference == write


@pytest.mark.parametrize(
    ("before", "after", "risks"),
    [
        ({}, {}, ()),
        ({"libc": ""}, {}, (Risk.LIBC_UNKNOWN,)),
        ({}, {"platforms": ()}, (Risk.PLATFORMS_UNKNOWN,)),
        ({"signer": "a"}, {}, (Risk.SIGNER_LOST,)),
        ({"signer": "a"}, {"signer": "b"}, (Risk.SIGNER_CHANGED,)),
        ({}, {"support_over": True}, (Risk.SUPPORT_OVER,)),
        ({"release": "Alpine Linux v3.20"}, {"release": "Alpine Linux v3.21"}, (Risk.RELEASE,)),
        ({"release": "Ubuntu 24.04.1 LTS"}, {"release": "Ubuntu 24.04.2 LTS"}, ()),
    ],
)
def test_risks(before, after, risks) -> None:
    given = advice(candidate(facts=facts(2, **after)), facts=facts(**before))
    assert advice_view(given).candidates.shown[0].risks == risks


def test_hostile_texts_stay_texts() -> None:
    evil = "x</details>\n| a | b |\n@acme/all #1 `code` [l](http://x) <script>"
    given = replace(
        advice(
            candidate(facts=facts(2, release=evil, signer=evil, source=evil, revision=evil), note=evil),
            replace(VARIANT, facts=facts(3, release=evil)),
        ),
        reference="docker.io/library/python:GH-12",
        rejected=tuple(replace(each, tag=evil, reason=evil) for each in advice().rejected),
        stale=evil,
        problem=evil,
    )
    review = quiet(given)
    check = render_check(review)
    for text in (check.summary, check.text, render_comment(review).body):
        assert_safe(text)
    assert all(line.isprintable() for line in render_terminal(review).splitlines())
    json.loads(render_json(review))
