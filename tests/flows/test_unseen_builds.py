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


OPEN = "ARG BASE={}\nFROM ${{BASE}}\nUSER 1000\n"
ELSEWHERE = compose({"a": "context: ./nowhere"})


def decoys(count: int) -> dict[str, str]:
    return {f"compose.{number:02}.yaml": f"# {number}\n{ELSEWHERE}" for number in range(count)}


@pytest.mark.parametrize("default", ["sound", "scratch"])
def test_no_changed_file_that_builds_is_left_out(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    flawed: str,
    default: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.nearness.MOST_BUILDERS", 3)
    text = OPEN.format(sound if default == "sound" else default)
    built = compose({"web": f"context: .., args: {{BASE: '{flawed}'}}"})
    after = {"Dockerfile": f"{text}LABEL a=b\n", **decoys(5), "zz/compose.yaml": built}
    pull = judge(bot, github, {"Dockerfile": text}, after)
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["introduced-vulnerability"])


def test_changed_files_that_build_beyond_all_that_are_read_are_an_error(
    bot: RunningBot, github: FakeGitHub, sound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.gathering.MOST_FILES", 3)
    text = OPEN.format(sound)
    pull = judge(bot, github, {"Dockerfile": text}, {"Dockerfile": f"{text}LABEL a=b\n", **decoys(3)})
    assert (pull.check.conclusion, rules_of(pull)) == ("failure", ["incomplete-change"])


FILES_LEFT_OUT = {
    "as before": (OPEN + "LABEL a=b\n", "scratch", "success", ["unreadable-image"]),
    "another name": (OPEN.replace("BASE", "FROM_HERE"), "scratch", "failure", ["unreadable-image"]),
    "a choice no more": ("FROM {}\nUSER 1000\n", "scratch", "success", []),
    "a flaw besides": (OPEN, "flawed", "failure", ["introduced-vulnerability", "unreadable-image"]),
}


@pytest.mark.parametrize(
    ("text", "image", "conclusion", "rules"), FILES_LEFT_OUT.values(), ids=FILES_LEFT_OUT
)
def test_files_that_are_left_out_gate_where_they_matter_anew(
    bot: RunningBot,
    github: FakeGitHub,
    monkeypatch: pytest.MonkeyPatch,
    flawed: str,
    text: str,
    image: str,
    conclusion: str,
    rules: list[str],
) -> None:
    monkeypatch.setattr("bot.nearness.MOST_BUILDERS", 2)
    before = {"Dockerfile": OPEN.format("scratch"), **decoys(4)}
    pull = judge(bot, github, before, {"Dockerfile": text.format(flawed if image == "flawed" else image)})
    assert (pull.check.conclusion, rules_of(pull)) == (conclusion, rules)
    named = "too many to read: compose.02.yaml, compose.03.yaml" in text_of(pull)
    assert named is bool(rules)
