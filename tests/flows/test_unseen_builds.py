"""More ways to build a Dockerfile, or more files that say how, than are looked at: never a clean result of what is not
known, and a warning where nothing of that is new.
"""

import json
from collections.abc import Mapping

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import know_flaw, rules_of, text_of
from tests.harness import Advisories, RunningBot

MANY = 25


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


def compose(builds: Mapping[str, str]) -> str:
    """A compose file with one service for each name; what it says of its build is given."""
    return "services:\n" + "".join(f"  {name}: {{build: {{{said}}}}}\n" for name, said in builds.items())


def ways(base: str, **others: str) -> dict[str, str]:
    """Twenty-five ways to build `Dockerfile`, all on one base image but for those that are named."""
    bases = {f"s{number:02}": base for number in range(MANY)} | others
    return {name: f"context: ., args: {{USED: '{name}', BASE: '{used}'}}" for name, used in bases.items()}


def dockerfile(base: str, last: str = "") -> str:
    return f"ARG BASE={base}\nFROM $BASE\nARG USED\nUSER 1$USED\n{last}"


def judge(bot: RunningBot, github: FakeGitHub, before: dict[str, str], after: dict[str, str]) -> FakePull:
    pull = github.repo(files=before).open_pull(files=after)
    bot.drain()
    return pull


def test_a_way_beyond_those_that_are_looked_at_changes(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = {"Dockerfile": dockerfile(sound), "compose.yaml": compose(ways(sound))}
    pull = judge(bot, github, before, {"compose.yaml": compose(ways(sound, s24=flawed))})
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["unreadable-image"])
    assert (
        "5 more ways this file is built: only 20 are looked at, not service s20 in compose.yaml, "
        in text_of(pull)
    )
    assert "at most 20 ways" in pull.bot_comment


def test_ways_that_are_as_they_were_warn(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    before = {"Dockerfile": dockerfile(sound), "compose.yaml": compose(ways(sound))}
    pull = judge(bot, github, before, {"Dockerfile": dockerfile(sound, "LABEL a=b\n")})
    assert (pull.check.conclusion, rules_of(pull)) == ("success", ["unreadable-image"])
    assert "5 more ways this file is built" in text_of(pull)


def test_ways_that_are_as_they_were_excuse_no_flaw_of_another(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    before = {"Dockerfile": dockerfile(sound), "compose.yaml": compose(ways(sound))}
    pull = judge(bot, github, before, {"compose.yaml": compose(ways(sound, s03=flawed))})
    assert (pull.check.conclusion, rules_of(pull)) == (
        "failure",
        ["introduced-vulnerability", "unreadable-image"],
    )


STAGES = """\
FROM {} AS first
USER 1000
FROM {} AS second
USER 1000
FROM {} AS third
ARG USED
USER 1$USED
"""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (0, "success"),  # A stage that is looked at speaks for itself.
        (1, "failure"),  # What only a way builds that is not looked at.
    ],
)
def test_a_stage_that_only_a_way_beyond_builds(
    bot: RunningBot, github: FakeGitHub, sound: str, changed: int, expected: str
) -> None:
    builds = {
        f"s{number:02}": f"context: ., target: first, args: {{USED: '{number}'}}" for number in range(20)
    }
    builds["zz"] = "context: ., target: second"
    images = [sound, sound, sound]
    before = {"Dockerfile": STAGES.format(*images), "compose.yaml": compose(builds)}
    images[changed] = "scratch"
    pull = judge(bot, github, before, {"Dockerfile": STAGES.format(*images)})
    assert (pull.check.conclusion, rules_of(pull)) == (expected, ["unreadable-image"])


NPM = (
    "FROM scratch\nARG USED\nUSER 1$USED\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\n"
)


def locked(version: str) -> str:
    package = {"version": version, "resolved": f"https://registry.example.org/a/-/a-{version}.tgz"}
    root = {"name": "app", "version": "1.0.0", "dependencies": {"a": "*"}}
    return json.dumps({"lockfileVersion": 3, "packages": {"": root, "node_modules/a": package}})


@pytest.mark.parametrize(("changed", "expected"), [("s03", "success"), ("s24", "failure")])
def test_a_lockfile_that_only_a_way_beyond_takes_in(
    bot: RunningBot, github: FakeGitHub, changed: str, expected: str
) -> None:
    names = [f"s{number:02}" for number in range(MANY)]
    before = {
        "Dockerfile": NPM,
        "compose.yaml": compose({name: f"context: {name}, dockerfile: ../Dockerfile" for name in names}),
    }
    for name in names:
        before |= {
            f"{name}/package.json": '{"dependencies": {"a": "*"}}',
            f"{name}/package-lock.json": locked("1.0.0"),
        }
    pull = judge(bot, github, before, {f"{changed}/package-lock.json": locked("1.0.1")})
    assert (pull.check.conclusion, rules_of(pull)[0]) == (expected, "unreadable-image")
