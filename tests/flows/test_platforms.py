"""An image asked for with `--platform` and without one are two questions: an answer to one is none to the other."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.images import image, index
from tests.flows.reading import FLAWED, SOUND, know_flaw, rules_of
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture
def arm(registry: Registry) -> str:
    """An image for one platform, which is not the default."""
    built = image(os="alpine:3.20", packages=FLAWED, platform="linux/arm64")
    return registry.push_built("arm:1", index({"linux/arm64": built}))


@pytest.mark.parametrize("stages", ["other side", "other stage"])
def test_a_platform_the_image_lacks_stays_an_error_when_asked_again(
    bot: RunningBot, github: FakeGitHub, registry: Registry, arm: str, stages: str
) -> None:
    flagged = f"FROM --platform=linux/amd64 {arm}\n"
    if stages == "other side":
        before, after = f"FROM {arm}\n", flagged
    else:
        before = f"FROM {registry.push_image('shop:1', packages=SOUND)}\n"
        after = f"FROM {arm} AS build\n{flagged}"
    pull = github.repo(files={"Dockerfile": before}).open_pull(files={"Dockerfile": after})
    bot.drain()
    for _ in range(2):
        assert pull.check.conclusion == "failure"
        assert pull.check.title.startswith("Error: could not read")
        pull.comment("/rescan")
        bot.drain()


def test_what_was_seen_without_a_platform_is_not_recalled_for_one(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, arm: str
) -> None:
    know_flaw(advisories)
    repo = github.repo(files={"Dockerfile": f"FROM --platform=linux/amd64 {arm}\n"})
    repo.open_pull(files={"other/Dockerfile": f"FROM {arm}\n"})
    bot.drain()
    pull = repo.open_pull(files={"Dockerfile": f"FROM {registry.push_image('shop:2', packages=FLAWED)}\n"})
    bot.drain()
    assert pull.check.title.startswith("Warning")
    assert sorted(rules_of(pull)) == ["uncomparable-vulnerability", "unreadable-base-side"]
