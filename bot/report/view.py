"""A review as plain rows, sorted and counted: the one source of every number and order that is shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from bot.finding import Kind
from bot.inspection import Base, Gap, SnapshotSeen
from bot.policy.gate import Policy
from bot.policy.verdict import Rule, Status
from bot.report.advice import NO_ACTIONS, Actions, AdviceView, How, advice_view
from bot.report.groups import Group, Key, gather, group_of
from bot.report.images import ImagePair, image_pairs
from bot.report.listing import Listing
from bot.report.remedies import Remedy, base_at, own_remedy, remedy_for
from bot.report.rows import Row, Weights, by_severity, rows_of, weights_of
from bot.report.targets import Target, target_of
from bot.review import Review
from bot.severity import Severity


@dataclass(frozen=True, slots=True)
class Counts:
    """How many findings of what is shipped there are of each kind; those of other stages apart."""

    introduced: int
    fixed: int
    unchanged: int
    cleared: int
    build_stages: int
    unknown_severity: int
    """Of those shipped now, how many nobody rated."""
    secrets: int
    """Secrets the change introduces."""
    misconfigurations: int
    """Other faults it introduces that fail the check."""
    notes: int
    """Further ones, which do not."""


@dataclass(frozen=True, slots=True)
class View:
    """What templates receive. Lists are cut by `cut`, numbers never are."""

    status: Status
    groups: Listing[Group]
    errors: int
    """Groups with the status error."""
    failing: int
    """Groups with the status fail."""
    targets: Listing[Target]
    counts: Counts
    severities: tuple[tuple[str, int], ...]
    """Of the introduced findings."""
    blocking: int
    """Introduced findings that fail the check."""
    advice: Listing[AdviceView]
    updaters: tuple[str, ...]
    lockfiles: Listing[Gap]
    partial: bool
    snapshot: SnapshotSeen | None
    policy: Policy
    repository: str
    merge_base: str
    head: str
    judged_on: str

    @property
    def day(self) -> date:
        """When it was judged."""
        return date.fromisoformat(self.judged_on)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to tell: it passes, and no finding came, went or is cleared."""
        counts = self.counts
        told = counts.introduced or counts.fixed or counts.cleared or counts.secrets
        return self.status is Status.PASS and not told

    @property
    def is_about_policy_only(self) -> bool:
        """Whether all there is to tell is that the policy of the target branch is broken, which is not its doing."""
        told = (group.rule is Rule.POLICY_PROBLEM and not group.caused_by_change for group in self.groups)
        return bool(self.groups) and not self.targets and not self.lockfiles and all(told)

    @property
    def has_new_gaps(self) -> bool:
        """Whether the change adds something to a target that was not looked at."""
        return any(target.new_gaps for target in self.targets)

    @property
    def images(self) -> tuple[Base, ...]:
        """The images that were read, of the targets that are shown, each once."""
        bases = [pair.after for target in self.targets for pair in target.images if pair.after is not None]
        seen = {
            (base.written, base.seen.index_digest, base.seen.platform): base for base in bases if base.seen
        }
        return tuple(seen.values())

    @property
    def recommends(self) -> bool:
        """Whether there is a better base image to tell of."""
        return any(advice.best for advice in self.advice)

    def cut(self, *, rows: int, targets: int, groups: int) -> "View":
        """Show fewer rows; what is left out stays counted."""
        reasons, kept = self.groups.cut(groups), self.targets.cut(targets)
        advice = self.advice.cut(targets)
        return replace(
            self,
            groups=Listing(tuple(group.cut(rows) for group in reasons), reasons.total),
            targets=Listing(tuple(target.cut(rows) for target in kept), kept.total),
            advice=Listing(tuple(each.cut(rejected=rows) for each in advice), advice.total),
            lockfiles=self.lockfiles.cut(rows),
        )


def view_of(review: Review, actions: Actions = NO_ACTIONS, *, how: How = How.COMMAND) -> View:
    """Sort and count everything a review says; `actions` and `how` tell how a recommendation is followed."""
    weights = weights_of(review.verdict)
    targets = sorted(
        (target_of(target.pair, target.differences, weights, review.policy) for target in review.targets),
        key=lambda target: target.path,
    )
    introduced = [row for target in targets for row in target.introduced]
    groups = _groups(review, weights)
    inspection = review.inspection
    return View(
        status=review.verdict.status,
        groups=Listing.of(groups),
        errors=sum(group.status is Status.ERROR for group in groups),
        failing=sum(group.status is Status.FAIL for group in groups),
        targets=Listing.of(targets),
        counts=_counts(targets),
        severities=by_severity(introduced),
        blocking=sum(row.weight is Status.FAIL for row in introduced),
        advice=Listing.of([advice_view(advice, actions, how=how) for advice in review.advice]),
        updaters=inspection.updaters,
        lockfiles=Listing.of(inspection.gaps),
        partial=bool(inspection.gaps) or any(target.partial for target in targets),
        snapshot=inspection.snapshot,
        policy=review.policy,
        repository=inspection.repository,
        merge_base=inspection.merge_base,
        head=inspection.head,
        judged_on=review.judged_on.isoformat(),
    )


def _counts(targets: Iterable[Target]) -> Counts:
    targets = list(targets)
    now = [row for target in targets for rows in (target.introduced, target.unchanged) for row in rows]
    faults = [row for target in targets for row in target.faults]
    secrets = sum(row.finding.kind is Kind.SECRET for row in faults)
    failing = sum(row.weight is Status.FAIL and row.finding.kind is not Kind.SECRET for row in faults)
    return Counts(
        introduced=sum(target.introduced.total for target in targets),
        fixed=sum(target.fixed.total for target in targets),
        unchanged=sum(target.unchanged.total for target in targets),
        cleared=sum(target.cleared.total for target in targets),
        build_stages=sum(target.build_stages.total for target in targets),
        unknown_severity=sum(row.finding.severity is Severity.UNKNOWN for row in now),
        secrets=secrets,
        misconfigurations=failing,
        notes=len(faults) - secrets - failing,
    )


def _groups(review: Review, weights: Weights) -> list[Group]:
    images = {target.path: image_pairs(target.pair) for target in review.targets}
    groups = []
    for key, reasons in gather(review.verdict.reasons):
        differences = [reason.difference for reason in reasons if reason.difference is not None]
        rows = rows_of(differences, weights, review.policy)
        findings = [row.finding for row in rows]
        remedy = own_remedy(findings) or _remedy(key, rows, images)
        groups.append(group_of(key, reasons, remedy, rows))
    return groups


def _remedy(key: Key, rows: list[Row], images: Mapping[str, tuple[ImagePair, ...]]) -> Remedy:
    _, _, location, target, subject, _ = key
    shipped = all(row.finding.shipped for row in rows)
    # A stage that nobody knows stands in the file that builds the Dockerfile.
    everywhere = (pair for pairs in images.values() for pair in pairs if pair.after and pair.after.is_stage)
    named = (*images.get(target, ()), *everywhere)
    pair = base_at(named, subject, shipped=shipped, location=location)
    return remedy_for(pair, location, [row.finding for row in rows])
