"""What a review leaves for the next one to compare with, by target and side. Pure.

A verdict that could not look leaves nothing: what it did not see must not pass for new later.
"""

from collections.abc import Iterable

from bot.diff import Earlier, Effect
from bot.finding import Finding
from bot.inspection import DockerfileState
from bot.policy.verdict import Status
from bot.review import Review, TargetReview

HEAD_EFFECTS = (Effect.INTRODUCED, Effect.UNCHANGED, Effect.CLEARED)
BASE_EFFECTS = (Effect.FIXED, Effect.UNCHANGED)


def of_head_side(review: Review) -> dict[str, Earlier]:
    """What this verdict said of each target as the head ships it."""
    return {
        target.path: _earlier(review, target.pair.after, _findings(target, HEAD_EFFECTS), of_head=True)
        for target in review.targets
        if review.verdict.status is not Status.ERROR
    }


def of_base_side(review: Review) -> dict[str, Earlier]:
    """What this verdict said of each target as the target branch ships it."""
    return {
        target.path: _earlier(review, target.pair.before, _findings(target, BASE_EFFECTS), of_head=False)
        for target in review.targets
        if review.verdict.status is not Status.ERROR
    }


def _findings(target: TargetReview, effects: tuple[Effect, ...]) -> list[Finding]:
    return [difference.finding for difference in target.differences if difference.effect in effects]


def _earlier(
    review: Review, state: DockerfileState | None, findings: Iterable[Finding], *, of_head: bool
) -> Earlier:
    snapshot = review.inspection.snapshot
    return Earlier(
        of_head=of_head,
        snapshot=snapshot.id if snapshot else "",
        digests={
            base.reference: base.seen.index_digest for base in (state.bases if state else ()) if base.seen
        },
        flaws=frozenset((finding.package, name) for finding in findings for name in finding.ids),
    )
