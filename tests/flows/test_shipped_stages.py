"""What a Dockerfile of several stages ships, and which of its instructions still count in what is shipped."""

from pathlib import Path

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.images import image, index
from tests.flows.reading import FLAWED, SOUND, know_flaw, rules_of, text_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

UPGRADES = {"OnBuild": ["RUN apk upgrade"]}


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


SHIPS_THE_FLAW = {
    "a trigger copies a stage": (
        "FROM {flawed} AS build\nFROM scratch AS base\nONBUILD COPY --from=build / /\nFROM base\n"
    ),
    "a trigger copies an image": "FROM scratch AS base\nONBUILD COPY --from={flawed} / /\nFROM base\n",
    "a trigger downgrades": (
        "FROM {flawed} AS a\nRUN apk upgrade\nONBUILD RUN apk add libssl3=3.3.0-r0\nFROM a\n"
    ),
    "an upgraded stage copied over": "FROM {flawed} AS a\nFROM a\nRUN apk upgrade\nCOPY --from=a / /\n",
    "two stages of one image": (
        "FROM {flawed} AS a\nFROM a AS b\nRUN apk upgrade\n"
        "FROM scratch\nCOPY --from=b / /\nCOPY --from=a / /\n"
    ),
    "an upgrade before there is anything": (
        "FROM {flawed} AS a\nFROM scratch\nRUN apk upgrade\nCOPY --from=a / /\n"
    ),
    "a later stage": "FROM scratch AS a\nCOPY --from=b / /\nFROM {flawed} AS b\nFROM a\n",
    "a source in a variable": "FROM {flawed} AS a\nFROM scratch\nENV R=/\nCOPY --from=a $R /\n",
    "a source only the builder knows": "FROM {flawed} AS a\nFROM scratch\nARG R\nCOPY --from=a $R /\n",
    "a stage in a variable": (
        "ARG S=a\nFROM {flawed} AS a\nFROM scratch\nARG S\nCOPY --from=$S / /\n"  # as buildah reads it
    ),
    "a class": "FROM {flawed} AS a\nFROM scratch\nCOPY --from=a /[a-z]* /\n",
    "a negated class": "FROM {flawed} AS a\nFROM scratch\nCOPY --from=a /[^.]* /\n",
    "a question mark": "FROM {flawed} AS a\nFROM scratch\nCOPY --from=a /?* /\n",
    "quotes": 'FROM {flawed} AS a\nFROM scratch\nCOPY --from=a "/" /\n',
}


