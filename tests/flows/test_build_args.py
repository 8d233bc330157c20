"""The values that files give to the `ARG`s of a Dockerfile decide which images it uses: each of them is judged."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.images import image
from tests.flows.reading import FLAWED, SOUND, counts_of, know_flaw, rules_of, text_of
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


OPEN = "ARG BASE\nFROM $BASE\n"
COMPOSE = """\
services:
  web:
    build:
      context: .
      args:
        BASE: {}
  worker:
    build:
      context: .
      args:
        BASE: {}
"""
DEVCONTAINER = '{{"build": {{"dockerfile": "../Dockerfile", "context": "..", "args": {{"BASE": "{}"}}}}}}\n'
BAKE = 'target "app" {{\n  args = {{ BASE = "{}" }}\n}}\n'
WORKFLOW = """\
jobs:
  image:
    steps:
      - uses: docker/build-push-action@v6
        with:
          context: .
          build-args: |
            BASE={}
"""
ONE = COMPOSE.partition("  worker")[0]


def judge(bot: RunningBot, github: FakeGitHub, before: dict[str, str], after: dict[str, str]) -> FakePull:
    pull = github.repo(files=before).open_pull(files=after)
    bot.drain()
    return pull


def places(pull: FakePull) -> list[tuple[str, int]]:
    return [(note["path"], note["start_line"]) for note in pull.check.annotations]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("compose.yaml", ONE, 6),
        (".devcontainer/devcontainer.json", DEVCONTAINER, 1),
        ("docker-bake.hcl", BAKE, 2),
        (".github/workflows/image.yml", WORKFLOW, 8),
    ],
)
def test_another_value_for_a_dockerfile_that_did_not_change_is_judged(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, path: str, text: str, line: int
) -> None:
    before = {"Dockerfile": OPEN, path: text.format(sound)}
    pull = judge(bot, github, before, {path: text.format(flawed)})
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert places(pull) == [(path, line)]
    assert counts_of(pull)["introduced"] == "1"
    assert f"BASE in {path} on line {line}" in text_of(pull)


def test_an_argument_without_default_is_known_from_what_builds_it(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = {"Dockerfile": f"FROM {sound}\n", "compose.yaml": ONE.format(flawed)}
    pull = judge(bot, github, before, {"Dockerfile": OPEN})
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert f"BASE is {flawed} in compose.yaml" in text_of(pull).replace("`", "")


def test_each_of_several_values_is_judged(
    bot: RunningBot, github: FakeGitHub, registry: Registry, sound: str, flawed: str
) -> None:
    other = registry.push_image("other:1", packages=SOUND)
    before = {"Dockerfile": OPEN, "compose.yaml": COMPOSE.format(sound, other)}
    pull = judge(bot, github, before, {"compose.yaml": COMPOSE.format(sound, flawed)})
    assert pull.check.conclusion == "failure"
    assert places(pull) == [("compose.yaml", 11)]
    assert counts_of(pull)["introduced"] == "1"


def test_a_flaw_in_one_build_does_not_hide_that_another_gets_it(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = {"Dockerfile": OPEN, "compose.yaml": COMPOSE.format(flawed, sound)}
    also = COMPOSE.format(flawed, f"{flawed}@{image(packages=FLAWED).digest}")
    pull = judge(bot, github, before, {"compose.yaml": also})
    assert pull.check.conclusion == "failure"
    assert places(pull) == [("compose.yaml", 11)]


def test_a_default_counts_where_some_build_gives_no_value(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    without = "services:\n  plain:\n    build: .\n"
    before = {
        "Dockerfile": f"ARG BASE={sound}\nFROM $BASE\n",
        "compose.yaml": ONE.format(sound),
        "docker-compose.ci.yml": without,
    }
    pull = judge(bot, github, before, {"Dockerfile": f"ARG BASE={flawed}\nFROM $BASE\n"})
    assert pull.check.conclusion == "failure"
    assert places(pull) == [("Dockerfile", 1)]


def test_a_default_counts_nothing_where_every_build_gives_a_value(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = {"Dockerfile": f"ARG BASE={sound}\nFROM $BASE\n", "compose.yaml": ONE.format(sound)}
    pull = judge(bot, github, before, {"Dockerfile": f"ARG BASE={flawed}\nFROM $BASE\n"})
    assert pull.check.conclusion == "success"
    assert counts_of(pull)["introduced"] == "0"


def test_a_value_only_known_when_it_runs_is_named(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    path = ".github/workflows/image.yml"
    before = {"Dockerfile": f"ARG BASE={sound}\nFROM $BASE\n", path: WORKFLOW.format("${{ inputs.base }}")}
    pull = judge(bot, github, before, {"Dockerfile": f"ARG BASE={flawed}\nFROM $BASE\n"})
    assert pull.check.conclusion == "failure"
    assert f"in {path} gives to BASE" in text_of(pull)


def test_files_are_read_for_values_only_where_a_base_depends_on_one(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    files = {f"{number}/compose.yaml": ONE.format(f"{sound}0{number}") for number in range(5)}
    repo = github.repo(files={**files, "Dockerfile": f"FROM {sound}\n"})

    def requests_for(text: str) -> int:
        asked = len(github.requests)
        repo.open_pull(files={"Dockerfile": text})
        bot.drain()
        return len(github.requests) - asked

    requests_for(f"FROM {sound}\nUSER 0\n")
    plain = requests_for(f"FROM {sound}\nUSER 1\n")
    assert requests_for(f"ARG BASE={sound}\nFROM $BASE\n") == plain + len(files)


def test_more_files_than_are_read_are_named(
    bot: RunningBot, github: FakeGitHub, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.nearness.MOST_BUILDERS", 3)
    many = {f"{number}/compose.yaml": f"# {number}\n" + ONE.format(sound) for number in range(5)}
    repo = github.repo(files={**many, "Dockerfile": "FROM scratch\n"})
    pull = repo.open_pull(files={"Dockerfile": f"ARG BASE={sound}\nFROM $BASE\n"})
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["unreadable-image"])
    assert "2 more files that may give a value to BASE: too many to read: 3/compose.yaml" in text_of(pull)
