"""The gate: which findings and which failures to look weigh how much.

Pure. The table of missing sides is DESIGN §2, "When a side is missing".
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from bot.diff import Difference, Effect, Since
from bot.finding import Finding, Kind
from bot.image.reference import InvalidReference, Reference
from bot.inspection import Base, Inspection, Location, TargetPair
from bot.policy.bumps import BumpPolicy
from bot.policy.rules import RulePolicy
from bot.policy.unseen import pair_reasons
from bot.policy.verdict import Reason, Rule, Status, Verdict
from bot.severity import Severity
from bot.sides import bases_by_role


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
            *(reason for pair in inspection.pairs for reason in pair_reasons(pair)),
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