@pytest.mark.parametrize("text", SHIPS_THE_FLAW.values(), ids=SHIPS_THE_FLAW)
def test_what_is_copied_whole_is_shipped_as_it_was(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, text: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": text.format(flawed=flawed)})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]


SHIPS_NO_FLAW = {
    "an upgraded stage copied into nothing": (
        "FROM {flawed} AS a\nRUN apk upgrade\nFROM scratch\nCOPY --from=a / /\n"
    ),
    "through two stages": (
        "FROM {flawed} AS a\nFROM scratch AS b\nCOPY --from=a / /\nRUN apk upgrade\nFROM scratch\n"
        "COPY --from=b / /\n"
    ),
    "files laid over an upgrade": (
        "FROM scratch AS files\nCOPY app /app\nFROM {flawed}\nRUN apk upgrade\nCOPY --from=files / /\n"
    ),
    "a trigger upgrades": "FROM {flawed} AS a\nONBUILD RUN apk upgrade\nFROM a\n",
    "a trigger nobody builds on": "FROM {sound}\nONBUILD COPY --from={flawed} / /\n",
    "a folder in a variable": (
        "FROM {flawed} AS a\nFROM {sound}\nENV VENV=/venv\nCOPY --from=a $VENV $VENV\n"
    ),
    "files by their ending": "FROM {flawed} AS a\nFROM {sound}\nCOPY --from=a /*.jar /app/\n",
    "files in a folder": "FROM {flawed} AS a\nFROM {sound}\nARG V\nCOPY --from=a /app/$V/*.jar /app/\n",
}


@pytest.mark.parametrize("text", SHIPS_NO_FLAW.values(), ids=SHIPS_NO_FLAW)
def test_a_flaw_that_is_mended_or_left_behind_is_not_shipped(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, text: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": text.format(sound=sound, flawed=flawed)})
    bot.drain()
    assert pull.check.conclusion == "success"


TRIGGERS = {
    "do not run for what is copied": (FLAWED, "FROM scratch\nCOPY --from={trigger} / /\n"),
    "do not mend what is laid over": (SOUND, "FROM {trigger}\nCOPY --from={flawed} / /\n"),
    "do not mend what lies below": (FLAWED, "FROM {flawed}\nCOPY --from={trigger} / /\n"),
}


@pytest.mark.parametrize(("packages", "text"), TRIGGERS.values(), ids=TRIGGERS)
def test_triggers_of_an_image(
    bot: RunningBot,
    github: FakeGitHub,
    registry: Registry,
    sound: str,
    flawed: str,
    packages: dict[str, tuple[str, str]],
    text: str,
) -> None:
    trigger = registry.push_image("trigger:1", packages=packages, config=UPGRADES)
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": text.format(trigger=trigger, flawed=flawed)})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert set(rules_of(pull)) == {"introduced-vulnerability"}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("FROM {sound}\nRUN --mount=from=tool:1,target=/x cp -a /x/. /\n", "files mounted from image tool:1"),
        ("FROM {sound} AS a\nFROM {sound}\nRUN --mount=from=a,target=/x x\n", "files mounted from stage a"),
        ("FROM {sound}\nONBUILD RUN --mount=from=tool:1 x\n", "files mounted from image tool:1"),
        (
            "# syntax=evil.example/frontend:1\nFROM {sound}\n",
            "what the frontend evil.example/frontend:1 makes of this file",
        ),
    ],
)
def test_what_may_bring_anything_is_named(
    bot: RunningBot, github: FakeGitHub, sound: str, text: str, named: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": text.format(sound=sound)})
    bot.drain()
    assert pull.check.title.endswith("(partially analysed)")
    assert f"{named}: not looked at yet" in text_of(pull)


@pytest.mark.parametrize("syntax", ["docker/dockerfile:1", "docker.io/docker/dockerfile-upstream:master"])
def test_the_usual_frontend_needs_no_word(
    bot: RunningBot, github: FakeGitHub, sound: str, syntax: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"# syntax={syntax}\nFROM {sound}\n"})
    bot.drain()
    assert pull.check.title == "No new vulnerabilities"


@pytest.mark.parametrize(
    "text",
    [
        "FROM {host}/both:1\n",
        "FROM --platform=$TARGETPLATFORM {host}/both:1\n",
        "FROM --platform=$BUILDPLATFORM {host}/both:1\n",
        "FROM {host}/arch:$TARGETARCH\n",
    ],
)
def test_the_platform_of_the_operator_reaches_the_dockerfile(
    tmp_path: Path,
    github: FakeGitHub,
    registry: Registry,
    advisories: Advisories,
    clock: HeldClock,
    text: str,
) -> None:
    amd64, arm64 = image(packages=SOUND), image(packages=FLAWED, platform="linux/arm64")
    registry.push_built("both:1", index({"linux/amd64": amd64, "linux/arm64": arm64}))
    registry.push_built("arch:amd64", amd64)
    registry.push_built("arch:arm64", arm64)
    settings = settings_for(tmp_path / "data", github, registry, platform="linux/arm64")
    repo = github.repo(files={"Dockerfile": "FROM scratch\n"})
    with running_bot(settings, clock, github, advisories) as bot:
        pull = repo.open_pull(files={"Dockerfile": text.format(host=registry.host)})
        bot.drain()
        assert pull.check.conclusion == "failure"
        assert rules_of(pull) == ["introduced-vulnerability"]


def test_a_platform_that_only_the_builder_knows_is_not_guessed(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"ARG P\nFROM --platform=$P {sound}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unresolved-reference"]
    assert "its platform: no value is known for P" in text_of(pull)
