"""Findings that are no flaws of the base image: dependencies, secrets, faults of the file, ends of life."""

from dataclasses import replace
from datetime import date

import pytest

from bot.advisory.model import FixState, Match
from bot.advisory.severity import Rating
from bot.diff import Effect, Since
from bot.finding import Finding, Kind, Origin
from bot.image.supported import Support
from bot.inspection import (
    Brought,
    DockerfileState,
    Inspection,
    Location,
    PackageStep,
    PredictedPackage,
    SeenImage,
    SyntaxProblem,
    TargetPair,
    Unresolved,
    Upgrade,
)
from bot.inventory import ImageSecret, SecretPlace, SkipKind, Skipped
from bot.package.language import language_package
from bot.policy.gate import Policy
from bot.policy.rules import RulePolicy
from bot.policy.verdict import Rule, Status
from bot.report.view import view_of
from bot.review import Review, judge
from bot.severity import Severity
from tests.report.reviews import SNAPSHOT, base, finding, image, state

TODAY = date(2026, 11, 21)
LODASH = language_package("npm", "lodash", "4.17.20")
LINE = Location("package-lock.json", 7, 11)


def hit(severity: Severity = Severity.HIGH, fixed: str = "4.17.21", kev: bool = False) -> Match:
    fix = FixState.FIXED if fixed else FixState.NOT_FIXED
    return Match(LODASH, ("CVE-2021-23337",), ("GHSA-35jh",), fix, fixed, Rating(severity, "cvss"), kev=kev)


def lockfile(*matches: Match, skipped: tuple[Skipped, ...] = (), development: bool = False) -> Brought:
    return Brought(
        Origin.DEPENDENCY,
        "package-lock.json",
        "npm",
        Location("Dockerfile", 3, 3),
        "0",
        shipped=True,
        packages=(PredictedPackage(LODASH, LINE, development=development),),
        matches=matches,
        skipped=skipped,
        upgrades=(Upgrade(LODASH, "4.17.21", "npm install lodash@4.17.21", LINE),) if matches else (),
    )


def fault(severity: Severity = Severity.MEDIUM, kind: Kind = Kind.MISCONFIGURATION) -> Finding:
    return replace(
        finding(severity=severity, fix_state=FixState.NOT_FIXED, fixed_version=""),
        kind=kind,
        ids=("root-user", "DL3002"),
        package="stage 0",
        package_type="",
        origin=Origin.INSTRUCTION,
        image="",
        title="The image runs as root",
        remedy="Add USER.",
        location=Location("Dockerfile", 4, 4),
    )


def side(
    *brought: Brought, seen: SeenImage | None = None, findings: tuple[Finding, ...] = ()
) -> DockerfileState:
    plain = state(base("shop-base:1", seen or image(1)))
    return replace(plain, brought=brought, findings=findings)


def judged(
    before: DockerfileState | None, after: DockerfileState, policy: Policy | None = None, **rest: object
) -> Review:
    inspection = Inspection("acme/shop", "1" * 40, "2" * 40, (TargetPair(before, after),), SNAPSHOT)
    return judge(replace(inspection, **rest), policy or Policy(), today=TODAY)


def rules(review: Review) -> list[tuple[Rule, Status]]:
    return [(reason.rule, reason.status) for reason in review.verdict.reasons]


INTRODUCED = [(Rule.INTRODUCED_VULNERABILITY, Status.FAIL)]


def test_a_dependency_is_found_on_its_line_with_its_upgrade() -> None:
    review = judged(side(), side(lockfile(hit())))
    assert rules(review) == INTRODUCED
    (difference,) = review.targets[0].differences
    found = difference.finding
    assert (found.origin, found.location, found.package) == (Origin.DEPENDENCY, LINE, "lodash")
    assert (found.image, found.upgrade) == ("package-lock.json", "npm install lodash@4.17.21")


@pytest.mark.parametrize(
    ("match", "policy", "development", "expected"),
    [
        (hit(), Policy(), True, []),
        (hit(), Policy(development=True), True, INTRODUCED),
        (hit(Severity.LOW), Policy(), False, []),
        (hit(Severity.LOW, kev=True), Policy(), False, INTRODUCED),
        (hit(Severity.LOW, fixed="", kev=True), Policy(), False, INTRODUCED),
        (hit(fixed=""), Policy(), False, []),
    ],
)
def test_which_dependencies_gate(
    match: Match, policy: Policy, development: bool, expected: list[tuple[Rule, Status]]
) -> None:
    assert rules(judged(side(), side(lockfile(match, development=development)), policy)) == expected


