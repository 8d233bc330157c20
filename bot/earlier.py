"""What a review leaves for the next one to compare with, by target and side. Pure.

A verdict that could not look leaves nothing: what it did not see must not pass for new later.
"""

from collections.abc import Iterable, Iterator

from bot.brought import content_of, obstacle_of
from bot.diff import OUTSIDE, Difference, Earlier, Effect, Since
from bot.inspection import DockerfileState
from bot.policy.verdict import Status
from bot.review import Review, TargetReview
from bot.sides import obstacle, unexamined

HEAD_EFFECTS = (Effect.INTRODUCED, Effect.UNCHANGED, Effect.CLEARED)
BASE_EFFECTS = (Effect.FIXED, Effect.UNCHANGED)


def of_head_side(review: Review) -> dict[str, Earlier]:
    """What this verdict said of each target as the head ships it."""
    return {
        target.path: _earlier(review, target.pair.after, _with(target, HEAD_EFFECTS), of_head=True)
        for target in _conclusive(review)
    }


def of_base_side(review: Review) -> dict[str, Earlier]:
    """What this verdict said of each target as the target branch ships it."""
    return {
        target.path: _earlier(review, target.pair.before, _with(target, BASE_EFFECTS), of_head=False)
        for target in _conclusive(review)
    }


def _conclusive(review: Review) -> tuple[TargetReview, ...]:
    return () if review.verdict.status is Status.ERROR else review.targets


def _with(target: TargetReview, effects: tuple[Effect, ...]) -> list[Difference]:
    return [difference for difference in target.differences if difference.effect in effects]


def _earlier(
    review: Review, state: DockerfileState | None, differences: list[Difference], *, of_head: bool
) -> Earlier:
    snapshot = review.inspection.snapshot
    outside = [each for each in differences if each.effect is Effect.INTRODUCED and each.since in OUTSIDE]
    return Earlier(
        of_head=of_head,
        snapshot=snapshot.id if snapshot else "",
        digests=dict(_digests(state)),
        flaws=frozenset((package, name) for package, name, _ in _names(differences)),
        excused=frozenset(_names(outside)),
    )


def _digests(state: DockerfileState | None) -> Iterator[tuple[str, str]]:
    """References that could be judged, and what they meant; one that could not must excuse nothing later."""
    for base in state.bases if state else ():
        if base.seen is not None and not (obstacle(base) or unexamined(base.seen)):
            yield base.reference, base.seen.index_digest
    for brought in state.brought if state else ():
        if obstacle_of(brought) is None:
            yield brought.source, content_of(brought)


def _names(differences: Iterable[Difference]) -> Iterator[tuple[str, str, Since]]:
    """Every name of every finding, with its package and why it is seen."""
    for difference in differences:
        for name in difference.finding.ids:
            yield difference.finding.package, name, difference.since
