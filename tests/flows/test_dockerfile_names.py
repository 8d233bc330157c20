"""Dockerfiles of other names than `Dockerfile`, which another file builds."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import know_flaw, rules_of
from tests.harness import Advisories, RunningBot

TEXT = "FROM {image}\nUSER 1000\n"


def compose(dockerfile: str) -> str:
    return f"services:\n  web:\n    build: {{context: ., dockerfile: {dockerfile}}}\n"


@pytest.mark.parametrize("name", ["Dockerfile-prod", "Dockerfile_prod", "api.containerfile"])
def test_a_dockerfile_of_another_name_is_judged(
    bot: RunningBot, github: FakeGitHub, advisories: Advisories, sound: str, flawed: str, name: str
) -> None:
    know_flaw(advisories)
    repo = github.repo(files={name: TEXT.format(image=sound), "compose.yaml": compose(name)})
    pull = repo.open_pull(files={name: TEXT.format(image=flawed)})
    bot.drain()
    assert rules_of(pull) == ["introduced-vulnerability"]


@pytest.mark.parametrize("before", ["Dockerfile", ""])
def test_a_new_build_of_a_file_that_is_not_read_gates(
    bot: RunningBot, github: FakeGitHub, sound: str, before: str
) -> None:
    files = {"Dockerfile": TEXT.format(image=sound)}
    repo = github.repo(files=files | ({"compose.yaml": compose(before)} if before else {}))
    pull = repo.open_pull(
        files={"build/image.txt": TEXT.format(image=sound), "compose.yaml": compose("build/image.txt")}
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]
