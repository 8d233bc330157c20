"""The gate: which findings and which failures to look weigh how much.

Pure. The table of missing sides is DESIGN §2, "When a side is missing".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.brought import content_of, obstacle_of
from bot.diff import Difference, Effect, Since
from bot.finding import Finding, Kind
from bot.image.reference import InvalidReference, Reference
from bot.inspection import (
    Base,
    Brought,
    DockerfileState,
    Inspection,
    Location,
    TargetPair,
    bases_by_role,
    obstacle,
    unexamined,
)
from bot.inventory import SkipKind, Skipped
from bot.policy.bumps import BumpPolicy
from bot.policy.rules import RulePolicy
from bot.policy.verdict import Reason, Rule, Status, Verdict
from bot.severity import Severity


@dataclass(frozen=True, slots=True)
class PolicyProblem:
    """Something in the repository's file that cannot be understood."""

    location: Location
    message: str


@dataclass(frozen=True, slots=True)
class Policy:
    """What blocks. The defaults are the product's: severe, fixable, shipped, and caused by this change."""

    fail_on_severity: Severity = Severity.HIGH
    only_fixed: bool = True
    unknown_severity: Severity = Severity.HIGH
    """What a fixable finding that nobody rated counts as."""
    development: bool = False
    """Whether packages that are only needed to develop gate like others."""
    rules: RulePolicy = field(default_factory=RulePolicy)
    """Which rules for Dockerfiles are heard."""
    bump: BumpPolicy = field(default_factory=BumpPolicy)
    source: str = ""
    """Where it comes from, such as `.github/plimsoll.yml at 0123abc`; empty for the defaults."""
    problems: tuple[PolicyProblem, ...] = ()
    """What is wrong with the repository's file. What it says then is not in use; the last good policy, or the
    default, is."""
    proposed: tuple[PolicyProblem, ...] | None = None
    """What is wrong with the file as this change leaves it; None when the change does not touch it."""


RULE_OF_KIND = {
    Kind.SECRET: (Rule.INTRODUCED_SECRET, Status.FAIL),
    Kind.MISCONFIGURATION: (Rule.INTRODUCED_MISCONFIGURATION, Status.FAIL),
    Kind.END_OF_LIFE: (Rule.END_OF_LIFE, Status.WARN),
}
RULE_OF_SINCE = {
    Since.FIRST_SEEN: (Rule.INTRODUCED_VULNERABILITY, Status.FAIL),
    Since.NEW_ADVISORY: (Rule.NEW_ADVISORY, Status.WARN),
    Since.UPSTREAM_MOVED: (Rule.UPSTREAM_MOVED, Status.WARN),
    Since.UNKNOWN: (Rule.UNCOMPARABLE_VULNERABILITY, Status.WARN),
}
RULE_OF_SKIP = {
    SkipKind.UNREADABLE: Rule.UNREADABLE_IMAGE,
    SkipKind.UNRESOLVED: Rule.UNRESOLVED_REFERENCE,
    SkipKind.UNCOVERED: Rule.UNCOVERED_RELEASE,
}


def counts_as(finding: Finding, policy: Policy) -> Severity:
    """Its severity; a fixable finding that nobody rated counts as what the policy says."""
    unrated = finding.severity is Severity.UNKNOWN and finding.fixable
    return policy.unknown_severity if unrated else finding.severity


def is_severe(finding: Finding, policy: Policy) -> bool:
    """Whether a finding is bad enough to gate, wherever it comes from."""
    if finding.kind is not Kind.VULNERABILITY:
        return finding.kind is not Kind.MISCONFIGURATION or finding.severity >= policy.fail_on_severity
    if finding.development and not policy.development:
        return False
    if finding.kev:
        return True
    if policy.only_fixed and not finding.fixable:
        return False
    return counts_as(finding, policy) >= policy.fail_on_severity


def decide(inspection: Inspection, differences: list[Difference], policy: Policy) -> Verdict:
    """Weigh everything that was found and everything that could not be looked at."""
    return Verdict.of(
        [
            *_advisory_reasons(inspection),
            *(reason for pair in inspection.pairs for reason in _pair_reasons(pair)),
            *_finding_reasons(differences, policy),
            *_incomplete(inspection),
            *_policy_reasons(policy),
            *(_pin_reasons(inspection) if policy.bump.pin else ()),
        ]
    )


