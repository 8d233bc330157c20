"""The centre: a change in, a review out. Knows no GitHub, no registry and no database.

The pull-request handler and `plimsoll review` on a laptop both call `review`; `judge` alone replays a stored
inspection with a byte-equal result.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from types import MappingProxyType

from bot.advice import AdvisingReader, advice_on
from bot.brought import brought_findings, content_of, unread_sources
from bot.bump.model import Advice
from bot.change import Change
from bot.conditions import image_findings, own_findings
from bot.diff import Difference, Earlier, Effect, diff, since
from bot.dockerfile.rules import secret_in_arg, secret_in_env
from bot.effective import used_findings
from bot.finding import Finding, Kind, Origin
from bot.findings import cause_of, findings_of
from bot.inspection import ANY, DockerfileState, Inspection, TargetPair
from bot.inspector import inspect
from bot.parts import Part, parts_of
from bot.policy.gate import Policy, decide
from bot.policy.verdict import Verdict
from bot.sides import is_blind, obstacle, unexamined
from bot.suggestion import advised_use, line_edit, placed

BY_NAME = frozenset({secret_in_env.RULE.id, secret_in_arg.RULE.id})
"""Rules that only know the name of a variable: where its value is known for a secret, that says it all."""
EarlierVerdicts = Mapping[str, Earlier]
"""Target → what the last stored verdict said of it."""
NOTHING_EARLIER: EarlierVerdicts = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TargetReview:
    """One target: its two sides and what differs between them."""

    pair: TargetPair
    differences: tuple[Difference, ...]

    @property
    def path(self) -> str:
        """Path of the Dockerfile, the new one when it moved."""
        return self.pair.path


@dataclass(frozen=True, slots=True)
class Review:
    """What every output renders: the inspection, the differences and the verdict."""

    inspection: Inspection
    policy: Policy
    judged_on: date
    targets: tuple[TargetReview, ...]
    verdict: Verdict
    advice: tuple[Advice, ...] = ()
    """What could be done about the base images of the head that have flaws that gate."""


async def review(
    change: Change,
    policy: Policy,
    reader: AdvisingReader,
    *,
    today: date,
    earlier: EarlierVerdicts = NOTHING_EARLIER,
    advised: tuple[Advice, ...] | None = (),
    until: datetime | None = None,
) -> Review:
    """Compare what the head would ship with what the base ships, on one snapshot and one set of digests.

    `advised` is advice that was given on this head before; None when nobody could follow any. `until` is
    when all has to be over.
    """
    inspection = await inspect(change, reader)
    # Thousands of findings take seconds, and everybody else's events would wait for them.
    result = await asyncio.to_thread(judge, inspection, policy, today=today, earlier=earlier)
    if advised is None:
        return result
    advice = await advice_on(inspection, policy, reader, advised, until)
    place = partial(_placed, change, inspection, reader)
    return replace(result, advice=tuple(await asyncio.to_thread(lambda: [place(each) for each in advice])))


def _placed(change: Change, inspection: Inspection, reader: AdvisingReader, advice: Advice) -> Advice:
    """Point at the lines to edit, as far as the recommended edit is one of a few lines."""
    use = advised_use(inspection, advice)
    versions = [file.after for file in change.files if use and file.after and file.after.path == use[0].path]
    if use is None or not versions or versions[0].content is None:
        return advice
    return placed(advice, line_edit(versions[0].content, *use, advice, reader.build_args, reader.platform))


def judge(
    inspection: Inspection,
    policy: Policy,
    *,
    today: date,
    earlier: EarlierVerdicts = NOTHING_EARLIER,
    advice: tuple[Advice, ...] = (),
) -> Review:
    """Judge what was seen. Pure: the same arguments give the same review, byte for byte."""
    judging = _Judging(inspection, policy, today)
    targets = tuple(
        TargetReview(pair, tuple(judging.differences(pair, earlier.get(pair.path))))
        for pair in inspection.pairs
    )
    everything = [difference for target in targets for difference in target.differences]
    return Review(inspection, policy, today, targets, decide(inspection, everything, policy), advice)


@dataclass(frozen=True, slots=True)
class _Judging:
    """Compares the sides of targets under one policy, on one day."""

    inspection: Inspection
    policy: Policy
    judged_on: date

    def differences(self, pair: TargetPair, earlier: Earlier | None) -> Iterator[Difference]:
        """Tell what differs between the sides of one target, part by part."""
        found = [
            difference
            for part in parts_of(pair)
            for difference in self._of_part(pair, part, earlier)
            if (part.tells_fixed if difference.effect is Effect.FIXED else part.tells_introduced)
        ]
        leaked = {(each.effect, each.finding.package) for each in found if each.finding.kind is Kind.SECRET}
        for difference in found:
            finding = difference.finding
            if finding.id not in BY_NAME or (difference.effect, _as_secret(finding)) not in leaked:
                yield difference

    def _of_part(self, pair: TargetPair, part: Part, earlier: Earlier | None) -> Iterator[Difference]:
        before, _ = self._side(part.before, pair, part.after, pair.before)
        after, cleared = self._side(part.after, pair, part.before, pair.after)
        snapshot = self.inspection.snapshot.id if self.inspection.snapshot else ""
        digests = _digests(part.after)
        unclear = _Unclear(part.before)
        for difference in diff(before, after, cleared):
            finding, effect = difference.finding, difference.effect
            if effect is Effect.FIXED and (_is_hidden(finding, part.after) or _may_land(finding, part.after)):
                continue
            if effect is Effect.FIXED or (effect is Effect.INTRODUCED and unclear.about(finding)):
                yield difference
                continue
            reference, digest = digests.get(finding.image, ("", ""))
            reason = since(finding, effect, earlier, reference=reference, digest=digest, snapshot=snapshot)
            yield Difference(finding, effect, reason, difference.carried_over)

    def _side(
        self,
        state: DockerfileState | None,
        pair: TargetPair,
        other: DockerfileState | None,
        whole: DockerfileState | None,
    ) -> tuple[list[Finding], list[Finding]]:
        """All findings of one side, and those a rebuild clears."""
        kept, cleared = findings_of(state, pair, other=other, whole=whole)
        for base in state.bases if state else ():
            if base.seen is not None:
                place = cause_of(base, other)
                kept += image_findings(base, base.seen, pair.path, place, self.judged_on)
            if state and state.kind:
                kept += used_findings(base, pair.path)
        kept += [*brought_findings(state, pair.path), *own_findings(state, pair.path)]
        return self.policy.rules.heard(kept), cleared


def _as_secret(finding: Finding) -> str:
    """Name the place of a variable as a secret in it does: `final stage: ENV A` → `ENV A in final stage`."""
    place, _, variable = finding.package.partition(": ")
    if finding.origin is Origin.BASE:
        return f"the variable {variable.removeprefix('ENV ')}"
    return f"{variable} in {place}"


class _Unclear:
    """What of one side could not be looked at, so that nobody can say what is new beside it."""

    def __init__(self, state: DockerfileState | None) -> None:
        self._images = is_blind(state)
        self._sources = unread_sources(state)
        self._all = state is not None and state.problem is not None

    def about(self, finding: Finding) -> bool:
        """Whether the other side might have had this finding too."""
        if finding.origin is Origin.BASE:
            return self._images and finding.kind is not Kind.MISCONFIGURATION
        return self._all or finding.image in self._sources


def _digests(state: DockerfileState | None) -> dict[str, tuple[str, str]]:
    """Image as written → (normalised reference, index digest), for the images that were read; of lockfiles, what they
    bring."""
    if state is None:
        return {}
    images = {base.written: (base.reference, base.seen.index_digest) for base in state.bases if base.seen}
    return images | {brought.source: (brought.source, content_of(brought)) for brought in state.brought}


def _may_land(finding: Finding, after: DockerfileState | None) -> bool:
    """Whether a lockfile that nobody can read may bring it to the head, now that its own may not be what lands."""
    if after is None or finding.origin is not Origin.DEPENDENCY:
        return False
    gone = all(each.source != finding.image for each in after.brought)
    kinds = {kind for gap in after.gaps if gone or gap.overlies for kind in gap.types}
    return not kinds.isdisjoint((ANY, finding.package_type))


def _is_hidden(finding: Finding, after: DockerfileState | None) -> bool:
    """Whether a finding may still be there, in something of the head that was not looked at."""
    if after is None:
        return False
    if finding.origin is not Origin.BASE:
        left_open = any(
            one.unclear or one.name in (finding.package, *finding.binaries)
            for each in after.brought
            if each.source == finding.image
            for one in each.unresolved
        )
        return after.problem is not None or left_open or finding.image in unread_sources(after)
    bases = [base for base in after.bases if base.shipped or not finding.shipped]
    return after.problem is not None or any(obstacle(base) or unexamined(base.seen) for base in bases)