def test_a_dependency_that_was_there_is_unchanged_whatever_its_line() -> None:
    moved = replace(
        lockfile(hit()), packages=(PredictedPackage(LODASH, Location("package-lock.json", 70, 74)),)
    )
    (difference,) = judged(side(lockfile(hit())), side(moved)).targets[0].differences
    assert difference.effect is Effect.UNCHANGED


UNREADABLE = Skipped("package-lock.json", "it is not JSON")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (lockfile(), lockfile(skipped=(UNREADABLE,)), [(Rule.UNREADABLE_LOCKFILE, Status.ERROR)]),
        (
            lockfile(skipped=(UNREADABLE,)),
            lockfile(skipped=(UNREADABLE,)),
            [(Rule.UNREADABLE_LOCKFILE, Status.WARN)],
        ),
        # Unreadable as before, and yet another file.
        (
            replace(lockfile(skipped=(UNREADABLE,)), content="sha256:1"),
            replace(lockfile(skipped=(UNREADABLE,)), content="sha256:2"),
            [(Rule.UNREADABLE_LOCKFILE, Status.ERROR)],
        ),
        (
            lockfile(),
            lockfile(skipped=(replace(UNREADABLE, kind=SkipKind.UNCOVERED),)),
            [(Rule.UNCOVERED_RELEASE, Status.ERROR)],
        ),
        (lockfile(), lockfile(skipped=(replace(UNREADABLE, kind=SkipKind.UNADVISED),)), []),
        # Nobody can say what is new beside a side that could not be read.
        (
            lockfile(skipped=(UNREADABLE,)),
            lockfile(hit()),
            [(Rule.UNCOMPARABLE_VULNERABILITY, Status.WARN)],
        ),
    ],
)
def test_what_a_lockfile_that_cannot_be_read_does(
    before: Brought, after: Brought, expected: list[tuple[Rule, Status]]
) -> None:
    assert rules(judged(side(before), side(after))) == expected


@pytest.mark.parametrize(
    ("lockfiles", "blob", "status"),
    [("1", "1", Status.WARN), ("2", "1", Status.ERROR), ("1", "2", Status.ERROR)],
)
def test_more_than_is_looked_at_is_excused_while_nothing_of_it_changes(
    lockfiles: str, blob: str, status: Status
) -> None:
    problem = SyntaxProblem("too many", Location("Dockerfile", 1, 1), beyond_limits=True, lockfiles="1")
    before = replace(side(), blob="1", problem=problem)
    after = replace(side(), blob=blob, problem=replace(problem, lockfiles=lockfiles))
    assert rules(judged(before, after)) == [(Rule.UNREADABLE_LOCKFILE, status)]


def test_nothing_of_a_lockfile_that_cannot_be_read_is_fixed() -> None:
    review = judged(side(lockfile(hit())), side(lockfile(skipped=(UNREADABLE,))))
    assert review.targets[0].differences == ()


@pytest.mark.parametrize(
    ("found", "policy", "expected"),
    [
        (fault(), Policy(), []),
        (fault(Severity.HIGH), Policy(), [(Rule.INTRODUCED_MISCONFIGURATION, Status.FAIL)]),
        (
            fault(),
            Policy(fail_on_severity=Severity.MEDIUM),
            [(Rule.INTRODUCED_MISCONFIGURATION, Status.FAIL)],
        ),
        (fault(Severity.HIGH), Policy(rules=RulePolicy(off=("DL3002",))), []),
        (fault(Severity.HIGH), Policy(rules=RulePolicy(severity=(("root-user", Severity.LOW),))), []),
        (fault(Severity.LOW, Kind.SECRET), Policy(), [(Rule.INTRODUCED_SECRET, Status.FAIL)]),
        (
            fault(Severity.LOW, Kind.SECRET),
            Policy(rules=RulePolicy(off=("root-user",))),
            [(Rule.INTRODUCED_SECRET, Status.FAIL)],
        ),
    ],
)
def test_faults_of_the_file(found: Finding, policy: Policy, expected: list[tuple[Rule, Status]]) -> None:
    assert rules(judged(side(), side(findings=(found,)), policy)) == expected
    assert rules(judged(side(findings=(found,)), side(findings=(found,)), policy)) == []


def test_a_fault_is_filed_under_its_target_and_keeps_its_line() -> None:
    (difference,) = judged(None, side(findings=(fault(),))).targets[0].differences
    assert (difference.finding.target, difference.finding.location.start_line) == ("Dockerfile", 4)
    assert (difference.effect, difference.since) == (Effect.INTRODUCED, Since.FIRST_SEEN)


