"""What blocks, what warns and what passes: the gate as tables."""

from dataclasses import replace

import pytest

from bot.advisory.model import FixState
from bot.advisory.severity import Severity
from bot.diff import Difference, Effect, Since
from bot.inspection import Base, Inspection, Location, SnapshotSeen, SyntaxProblem, TargetPair
from bot.inventory import SkipKind, Skipped
from bot.policy.gate import Policy, decide, is_severe
from bot.policy.verdict import Rule, Status, Verdict
from tests.report.reviews import SNAPSHOT, base, finding, image, package, state

DEFAULT = Policy()
LENIENT = Policy(fail_on_severity=Severity.CRITICAL, unknown_severity=Severity.LOW)
STRICT = Policy(fail_on_severity=Severity.LOW, only_fixed=False)


@pytest.mark.parametrize(
    ("severity", "fix", "policy", "severe"),
    [
        (Severity.CRITICAL, FixState.FIXED, DEFAULT, True),
        (Severity.HIGH, FixState.FIXED, DEFAULT, True),
        (Severity.MEDIUM, FixState.FIXED, DEFAULT, False),
        (Severity.LOW, FixState.FIXED, DEFAULT, False),
        (Severity.NEGLIGIBLE, FixState.FIXED, DEFAULT, False),
        (Severity.UNKNOWN, FixState.FIXED, DEFAULT, True),
        (Severity.UNKNOWN, FixState.NOT_FIXED, DEFAULT, False),
        (Severity.CRITICAL, FixState.NOT_FIXED, DEFAULT, False),
        (Severity.CRITICAL, FixState.WILL_NOT_FIX, DEFAULT, False),
        (Severity.CRITICAL, FixState.FIXED_IN_NEWER_RELEASE, DEFAULT, False),
        (Severity.HIGH, FixState.FIXED, LENIENT, False),
        (Severity.UNKNOWN, FixState.FIXED, LENIENT, False),
        (Severity.CRITICAL, FixState.NOT_FIXED, STRICT, True),
        # What nobody rated and nobody can fix is no reason to stop anybody, however strict.
        (Severity.UNKNOWN, FixState.NOT_FIXED, STRICT, False),
    ],
)
def test_what_is_severe(severity: Severity, fix: FixState, policy: Policy, severe: bool) -> None:
    assert is_severe(finding(severity=severity, fix_state=fix), policy) is severe


def verdict(*differences: Difference, pairs=(), snapshot: SnapshotSeen | None = SNAPSHOT, **rest) -> Verdict:
    inspection = Inspection("acme/shop", "1" * 40, "2" * 40, tuple(pairs), snapshot, **rest)
    return decide(inspection, list(differences), DEFAULT)


def rules(verdict: Verdict) -> list[tuple[Rule, Status]]:
    return [(reason.rule, reason.status) for reason in verdict.reasons]


@pytest.mark.parametrize(
    ("effect", "since", "shipped", "expected"),
    [
        (Effect.INTRODUCED, Since.FIRST_SEEN, True, (Rule.INTRODUCED_VULNERABILITY, Status.FAIL)),
        (Effect.INTRODUCED, Since.NEW_ADVISORY, True, (Rule.NEW_ADVISORY, Status.WARN)),
        (Effect.INTRODUCED, Since.UPSTREAM_MOVED, True, (Rule.UPSTREAM_MOVED, Status.WARN)),
        (Effect.INTRODUCED, Since.UNKNOWN, True, (Rule.UNCOMPARABLE_VULNERABILITY, Status.WARN)),
        (Effect.INTRODUCED, Since.FIRST_SEEN, False, None),
        (Effect.UNCHANGED, Since.FIRST_SEEN, True, None),
        (Effect.UNCHANGED, Since.NEW_ADVISORY, True, None),
        (Effect.FIXED, Since.UNKNOWN, True, None),
        (Effect.CLEARED, Since.FIRST_SEEN, True, None),
    ],
)
def test_what_a_severe_finding_weighs(
    effect: Effect, since: Since, shipped: bool, expected: tuple[Rule, Status] | None
) -> None:
    found = verdict(Difference(finding(shipped=shipped), effect, since))
    assert rules(found) == ([expected] if expected else [])
    assert found.status is (expected[1] if expected else Status.PASS)


