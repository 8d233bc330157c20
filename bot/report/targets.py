"""One target as shown: its images side by side, its findings by effect, and what was left out."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.diff import Difference, Effect
from bot.finding import Ignored, Kind, Origin
from bot.inspection import Base, Brought, DockerfileState, Gap, SyntaxProblem, TargetPair
from bot.policy.gate import Policy
from bot.report.brought import gaps_of
from bot.report.images import ImagePair, LeftOut, image_pairs, left_out
from bot.report.listing import Listing
from bot.report.rows import Row, Weights, rows_of
from bot.sides import is_blind

MOST_LEADING = 5


@dataclass(frozen=True, slots=True)
class Target:
    """What every output says about one target. Findings of stages that are not shipped stand apart."""

    path: str
    came_from: str
    """The old path when the file moved."""
    change: str
    """`new`, `deleted` or `changed`."""
    images: Listing[ImagePair]
    introduced: Listing[Row]
    fixed: Listing[Row]
    unchanged: Listing[Row]
    cleared: Listing[Row]
    build_stages: Listing[Row]
    faults: Listing[Row]
    """What the change introduces besides vulnerabilities: secrets, misconfigurations, what is past its end of life."""
    old_faults: Listing[Row]
    """Those that were there before."""
    faults_fixed: int
    ignored: Listing[Ignored]
    """What comments in the file as the change leaves it excuse."""
    brought: Listing[Brought]
    """What lockfiles and install commands add to what is shipped."""
    left_out: Listing[LeftOut]
    gaps: Listing[Gap]
    new_gaps: Listing[Gap]
    """The gaps the other side does not have."""
    problem: SyntaxProblem | None
    blind: bool
    """What is shipped now could not be looked at, so no number says anything."""
    kind: str = ""
    """What kind of file it is, such as `compose`; empty for a Dockerfile."""

    @property
    def partial(self) -> bool:
        """Whether something the target ships now was not looked at."""
        return bool(self.left_out or self.gaps)

    @property
    def shipped(self) -> ImagePair | None:
        """The images the final stage is built on."""
        return next((images for images in self.images if images.shipped), None)

    @property
    def leading(self) -> Listing[ImagePair]:
        """The images to name first: what is shipped, and of many uses in one file those that changed."""
        wanted = [images for images in self.images if images.shipped or self.kind]
        if self.kind:
            wanted = [images for images in wanted if images.changed] or wanted
        return Listing.of(wanted).cut(MOST_LEADING)

    @property
    def has_several_sources(self) -> bool:
        """Whether its vulnerabilities come from more than one file, or on one side from more than one instruction."""
        lists = (self.introduced, self.fixed, self.cleared, self.unchanged, self.build_stages)
        files = {row.finding.location.path for rows in lists for row in rows}
        return len(files) > 1 or any(len(set(map(_instruction, rows))) > 1 for rows in lists)

    @property
    def supported(self) -> list[Base]:
        """Those of the leading images, as the change leaves them, that something is known of the support of."""
        images = dict.fromkeys(pair.after for pair in self.leading if pair.after)
        return [base for base in images if base.seen and base.seen.support]

    def cut(self, limit: int) -> "Target":
        """Show at most `limit` rows of each list."""
        return replace(
            self,
            images=self.images.cut(max(1, limit)),
            introduced=self.introduced.cut(limit),
            fixed=self.fixed.cut(limit),
            unchanged=self.unchanged.cut(limit),
            cleared=self.cleared.cut(limit),
            build_stages=self.build_stages.cut(limit),
            faults=self.faults.cut(limit),
            old_faults=self.old_faults.cut(limit),
            ignored=self.ignored.cut(limit),
            brought=self.brought.cut(limit),
            left_out=self.left_out.cut(limit),
            gaps=self.gaps.cut(limit),
            new_gaps=self.new_gaps.cut(limit),
        )


def target_of(
    pair: TargetPair, differences: Iterable[Difference], weights: Weights, policy: Policy
) -> Target:
    """Sort everything known about one target into its lists."""
    blind = is_blind(pair.after)
    # What could not be looked at is not gone.
    certain = [each for each in differences if not (blind and each.effect is Effect.FIXED)]
    rows = rows_of(certain, weights, policy)
    by_effect: dict[Effect, list[Row]] = {effect: [] for effect in Effect}
    faults: dict[Effect, list[Row]] = {effect: [] for effect in Effect}
    for row in rows:
        if row.finding.kind is not Kind.VULNERABILITY:
            faults[row.effect].append(row)
        elif row.finding.shipped:
            by_effect[row.effect].append(row)
    brought = [each for each in pair.after.brought if each.shipped] if pair.after else []
    gaps = gaps_of(pair.after)
    known = {(gap.what, gap.why) for gap in gaps_of(pair.before)}
    return Target(
        path=pair.path,
        came_from=pair.before.path if pair.before and pair.before.path != pair.path else "",
        change=_change(pair.before, pair.after),
        images=Listing.of(image_pairs(pair)),
        introduced=Listing.of(by_effect[Effect.INTRODUCED]),
        fixed=Listing.of(by_effect[Effect.FIXED]),
        unchanged=Listing.of(by_effect[Effect.UNCHANGED]),
        cleared=Listing.of(by_effect[Effect.CLEARED]),
        build_stages=Listing.of([row for row in rows if _is_of_build_stage(row)]),
        faults=Listing.of(faults[Effect.INTRODUCED]),
        old_faults=Listing.of(faults[Effect.UNCHANGED]),
        faults_fixed=len(faults[Effect.FIXED]),
        ignored=Listing.of(pair.after.ignored if pair.after else ()),
        brought=Listing.of(brought),
        left_out=Listing.of(tuple(left_out(pair.after))),
        gaps=Listing.of(gaps),
        new_gaps=Listing.of([gap for gap in gaps if (gap.what, gap.why) not in known]),
        problem=pair.after.problem if pair.after else None,
        blind=blind,
        kind=(pair.after.kind if pair.after else "") or (pair.before.kind if pair.before else ""),
    )


def _instruction(row: Row) -> int:
    """The line that brings it into the target; of a lockfile all lines are alike."""
    return 0 if row.finding.origin is Origin.DEPENDENCY else row.finding.location.start_line


def _is_of_build_stage(row: Row) -> bool:
    return row.finding.kind is Kind.VULNERABILITY and not row.finding.shipped


def _change(before: DockerfileState | None, after: DockerfileState | None) -> str:
    if before is None:
        return "new"
    return "deleted" if after is None else "changed"