def test_a_secret_of_an_image_counts_where_the_change_brings_it() -> None:
    secret = ImageSecret(
        "aws-key", "AWS key", Severity.CRITICAL, SecretPlace.FILE, "root/.env", 2, "AKIA…", "f" * 16, 0
    )
    leaking = image(2)
    leaking = replace(leaking, inventory=replace(leaking.inventory, secrets=(replace(secret, deleted=True),)))
    review = judged(side(), side(seen=leaking))
    assert rules(review) == [(Rule.INTRODUCED_SECRET, Status.FAIL)]
    found = review.targets[0].differences[0].finding
    assert found.title == "AWS key in root/.env (AKIA…)"
    assert "deletes" in found.explanation
    assert rules(judged(side(seen=leaking), side(seen=leaking))) == []


@pytest.mark.parametrize(
    ("support", "warns"),
    [
        (Support("debian", "10", "2024-06-30"), True),
        (Support("debian", "12", "2028-06-30"), False),
        (Support("debian", "12", "2026-11-21"), False),
        (Support("debian", "12", "2026-11-20"), True),
        (Support("fedora", "30", "", over=True), True),
        (Support("fedora", "44", ""), False),
    ],
)
def test_an_end_of_life_warns_from_the_day_after(support: Support, warns: bool) -> None:
    review = judged(side(), side(seen=replace(image(2), support=(support,))))
    assert rules(review) == ([(Rule.END_OF_LIFE, Status.WARN)] if warns else [])


def test_staying_on_a_line_that_has_ended_is_not_this_changes_doing() -> None:
    old, new = Support("debian", "9", "2022-06-30"), Support("debian", "10", "2024-06-30")
    before, after = (side(seen=replace(image(each), support=(line,))) for each, line in ((1, old), (2, new)))
    assert rules(judged(before, after)) == []


def test_what_is_brought_needs_advisories() -> None:
    alone = replace(side(lockfile()), bases=())
    review = judged(None, alone, snapshot=None)
    assert rules(review) == [(Rule.NO_ADVISORIES, Status.ERROR)]


def test_a_variable_that_holds_a_known_secret_is_told_once() -> None:
    named = replace(fault(Severity.HIGH), ids=("secret-in-env", "DL3064"), package="final stage: ENV TOKEN")
    other = replace(named, package="final stage: ENV PASSWORD")
    token = replace(named, kind=Kind.SECRET, ids=("github-token",), package="ENV TOKEN in final stage")
    review = judged(side(), side(findings=(named, other, token)))
    assert [(each.rule, each.subject) for each in review.verdict.reasons] == [
        (Rule.INTRODUCED_MISCONFIGURATION, "final stage: ENV PASSWORD"),
        (Rule.INTRODUCED_SECRET, "ENV TOKEN in final stage"),
    ]
    # What was there by name alone, and is no news.
    review = judged(side(findings=(named,)), side(findings=(named, token)))
    assert rules(review) == [(Rule.INTRODUCED_SECRET, Status.FAIL)]


def test_what_is_left_open_now_is_not_gone() -> None:
    left_open = replace(
        lockfile(), packages=(), unresolved=(Unresolved("lodash", ">=4", "no version is pinned", LINE),)
    )
    assert judged(side(lockfile(hit())), side(left_open)).targets[0].differences == ()


def test_one_line_of_a_lockfile_is_told_once_for_all_the_images_it_lands_in() -> None:
    pairs = tuple(
        TargetPair(replace(side(), path=path), replace(side(lockfile(hit())), path=path))
        for path in ("Dockerfile", "worker/Dockerfile")
    )
    review = judged(None, side(), pairs=pairs)
    (group,) = view_of(review).groups
    assert (len(group.rows), len(set(group.findings))) == (1, 2)
    assert [each.version for each in group.remedy.needed] == ["4.17.21"]


def test_what_one_way_of_building_installs_is_no_news_in_another():
    """An instruction that is told of one part says the same of the base image of all."""
    zlib = replace(LODASH, type="apk", name="zlib", source_name="zlib")
    flaw = replace(hit(), package=zlib)
    based = base(seen=image(packages=[zlib], matches=[flaw]))
    way = replace(
        lockfile(),
        origin=Origin.INSTRUCTION,
        packages=(PredictedPackage(zlib, LINE),),
        part="web in compose.yaml",
    )
    step = PackageStep("apk", "install", (("zlib", "1"),), LINE, certain=True)
    both = replace(side(way), bases=(based,), steps=(step,))
    assert {each.effect for each in judged(both, both).targets[0].differences} <= {
        Effect.UNCHANGED,
        Effect.CLEARED,
    }