READ = base("a:1", image(1, [package()]))
ALSO_READ = base("a:2", image(2, [package()]))
PACKAGES = (package(),)
GONE = Skipped("image", "host answered 404", SkipKind.UNREADABLE)


def unread(written: str, *, shipped: bool = True, kind: SkipKind = SkipKind.UNREADABLE, **rest) -> Base:
    return base(written, missing=Skipped("image", "host answered 404", kind), shipped=shipped, **rest)


def unresolved(written: str) -> Base:
    missing = Skipped(written, "ARG BASE has no value", SkipKind.UNRESOLVED)
    return Base(written, "", Location("Dockerfile", 1, 1), (), "0", True, missing=missing)


def partly(written: str, kind: SkipKind, why: str = "why", packages=PACKAGES) -> Base:
    return base(written, image(1, packages, skipped=[Skipped("what", why, kind)]))


def recalled(written: str, *, confirmed: bool = True) -> Base:
    return Base(
        written,
        f"docker.io/library/{written}",
        Location("Dockerfile", 1, 1),
        (),
        "0",
        True,
        seen=replace(image(1), confirmed=confirmed),
        recalled=True,
    )


@pytest.mark.parametrize(
    ("before", "after", "rule", "status", "guilty"),
    [
        (READ, unread("a:2"), Rule.UNREADABLE_IMAGE, Status.ERROR, True),
        (None, unread("a:2"), Rule.UNREADABLE_IMAGE, Status.ERROR, True),
        (unread("a:1"), unread("a:1"), Rule.UNREADABLE_IMAGE, Status.WARN, False),
        (recalled("a:1"), unread("a:1"), Rule.UNREADABLE_IMAGE, Status.WARN, False),
        (recalled("a:1"), unread("a:2"), Rule.UNREADABLE_IMAGE, Status.ERROR, True),
        (unread("a:1"), unread("a:2"), Rule.UNREADABLE_IMAGE, Status.ERROR, True),
        (unread("a:1"), ALSO_READ, Rule.UNREADABLE_BASE_SIDE, Status.WARN, False),
        (recalled("a:1", confirmed=False), ALSO_READ, Rule.RECALLED_BASE_SIDE, Status.WARN, False),
        (READ, unresolved("$BASE"), Rule.UNRESOLVED_REFERENCE, Status.ERROR, True),
        (unread("a:1"), unresolved("$BASE"), Rule.UNRESOLVED_REFERENCE, Status.ERROR, True),
        (unresolved("$BASE"), unresolved("$BASE"), Rule.UNRESOLVED_REFERENCE, Status.WARN, False),
        (unresolved("$BASE"), ALSO_READ, Rule.UNREADABLE_BASE_SIDE, Status.WARN, False),
        (READ, partly("a:2", SkipKind.UNCOVERED), Rule.UNCOVERED_RELEASE, Status.ERROR, True),
        (
            partly("a:1", SkipKind.UNCOVERED),
            partly("a:1", SkipKind.UNCOVERED),
            Rule.UNCOVERED_RELEASE,
            Status.WARN,
            False,
        ),
        (
            partly("a:1", SkipKind.UNCOVERED),
            partly("a:2", SkipKind.UNCOVERED),
            Rule.UNCOVERED_RELEASE,
            Status.ERROR,
            True,
        ),
        (
            partly("a:1", SkipKind.UNCOVERED, "release 1"),
            partly("a:2", SkipKind.UNCOVERED, "release 2"),
            Rule.UNCOVERED_RELEASE,
            Status.ERROR,
            True,
        ),
        (READ, partly("a:2", SkipKind.UNREADABLE), Rule.UNREADABLE_IMAGE, Status.ERROR, True),
        (
            READ,
            partly("a:2", SkipKind.UNCATALOGUED, packages=()),
            Rule.UNEXAMINED_IMAGE,
            Status.WARN,
            True,
        ),
    ],
)
def test_what_a_side_that_could_not_be_looked_at_weighs(
    before: Base | None, after: Base, rule: Rule, status: Status, guilty: bool
) -> None:
    pair = TargetPair(state(before) if before else None, state(after))
    found = verdict(pairs=[pair])
    assert [(each.rule, each.status, each.caused_by_change) for each in found.reasons] == [
        (rule, status, guilty)
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (READ, ALSO_READ),
        (None, READ),
        (READ, partly("a:2", SkipKind.UNCATALOGUED)),
        (recalled("a:1"), ALSO_READ),
    ],
)
def test_sides_that_were_looked_at_weigh_nothing(before: Base | None, after: Base) -> None:
    assert rules(verdict(pairs=[TargetPair(state(before) if before else None, state(after))])) == []


