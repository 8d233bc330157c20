"""Which stage of a Dockerfile is shipped, when another file says so."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import know_flaw, rules_of, text_of
from tests.harness import Advisories, RunningBot

TWO = "FROM {one} AS one\nUSER 1000\nFROM {two} AS two\nUSER 1000\n"


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


def compose(*targets: str) -> str:
    services = (f"  s{n}:\n    build: {{context: ., target: '{each}'}}\n" for n, each in enumerate(targets))
    return "services:\n" + "".join(services)


CASES = {
    "the one that is built": (("one",), "flawed sound", ["introduced-vulnerability"]),
    "one that is not": (("two",), "flawed sound", []),
    "the last, which is not": (("one",), "sound flawed", []),
    "one of two that are built": (("two", "one"), "flawed sound", ["introduced-vulnerability"]),
    "one that is there by another case": (("ONE",), "flawed sound", ["introduced-vulnerability"]),
    "a stage that is not there": (("three",), "sound sound", ["unreadable-image"]),
    "a variable": (("${STAGE}",), "sound sound", ["unresolved-reference"]),
    "a variable with a default": (("${STAGE:-one}",), "flawed sound", ["introduced-vulnerability"]),
}


@pytest.mark.parametrize(("targets", "images", "expected"), CASES.values(), ids=CASES)
def test_a_stage_is_judged_where_it_is_built(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    flawed: str,
    targets: tuple[str, ...],
    images: str,
    expected: list[str],
) -> None:
    one, two = ({"sound": sound, "flawed": flawed}[each] for each in images.split())
    repo = github.repo(files={"Dockerfile": TWO.format(one=sound, two=sound)})
    pull = repo.open_pull(
        files={"Dockerfile": TWO.format(one=one, two=two) + "LABEL a=b\n", "compose.yaml": compose(*targets)}
    )
    bot.drain()
    assert rules_of(pull) == expected
    assert pull.check.conclusion == ("failure" if expected else "success")


def test_another_stage_of_a_dockerfile_as_it_was(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    files = {"Dockerfile": TWO.format(one=sound, two=flawed)}
    pull = github.repo(files=files | {"compose.yaml": compose("one")}).open_pull(
        files={"compose.yaml": compose("two")}
    )
    bot.drain()
    assert rules_of(pull) == ["introduced-vulnerability"]


def test_a_variable_that_was_there_before_warns(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    text = TWO.format(one=sound, two=sound)
    repo = github.repo(files={"Dockerfile": text, "compose.yaml": compose("${STAGE}")})
    pull = repo.open_pull(files={"Dockerfile": f"{text}LABEL a=b\n"})
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == ("success", ["unresolved-reference"])
    assert "stage ${STAGE}" in text_of(pull)
    assert "name a stage of the Dockerfile" in pull.bot_comment


def test_a_variable_that_was_there_before_excuses_no_new_flaw(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    files = {"Dockerfile": TWO.format(one=sound, two=sound), "compose.yaml": compose("${STAGE}")}
    pull = github.repo(files=files).open_pull(files={"Dockerfile": TWO.format(one=sound, two=flawed)})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability", "unresolved-reference"]


@pytest.mark.parametrize(("most", "conclusion"), [(1, "failure"), (2, "success")])
def test_more_dockerfiles_built_otherwise_than_are_looked_at(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
    conclusion: str,
) -> None:
    monkeypatch.setattr("bot.gathering.MOST_BUILT", most)
    files = {f"{name}/Dockerfile": f"ARG BASE={sound}\nFROM $BASE\nUSER 1000\n" for name in "ab"}
    services = "services:\n  a: {build: {context: a, args: {X: '%s'}}}\n  b: {build: {context: b, args: {X: '%s'}}}\n"
    pull = github.repo(files=files | {"compose.yaml": services % (1, 1)}).open_pull(
        files={"compose.yaml": services % (2, 2)}
    )
    bot.drain()
    assert pull.check.conclusion == conclusion
    assert rules_of(pull) == (["incomplete-change"] if most == 1 else [])


def test_a_changed_file_that_builds_is_read_before_others(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.nearness.MOST_BUILDERS", 1)
    decoys = {f"compose.{name}.yaml": "services: {a: {build: ./a}}\n" for name in "abc"}
    repo = github.repo(files=decoys | {"Dockerfile": f"ARG BASE={sound}\nFROM $BASE\nUSER 1000\n"})
    built = f"services: {{web: {{build: {{context: .., args: {{BASE: '{flawed}'}}}}}}}}\n"
    pull = repo.open_pull(
        files={"zz/compose.yaml": built, "Dockerfile": f"ARG BASE={sound}\nFROM $BASE\nUSER 1001\n"}
    )
    bot.drain()
    assert rules_of(pull) == ["introduced-vulnerability", "unreadable-image"]


@pytest.mark.parametrize(("before", "conclusion"), [("1", "failure"), ("12", "success")])
def test_more_ways_than_are_looked_at_gate_where_they_are_new(
    bot: RunningBot,
    github: FakeGitHub,
    sound: str,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    conclusion: str,
) -> None:
    monkeypatch.setattr("bot.builds.MOST_VARIANTS", 1)

    def files(services: str, user: int) -> dict[str, str]:
        built = (f"  s{n}: {{build: {{context: ., args: {{USED: '{n}'}}}}}}\n" for n in services)
        text = f"ARG BASE={sound}\nARG USED\nFROM $BASE\nARG USED\nUSER {user}$USED\n"
        return {"Dockerfile": text, "compose.yaml": "services:\n" + "".join(built)}

    pull = github.repo(files=files(before, 1)).open_pull(files=files("12", 2))
    bot.drain()
    assert (pull.check.conclusion, rules_of(pull)) == (conclusion, ["unreadable-image"])
    assert "1 more way this file is built" in text_of(pull)
