"""One Dockerfile built in several ways: each image is compared with what it was itself."""

from dataclasses import replace

import pytest

from bot.diff import Effect
from bot.inspection import Brought, DockerfileState
from tests.judge.test_kinds import hit, judged, lockfile
from tests.report.reviews import base, image, state

WEB, API = "service web in compose.yaml", "service api in compose.yaml"


def of(part: str, *, flawed: bool) -> Brought:
    return replace(
        lockfile(*([hit()] if flawed else [])), source=f"{part[8:11]}/package-lock.json", part=part
    )


def built(*brought: Brought, apart: bool = False) -> DockerfileState:
    seen = base("a:1", image(1))
    found = state(replace(seen, part=WEB), base("b:1", image(2))) if apart else state(seen)
    return replace(found, brought=brought)


@pytest.mark.parametrize("apart", [False, True], ids=["on one base", "on several"])
def test_a_flaw_that_another_image_had_is_new_in_this_one(apart: bool) -> None:
    before = built(of(WEB, flawed=True), of(API, flawed=False), apart=apart)
    after = built(of(WEB, flawed=True), of(API, flawed=True), apart=apart)
    (target,) = judged(before, after).targets
    found = [(each.effect, each.finding.image) for each in target.differences]
    assert sorted(found) == [
        (Effect.INTRODUCED, "api/package-lock.json"),
        (Effect.UNCHANGED, "web/package-lock.json"),
    ]


def test_what_is_gone_from_one_image_is_not_gone() -> None:
    before = built(of(WEB, flawed=True), of(API, flawed=True))
    after = built(of(WEB, flawed=True), of(API, flawed=False))
    (target,) = judged(before, after).targets
    assert [each.effect for each in target.differences] == [Effect.UNCHANGED]
