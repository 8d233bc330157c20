"""Whose credentials read a private image: nobody reads one merely by writing `FROM` it in a pull request."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import SOUND, rules_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

PRIVATE = "private/base"


@pytest.fixture
def bot(
    tmp_path: Path, clock: HeldClock, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> Iterator[RunningBot]:
    """A bot whose operator gave it a credential for the private images."""
    row = {"images": f"{registry.host}/private/*", "username": "ada", "password": "secret"}
    table = tmp_path / "credentials.json"
    table.write_text(json.dumps([row]))
    settings = settings_for(tmp_path / "data", github, registry, registry_credentials=table)
    with running_bot(settings, clock, github, advisories) as running:
        yield running


@pytest.mark.parametrize(
    ("role", "fork", "named", "is_read"),
    [
        ("write", False, False, True),
        ("read", False, False, False),
        ("read", False, True, True),  # the target branch ships it already
        ("read", True, False, False),
        ("read", True, True, True),
        ("write", True, False, False),  # a fork is written to by others as well
    ],
)
def test_whose_credentials_read_a_private_image(
    bot: RunningBot, github: FakeGitHub, registry: Registry, role: str, fork: bool, named: bool, is_read: bool
) -> None:
    public = registry.push_image("shop:1", packages=SOUND)
    private = registry.push_image(f"{PRIVATE}:1", packages=SOUND)
    registry.protect(PRIVATE, "ada", "secret")
    other = {"web/Dockerfile": f"FROM {registry.host}/{PRIVATE}:0\n"} if named else {}
    repo = github.repo(files={"Dockerfile": f"FROM {public}\n", **other})
    repo.set_permission("mallory", role)
    pull = repo.open_pull(files={"Dockerfile": f"FROM {private}\n"}, fork=fork, author="mallory")
    bot.drain()
    assert rules_of(pull) == ([] if is_read else ["unreadable-image"])
    assert any(secret.startswith("Basic ") for _, _, secret in registry.received) is is_read


def test_a_pull_request_does_not_name_an_image_for_itself(
    bot: RunningBot, github: FakeGitHub, registry: Registry
) -> None:
    """What counts is the tip of the target branch, not what the change or its own branch names."""
    public = registry.push_image("shop:1", packages=SOUND)
    private = registry.push_image(f"{PRIVATE}:1", packages=SOUND)
    registry.protect(PRIVATE, "ada", "secret")
    repo = github.repo(files={"Dockerfile": f"FROM {public}\n"})
    files = {"Dockerfile": f"FROM {private}\n", "web/Dockerfile": f"FROM {private}\n"}
    pull = repo.open_pull(files=files, fork=True, author="mallory")
    pull.push(files={"Dockerfile": f"FROM {private}\nUSER 1\n"})
    bot.drain()
    assert set(rules_of(pull)) == {"unreadable-image"}