def _finding_reasons(differences: list[Difference], policy: Policy) -> Iterator[Reason]:
    for difference in differences:
        finding = difference.finding
        if difference.effect is Effect.INTRODUCED and finding.shipped and is_severe(finding, policy):
            rule, status = _rule_of(difference)
            yield Reason(rule, status, finding.location, difference, subject=finding.package)


def _rule_of(difference: Difference) -> tuple[Rule, Status]:
    if difference.since is Since.FIRST_SEEN and difference.finding.kind in RULE_OF_KIND:
        return RULE_OF_KIND[difference.finding.kind]
    rule, status = RULE_OF_SINCE[difference.since]
    return rule, status


def _advisory_reasons(inspection: Inspection) -> Iterator[Reason]:
    if inspection.snapshot is None:
        if any(pair.after and _asks_for_advisories(pair) for pair in inspection.pairs):
            yield Reason(Rule.NO_ADVISORIES, Status.ERROR, caused_by_change=False)
        return
    for feeds, status in (
        (inspection.snapshot.too_old, Status.ERROR),
        (inspection.snapshot.old, Status.WARN),
    ):
        for feed in feeds:
            detail = dict(inspection.snapshot.checked).get(feed, "")
            yield Reason(Rule.STALE_ADVISORIES, status, subject=feed, detail=detail, caused_by_change=False)


def _asks_for_advisories(pair: TargetPair) -> bool:
    brings = any(each.packages for side in (pair.before, pair.after) if side for each in side.brought)
    return brings or any(base.seen or base.missing for base in pair.bases())


def _incomplete(inspection: Inspection) -> Iterator[Reason]:
    if inspection.incomplete:
        yield Reason(Rule.INCOMPLETE_CHANGE, Status.ERROR, detail=inspection.incomplete)


def _policy_reasons(policy: Policy) -> Iterator[Reason]:
    """What is wrong with the policy in force, and with the one this change would bring. Neither blocks."""
    for problem in policy.problems:
        where, said = problem.location, problem.message
        if policy.proposed is not None:
            # The lines of the head are others.
            said = f"line {where.start_line}: {said}"
        location = where if policy.proposed is None else None
        yield Reason(
            Rule.POLICY_PROBLEM,
            Status.WARN,
            location,
            subject=where.path,
            detail=said,
            caused_by_change=False,
        )
    for problem in policy.proposed or ():
        where = problem.location
        yield Reason(Rule.POLICY_PROBLEM, Status.WARN, where, subject=where.path, detail=problem.message)


def _pin_reasons(inspection: Inspection) -> Iterator[Reason]:
    """Base images without a digest, each with the text to write instead, where that is known."""
    for pair in inspection.pairs:
        before = bases_by_role(pair.before)
        for role, base in bases_by_role(pair.after).items():
            if not base.reference or "@" in base.reference:
                continue
            old = before.get(role)
            yield Reason(
                Rule.UNPINNED_IMAGE,
                Status.WARN,
                base.location,
                subject=base.written,
                detail=_pinned(base),
                caused_by_change=old is None or old.written != base.written,
            )


def _pinned(base: Base) -> str:
    """The text to write, as `tag@digest`; empty when the image was not seen, or a variable decides which it is."""
    if base.seen is None:
        return ""
    try:
        written = Reference.parse(base.written)
    except InvalidReference:
        return ""
    tag = written.tag or Reference.parse(base.reference).tag
    return str(replace(written, tag=tag, digest=base.seen.index_digest))


def _pair_reasons(pair: TargetPair) -> Iterator[Reason]:
    if pair.after is None:
        return
    yield from _syntax_reasons(pair.before, pair.after)
    yield from _source_reasons(pair.before, pair.after)
    before = bases_by_role(pair.before)
    for role, base in bases_by_role(pair.after).items():
        for reason in _base_reasons(before.get(role), base):
            mild = bool(pair.after.kind) and _is_mild(before.get(role), base)
            yield replace(reason, status=min(reason.status, Status.WARN)) if mild else reason