def test_a_platform_that_cannot_be_read_is_another_question() -> None:
    before = unread("a:1")
    after = Base(
        before.written,
        before.reference,
        before.location,
        (),
        "0",
        True,
        platform="linux/arm64",
        missing=GONE,
    )
    found = verdict(pairs=[TargetPair(state(before), state(after))])
    assert rules(found) == [(Rule.UNREADABLE_IMAGE, Status.ERROR)]


BROKEN = SyntaxProblem("unknown instruction: FRMO", Location("Dockerfile", 1, 1))
OTHERWISE = SyntaxProblem("no FROM", Location("Dockerfile", 1, 1))


@pytest.mark.parametrize(
    ("before", "after", "rule", "status"),
    [
        (state(READ), state(problem=BROKEN), Rule.DOCKERFILE_SYNTAX, Status.ERROR),
        (None, state(problem=BROKEN), Rule.DOCKERFILE_SYNTAX, Status.ERROR),
        (state(problem=BROKEN), state(problem=BROKEN), Rule.DOCKERFILE_SYNTAX, Status.WARN),
        (state(problem=OTHERWISE), state(problem=BROKEN), Rule.DOCKERFILE_SYNTAX, Status.ERROR),
        (state(problem=BROKEN), state(READ), Rule.UNREADABLE_BASE_SIDE, Status.WARN),
    ],
)
def test_what_bad_syntax_weighs(before, after, rule: Rule, status: Status) -> None:
    assert rules(verdict(pairs=[TargetPair(before, after)])) == [(rule, status)]


CHANGED = TargetPair(state(READ), state(ALSO_READ))
OLD = SnapshotSeen("s", (("Alpine", "2026-11-12"),), old=("Alpine",))
TOO_OLD = SnapshotSeen("s", (("Alpine", "2026-01-12"),), too_old=("Alpine",))


@pytest.mark.parametrize(
    ("snapshot", "pair", "expected"),
    [
        (None, CHANGED, [(Rule.NO_ADVISORIES, Status.ERROR)]),
        (None, TargetPair(state(READ), None), []),
        (None, TargetPair(None, state()), []),
        (OLD, CHANGED, [(Rule.STALE_ADVISORIES, Status.WARN)]),
        (TOO_OLD, CHANGED, [(Rule.STALE_ADVISORIES, Status.ERROR)]),
        (SNAPSHOT, CHANGED, []),
    ],
)
def test_what_advisories_weigh(snapshot, pair: TargetPair, expected: list[tuple[Rule, Status]]) -> None:
    assert rules(verdict(pairs=[pair], snapshot=snapshot)) == expected


def test_a_change_that_was_not_seen_whole_is_an_error() -> None:
    assert rules(verdict(incomplete="too many files")) == [(Rule.INCOMPLETE_CHANGE, Status.ERROR)]


def test_a_deleted_target_weighs_nothing() -> None:
    assert rules(verdict(pairs=[TargetPair(state(unread("a:1")), None)])) == []


def test_the_shipped_stages_meet_whatever_they_are_called() -> None:
    before = state(unread("a:1", stage="final"))
    after = state(base("b:1", image(1), shipped=False, stage="build"), unread("a:1", stage="app"))
    assert rules(verdict(pairs=[TargetPair(before, after)])) == [(Rule.UNREADABLE_IMAGE, Status.WARN)]


def test_the_worst_reason_comes_first_and_decides() -> None:
    found = verdict(
        Difference(finding(), Effect.INTRODUCED, Since.NEW_ADVISORY),
        Difference(finding("zlib"), Effect.INTRODUCED, Since.FIRST_SEEN),
        incomplete="too many files",
    )
    assert [reason.status for reason in found.reasons] == [Status.ERROR, Status.FAIL, Status.WARN]
    assert found.status is Status.ERROR
