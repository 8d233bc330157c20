"""Findings as rows: what each weighs in the verdict, and the order a person wants them in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bot.diff import Difference, Effect
from bot.finding import Finding, Kind
from bot.policy.gate import Policy, counts_as
from bot.policy.verdict import Status, Verdict
from bot.severity import Severity


class Spared(StrEnum):
    """Why an introduced finding does not weigh in the verdict."""

    NOT_SHIPPED = "not-shipped"
    NO_FIX = "no-fix"
    BELOW_GATE = "below-gate"
    DEVELOPMENT = "development"


@dataclass(frozen=True, slots=True)
class Row:
    """One finding as listed: `weight` is what it did to the verdict, `spared` why it did nothing."""

    finding: Finding
    effect: Effect
    since: str
    carried_over: bool
    counts_as: Severity
    weight: Status = Status.PASS
    spared: Spared | None = None

    @property
    def order(self) -> tuple[object, ...]:
        """Worst first, then by name; total, so equal reviews print equally."""
        finding = self.finding
        severity = (-finding.severity, not finding.fixable)
        return (-self.weight, *severity, finding.package, finding.version, finding.ids, finding.image)


Weights = dict[tuple[Finding, Effect], Status]


def weights_of(verdict: Verdict) -> Weights:
    """What each finding named by a reason weighs."""
    weights: Weights = {}
    for reason in verdict.reasons:
        if reason.difference is not None:
            key = (reason.difference.finding, reason.difference.effect)
            weights[key] = max(weights.get(key, Status.PASS), reason.status)
    return weights


def rows_of(differences: Iterable[Difference], weights: Weights, policy: Policy) -> list[Row]:
    """Rows in the order they are listed."""
    rows = [_row(difference, weights, policy) for difference in differences]
    return sorted(rows, key=lambda row: row.order)


def _row(difference: Difference, weights: Weights, policy: Policy) -> Row:
    finding, effect = difference.finding, difference.effect
    weight = weights.get((finding, effect), Status.PASS)
    spared = None
    if effect is Effect.INTRODUCED and weight is Status.PASS:
        spared = _spared(finding, policy)
    weighed = counts_as(finding, policy)
    return Row(finding, effect, difference.since, difference.carried_over, weighed, weight, spared)


def _spared(finding: Finding, policy: Policy) -> Spared:
    if not finding.shipped:
        return Spared.NOT_SHIPPED
    if finding.kind is not Kind.VULNERABILITY:
        return Spared.BELOW_GATE
    if finding.development and not policy.development:
        return Spared.DEVELOPMENT
    if policy.only_fixed and not finding.fixable and finding.severity >= policy.fail_on_severity:
        return Spared.NO_FIX
    return Spared.BELOW_GATE


def by_severity(rows: Iterable[Row]) -> tuple[tuple[str, int], ...]:
    """How many rows there are of each severity, the worst first, without zeros."""
    counts = dict.fromkeys(sorted(Severity, reverse=True), 0)
    for row in rows:
        counts[row.finding.severity] += 1
    return tuple((severity.word, count) for severity, count in counts.items() if count)