def _syntax_reasons(before: DockerfileState | None, after: DockerfileState) -> Iterator[Reason]:
    if after.problem is None:
        if before is not None and before.problem is not None:
            yield _reason_of_base_side(after.shipped, "the file of the base could not be understood")
        return
    old = before is not None and _is_same_problem(before, after)
    yield Reason(
        Rule.UNREADABLE_LOCKFILE if after.problem.lockfiles else Rule.DOCKERFILE_SYNTAX,
        Status.WARN if old else Status.ERROR,
        after.problem.location,
        subject=after.path,
        detail=after.problem.reason,
        caused_by_change=not old,
    )


def _is_same_problem(before: DockerfileState, after: DockerfileState) -> bool:
    """Whether the change is innocent: what is no Dockerfile was none before, what is beyond limits did not change."""
    was, now = before.problem, after.problem
    if was is None or now is None or was.reason != now.reason:
        return False
    return not now.beyond_limits or (before.blob, was.lockfiles) == (after.blob, now.lockfiles)


RULE_OF_SOURCE = {SkipKind.UNCOVERED: Rule.UNCOVERED_RELEASE}


def _source_reasons(before: DockerfileState | None, after: DockerfileState) -> Iterator[Reason]:
    """Lockfiles and commands about which nothing can be concluded; a warning where that was so before."""
    was = {
        (each.source, skip.kind, _what_of(each, skip))
        for each in (before.brought if before else ())
        for skip in each.skipped
    }
    for brought in after.brought:
        skipped = obstacle_of(brought)
        if skipped is None or not brought.shipped:
            continue
        excused = (brought.source, skipped.kind, _what_of(brought, skipped)) in was
        yield Reason(
            RULE_OF_SOURCE.get(skipped.kind, Rule.UNREADABLE_LOCKFILE),
            Status.WARN if excused else Status.ERROR,
            brought.location,
            subject=brought.source,
            detail=skipped.why,
            caused_by_change=not excused,
        )


def _what_of(brought: Brought, skipped: Skipped) -> str:
    """What has to be as it was for an excuse; that no advisories cover it excuses what it brings, whatever that is."""
    return "" if skipped.kind is SkipKind.UNCOVERED else brought.content or content_of(brought)


def _is_mild(before: Base | None, after: Base) -> bool:
    """Whether an obstacle in a file that is no Dockerfile only warns: what is not shipped, and what its user fills in.

    Where an image stood before, a variable in its place is no excuse.
    """
    unresolved = after.missing is not None and after.missing.kind is SkipKind.UNRESOLVED
    return not after.shipped or (before is None and unresolved)


def _base_reasons(before: Base | None, after: Base) -> Iterator[Reason]:
    here, there = obstacle(after), obstacle(before) if before else None
    if here is None and (unread := unexamined(after.seen)) is not None:
        yield Reason(
            Rule.UNEXAMINED_IMAGE, Status.WARN, after.location, subject=after.reference, detail=unread.why
        )
    if here is None:
        if before is not None and there is not None and not before.recalled:
            yield _reason_of_base_side(after, f"{before.written}: {there.why}")
        if before is not None and before.seen is not None and not before.seen.confirmed:
            yield _reason_of_base_side(after, before.written, Rule.RECALLED_BASE_SIDE)
        return
    excused = before is not None and _same_obstacle(before, there, after, here)
    yield Reason(
        RULE_OF_SKIP.get(here.kind, Rule.UNREADABLE_IMAGE),
        Status.WARN if excused else Status.ERROR,
        after.location,
        subject=after.reference or after.written,
        detail=here.why,
        caused_by_change=not excused,
    )


def _same_obstacle(before: Base, there: Skipped | None, after: Base, here: Skipped) -> bool:
    """Whether the change is innocent: both sides fail alike on the same reference, or only a builder knows it."""
    same = _asked_for(before) == _asked_for(after)
    if there is None:
        # What is remembered of the base side could not be read now either.
        return same and before.recalled
    if there.kind is SkipKind.UNRESOLVED and here.kind is SkipKind.UNRESOLVED:
        return True
    return same and there.kind is here.kind


def _asked_for(base: Base) -> tuple[str, str]:
    return base.reference or base.written, base.platform


def _reason_of_base_side(after: Base | None, detail: str, rule: Rule = Rule.UNREADABLE_BASE_SIDE) -> Reason:
    location = after.location if after else None
    subject = after.written if after else ""
    return Reason(
        rule,
        Status.WARN,
        location,
        subject=subject,
        detail=detail,
        caused_by_change=False,
    )
