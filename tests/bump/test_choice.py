"""Which proposals are looked into when there are more than time allows."""

from datetime import date

import pytest

from bot.bump.choice import MAX_LOOKED_INTO, choose
from bot.bump.model import Wanted
from bot.image.reference import Reference
from bot.image.tags.model import Proposal, Track
from bot.policy.bumps import BumpPolicy, Treatment

CURRENT = Reference.parse("docker.io/library/python:3.12.1")
DAY = date(2026, 11, 22)


def test_those_beyond_the_limit_are_named_and_the_small_moves_come_first() -> None:
    variants = [Proposal(f"3.12.1-v{number}", Track.VARIANT) for number in range(6)]
    proposals = [*variants, Proposal("4.0.0", Track.MAJOR), Proposal("3.12.2", Track.PATCH)]
    choice = choose(CURRENT, proposals, BumpPolicy(), DAY, over=False)
    assert [each.tag for each in choice.promising][:2] == ["3.12.2", "4.0.0"]
    assert len(choice.promising) == MAX_LOOKED_INTO
    assert len(choice.promising) + len(choice.rejected) == len(proposals)
    assert {each.reason for each in choice.rejected} == {"not looked into: at most 5 images are"}


def test_what_may_be_recommended_comes_before_what_is_only_shown() -> None:
    policy = BumpPolicy(tracks=((Track.PATCH, Treatment.SHOW), (Track.MAJOR, Treatment.OFFER)))
    proposals = [Proposal("3.12.2", Track.PATCH), Proposal("4.0.0", Track.MAJOR)]
    choice = choose(CURRENT, proposals, policy, DAY, over=False)
    assert [each.tag for each in choice.promising] == ["4.0.0", "3.12.2"]


@pytest.mark.parametrize(
    ("wanted", "treatments"),
    [
        (None, [Treatment.OFFER, Treatment.SHOW]),
        (Wanted(), [Treatment.OPEN, Treatment.SHOW]),
        (Wanted(Track.MAJOR), [Treatment.OPEN]),
        (Wanted(tag="3.13.0"), [Treatment.OPEN]),
    ],
)
def test_a_wish_opens_what_it_names(wanted: Wanted | None, treatments: list[Treatment]) -> None:
    proposals = [Proposal("3.13.0", Track.MINOR), Proposal("4.0.0", Track.MAJOR)]
    choice = choose(CURRENT, proposals, BumpPolicy(), DAY, over=False, wanted=wanted)
    assert [each.treatment for each in choice.promising] == treatments
