"""Which reference is put in the place of which: by the policy alone, by a person's wish, with and without a pin."""

from dataclasses import replace
from datetime import date

import pytest

from bot.advisory.severity import Severity
from bot.bump.model import Advice, Candidate, Facts, Flaw, Rejected, Wanted
from bot.bump.plan import Demand, InUse, Plan, make_plan, why_not_needed
from bot.image.tags.model import Track
from bot.inspection import Location
from bot.policy.bumps import Treatment

NAME = "docker.io/library/python"
OLD, NEW = "sha256:" + "0" * 64, "sha256:" + "1" * 64
FACTS = Facts(OLD, OLD, 1, 1, supported_until=date(2030, 1, 1))
HIGH = Flaw("openssl", "CVE-1", Severity.HIGH, severe=True)
CRITICAL = Flaw("openssl", "CVE-2", Severity.CRITICAL, severe=True)
LOW = Flaw("openssl", "CVE-3", Severity.LOW, severe=False)


def candidate(tag: str, track: Track, treatment: Treatment, *fixes: Flaw) -> Candidate:
    facts = replace(FACTS, index_digest=NEW)
    return Candidate(tag, track, treatment, f"{NAME}:{tag}@{NEW}", facts, fixes, (), (), 0, ())


PATCH = candidate("3.12.2", Track.PATCH, Treatment.OPEN, HIGH, CRITICAL)
MINOR = candidate("3.13.0", Track.MINOR, Treatment.OFFER, HIGH)
MAJOR = candidate("4.0.0", Track.MAJOR, Treatment.SHOW, HIGH)
FRESH = candidate("3.12.1", Track.DIGEST, Treatment.OPEN, LOW)
PLAIN, PINNED = f"{NAME}:3.12.1", f"{NAME}:3.12.1@{OLD}"


def in_use(reference: str, *candidates: Candidate, problem: str = "") -> InUse:
    advice = Advice(
        reference, reference, "", Location("Dockerfile", 1, 1), FACTS, (), 1, candidates, problem=problem
    )
    return InUse(reference, OLD, advice)


@pytest.mark.parametrize(
    ("base", "demand", "pin", "after"),
    [
        (in_use(PLAIN, PATCH, MINOR), Demand(), False, f"{NAME}:3.12.2"),
        (in_use(PINNED, PATCH), Demand(), False, f"{NAME}:3.12.2@{NEW}"),
        (in_use(PLAIN, PATCH), Demand(), True, f"{NAME}:3.12.2@{NEW}"),
        # Only offered, or only shown.
        (in_use(PLAIN, MINOR), Demand(), False, None),
        (in_use(PLAIN, MINOR), Demand(bump=True), False, f"{NAME}:3.13.0"),
        (in_use(PLAIN, MAJOR), Demand(bump=True), False, None),
        (in_use(PLAIN, MAJOR), Demand(bump=True, wanted=Wanted(Track.MAJOR)), False, f"{NAME}:4.0.0"),
        # The same tag: nothing to edit without a pin.
        (in_use(PLAIN, FRESH), Demand(bump=True), False, None),
        (in_use(PINNED, FRESH), Demand(), False, None),
        (in_use(PINNED, FRESH), Demand(), True, f"{NAME}:3.12.1@{NEW}"),
        (in_use(PINNED, FRESH), Demand(bump=True), False, f"{NAME}:3.12.1@{NEW}"),
        (in_use(PLAIN), Demand(), True, f"{NAME}:3.12.1@{OLD}"),
        (in_use(PLAIN), Demand(pin=True), False, f"{NAME}:3.12.1@{OLD}"),
        (in_use(PINNED), Demand(pin=True), False, None),
        (InUse(PLAIN, ""), Demand(pin=True), False, None),
        (in_use(f"{NAME}@{OLD}"), Demand(), True, None),
    ],
)
def test_what_is_chosen(base: InUse, demand: Demand, pin: bool, after: str | None) -> None:
    plan = make_plan(NAME, [base], pin=pin, demand=demand)
    assert [each.after for each in plan.chosen] == ([after] if after else [])


def test_a_plan_knows_what_it_clears() -> None:
    plan = make_plan(NAME, [in_use(PLAIN, PATCH), in_use(PINNED, PATCH)], pin=False)
    assert plan.critical == {"CVE-2"}
    assert plan.cleared == 4


def test_what_was_not_seen_is_an_obstacle() -> None:
    assert make_plan(NAME, [InUse(PLAIN, "", None, "no answer")], pin=False).obstacle == "no answer"
    assert make_plan(NAME, [in_use(PLAIN, problem="no tags")], pin=False).obstacle == "no tags"
    unread = Rejected("3.12.9", "it could not be read: no answer", unread=True)
    base = in_use(PLAIN, PATCH)
    assert base.advice is not None
    base = replace(base, advice=replace(base.advice, rejected=(unread,)))
    assert make_plan(NAME, [base], pin=False).obstacle == "3.12.9: it could not be read: no answer"
    assert Plan(NAME, unseen="too many files").obstacle == "too many files"


MOVES = [(NAME, "3.12.2", "patch")]


@pytest.mark.parametrize(
    ("bases", "why"),
    [
        ([], "no file of main uses python any more"),
        ([InUse(f"{NAME}:3.12.2", OLD)], "main has it now"),
        ([InUse(PLAIN, OLD)], "no candidate for python clears a vulnerability that gates any more"),
    ],
)
def test_why_it_is_of_no_use_any_more(bases: list[InUse], why: str) -> None:
    assert why_not_needed(Plan(NAME, tuple(bases)), MOVES, "main") == why
