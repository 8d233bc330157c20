"""What the gate says of the policy itself and of missing digests, and that the policy survives being stored."""

from dataclasses import replace
from datetime import date

import pytest

from bot import codec
from bot.config import PATH, parse_config
from bot.image.reference import Reference
from bot.inspection import Inspection, Location
from bot.policy.bumps import BumpPolicy
from bot.policy.gate import Policy, PolicyProblem
from bot.policy.patterns import names_of
from bot.policy.verdict import Rule, Status
from bot.report.annotation import annotations
from bot.report.check_run import render_check
from bot.report.view import view_of
from bot.review import judge
from tests.report.reviews import DIGESTS, base, image, one_target, unreadable

PROBLEM = PolicyProblem(Location(PATH, 3, 3), "unknown key 'x'")
PINNED = Policy(bump=BumpPolicy(pin=True))


def reviewed(policy):
    return judge(Inspection("acme/shop", "1" * 40, "2" * 40), policy, today=date(2026, 11, 21))


@pytest.mark.parametrize(
    ("policy", "reasons"),
    [
        (Policy(), []),
        (Policy(proposed=()), []),
        (Policy(problems=(PROBLEM,)), [(3, "unknown key 'x'", False)]),
        (Policy(problems=(PROBLEM,), proposed=()), [(None, "line 3: unknown key 'x'", False)]),
        (Policy(proposed=(PROBLEM,)), [(3, "unknown key 'x'", True)]),
    ],
)
def test_problems_warn_and_know_whose_they_are(policy, reasons):
    verdict = reviewed(policy).verdict
    found = [
        (reason.location.start_line if reason.location else None, reason.detail, reason.caused_by_change)
        for reason in verdict.reasons
    ]
    assert found == reasons
    assert verdict.status is (Status.WARN if reasons else Status.PASS)
    assert {reason.rule for reason in verdict.reasons} <= {Rule.POLICY_PROBLEM}


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        (
            Policy(problems=(PROBLEM,)),
            "Judged by the default policy, because that of the target branch has 1 problem.",
        ),
        (Policy(problems=(PROBLEM,), source="a, blob b"), "Judged by the last good policy (a, blob b)"),
    ],
)
def test_what_judged_instead_is_said(policy, words):
    assert words in render_check(reviewed(policy)).summary


def pins(review):
    return [reason for reason in review.verdict.reasons if reason.rule is Rule.UNPINNED_IMAGE]


def test_a_missing_digest_is_said_with_the_text_to_write():
    review = one_target(policy=PINNED)
    (reason,) = pins(review)
    assert (reason.status, reason.location, reason.caused_by_change) == (
        Status.WARN,
        Location("Dockerfile", 1, 1),
        True,
    )
    (note,) = annotations(view_of(review))
    assert f"FROM on line 1: write `shop-base:2@{DIGESTS[2]}`." in note.message


@pytest.mark.parametrize(
    ("review", "expected"),
    [
        (one_target(), []),
        (one_target(policy=PINNED, before=base("shop-base:2", image(2))), [False]),
        (one_target(policy=PINNED, after=base(f"shop-base:2@{DIGESTS[2]}", image(2))), []),
    ],
)
def test_pins_are_asked_for_where_the_policy_says_so(review, expected):
    assert [reason.caused_by_change for reason in pins(review)] == expected


def test_an_image_that_could_not_be_read_has_no_digest_to_write():
    review = unreadable()
    again = judge(review.inspection, PINNED, today=review.judged_on)
    (reason,) = pins(again)
    assert reason.detail == ""


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("shop-base", f"shop-base:latest@{DIGESTS[2]}"),
        ("ghcr.io/acme/base:1", f"ghcr.io/acme/base:1@{DIGESTS[2]}"),
        # With another value the same digest would be another image than its tag says.
        ("shop-base:${VERSION}", ""),
    ],
)
def test_the_text_to_write_names_the_tag_that_is_kept_fresh(written, text):
    reference = Reference.parse(written.replace("${VERSION}", "2")).normalized()
    after = replace(base(str(reference), image(2)), written=written)
    (reason,) = pins(one_target(policy=PINNED, after=after))
    assert reason.detail == text


def test_a_policy_is_the_same_after_it_was_stored():
    text = """
fail-on-severity: low
bump:
  tracks: {major: off}
  schedule: {days: [sun], from: 22:00, to: 06:30, timezone: Europe/Berlin}
  cool-down: 0.5
  ignore: [{image: node, tracks: [major], until: 2027-01-31, reason: later}]
"""
    policy, problems = parse_config(text.encode())
    assert problems == ()
    assert codec.load(Policy, codec.dump(Policy, policy)) == policy


@pytest.mark.parametrize(
    ("image", "names"),
    [
        ("docker.io/library/node", ("docker.io/library/node", "library/node", "node")),
        ("node", ("docker.io/library/node", "library/node", "node")),
        ("docker.io/acme/shop", ("docker.io/acme/shop", "acme/shop")),
        ("ghcr.io/acme/shop", ("ghcr.io/acme/shop",)),
        ("ghcr.io/*", ("ghcr.io/*",)),
    ],
)
def test_names_of_an_image(image, names):
    assert names_of(image) == names
