"""Files of a base image that run as their owner, and what else only the image itself says."""

from html import unescape

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.images import File
from tests.flows.reading import rules_of, text_of
from tests.harness import Advisories, Registry, RunningBot

SAID = "/usr/bin/su2 runs as its owner (mode 4755), and no package claims it"
USER = "USER 1000\nHEALTHCHECK CMD true\n"
STRICT = {".github/plimsoll.yml": "rules: {set-id: high}\n"}


@pytest.fixture
def plain(registry: Registry, advisories: Advisories) -> str:
    """An image without such a file."""
    advisories.import_now()
    return registry.push_image("plain:1")


@pytest.fixture
def raised(registry: Registry) -> str:
    """One with it."""
    return registry.push_image("raised:1", layers=[{"usr/bin/su2": File("x", mode=0o4755)}])


def test_what_a_new_base_image_brings_is_said(
    bot: RunningBot, github: FakeGitHub, plain: str, raised: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {plain}\n{USER}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {raised}\n{USER}"})
    bot.drain()
    assert SAID in text_of(pull)
    assert pull.check.conclusion == "success"


def test_it_follows_the_rules_of_the_policy(
    bot: RunningBot, github: FakeGitHub, plain: str, raised: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {plain}\n{USER}"} | STRICT)
    pull = repo.open_pull(files={"Dockerfile": f"FROM {raised}\n{USER}"})
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["introduced-misconfiguration"])


def test_what_the_old_one_had_as_well_does_not_block(
    bot: RunningBot, github: FakeGitHub, registry: Registry, plain: str, raised: str
) -> None:
    files = {"usr/bin/su2": File("another", mode=0o4755), "etc/new": "x"}
    newer = registry.push_image("raised:2", layers=[files])
    repo = github.repo(files={"Dockerfile": f"FROM {raised}\n{USER}"} | STRICT)
    pull = repo.open_pull(files={"Dockerfile": f"FROM {newer}\n{USER}"})
    bot.drain()
    assert pull.check.conclusion == "success"


def test_a_comment_excuses_it(bot: RunningBot, github: FakeGitHub, plain: str, raised: str) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {plain}\n{USER}"} | STRICT)
    excuse = "# plimsoll ignore=set-id users may change their password\n"
    pull = repo.open_pull(files={"Dockerfile": f"{excuse}FROM {raised}\n{USER}"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert "users may change their password" in text_of(pull)


def test_an_image_that_runs_as_it_is(bot: RunningBot, github: FakeGitHub, plain: str, raised: str) -> None:
    compose = "services:\n  web:\n    image: {}\n"
    repo = github.repo(files={"compose.yaml": compose.format(plain)} | STRICT)
    pull = repo.open_pull(files={"compose.yaml": compose.format(raised)})
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["introduced-misconfiguration"])
    assert SAID in text_of(pull)


@pytest.mark.parametrize(
    ("value", "rule"),
    [("hunter2", "introduced-misconfiguration"), ("hunter2-real", "introduced-secret")],
    ids=["known by its name", "known by its value"],
)
def test_a_password_in_the_variables_of_a_base_image_is_said_once(
    bot: RunningBot, github: FakeGitHub, registry: Registry, plain: str, value: str, rule: str
) -> None:
    chatty = registry.push_image("chatty:1", config={"Env": [f"DB_PASSWORD={value}"]})
    repo = github.repo(files={"Dockerfile": f"FROM {plain}\n{USER}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {chatty}\n{USER}"})
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", [rule])
    assert "The variable DB_PASSWORD" in text_of(pull) or "in the variable DB_PASSWORD" in text_of(pull)


def test_what_blocks_names_the_file_beside_the_line(
    bot: RunningBot, github: FakeGitHub, plain: str, raised: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {plain}\n{USER}"} | STRICT)
    pull = repo.open_pull(files={"Dockerfile": f"FROM {raised}\n{USER}"})
    bot.drain()
    (note,) = (each for each in pull.check.annotations if each["annotation_level"] == "failure")
    assert "/usr/bin/su2" in note["message"]
    assert SAID in unescape(pull.bot_comment or "")
