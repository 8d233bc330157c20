"""A change written so that the check turns green although something flawed is shipped."""

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import FLAWED, know_flaw, rules_of
from tests.harness import Advisories, Registry, RunningBot


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    know_flaw(advisories)


@pytest.mark.parametrize(
    "instructions",
    [
        "RUN true || apk upgrade",
        "RUN if false; then apk upgrade; fi",
        "RUN apk upgrade --simulate",
        "RUN yes apk upgrade | head -1",
        "RUN apk add 'libssl3<3.3.1'",
        "RUN true || apk del libssl3",
        "RUN apk del libssl3; if true; then apk add libssl3=3.3.0-r0; fi",
        "RUN apk upgrade && apk add libssl3=3.3.0-r0",
    ],
)
def test_a_remedy_that_is_none(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, instructions: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {flawed}\n{instructions}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"


def test_so_many_images_that_the_one_before_is_not_looked_at(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    repo = github.repo(files={"z/Dockerfile": f"FROM {sound}\n"})
    crowd = "".join(f"FROM {flawed.partition('/')[0]}/none:{number}\n" for number in range(99))
    pull = repo.open_pull(
        files={"a/Dockerfile": f"FROM {flawed}\n{crowd}FROM scratch\n", "z/Dockerfile": f"FROM {flawed}\n"}
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert "incomplete-change" in rules_of(pull)


def test_a_dockerfile_under_a_name_that_is_none(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    rest = "".join(f"LABEL line{number}=text\n" for number in range(20))
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n{rest}"})
    pull = repo.open_pull(delete=["Dockerfile"], files={"Dockerfile-prod": f"FROM {flawed}\n{rest}"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert [note["path"] for note in pull.check.annotations] == ["Dockerfile-prod"]


def test_a_limit_of_ours_does_not_make_it_another_kind_of_file(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    rest = "".join(f"LABEL line{number}=text-text-text-text\n" for number in range(60))
    documents = f"RUN true{' <<a' * 101}\n" + "a\n" * 101
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n{rest}"})
    pull = repo.open_pull(
        delete=["Dockerfile"], files={"Dockerfile-prod": f"FROM {flawed}\n{rest}{documents}"}
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["dockerfile-syntax"]


def test_a_reference_of_the_greatest_length_ends_the_review(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    reference = "a" * 60 + ".b" * 450 + "/" + "y" * 59
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {reference}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["unreadable-image"]


@pytest.mark.parametrize("source", ["/", "/.", "./", "/*", "/usr/.."])
def test_a_builder_copied_whole_is_shipped(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, source: str
) -> None:
    final = f"FROM scratch\nCOPY --from=build {source} /\n"
    repo = github.repo(files={"Dockerfile": f"FROM {sound} AS build\n{final}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {flawed} AS build\n{final}"})
    bot.drain()
    assert pull.check.conclusion == "failure"


def test_an_image_copied_whole_is_shipped(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM scratch\nCOPY --from={sound} / /\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM scratch\nCOPY --from={flawed} / /\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert [
        note["start_line"] for note in pull.check.annotations if note["annotation_level"] != "notice"
    ] == [2]


def test_an_upgrade_below_a_builder_copied_whole_mends_nothing(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    final = f"FROM {sound}\nRUN apk upgrade\nCOPY --from=build / /\n"
    repo = github.repo(files={"Dockerfile": f"FROM {sound} AS build\n{final}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {flawed} AS build\n{final}"})
    bot.drain()
    assert pull.check.conclusion == "failure"


def test_a_builder_upgraded_and_copied_whole_is_mended(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str
) -> None:
    final = "RUN apk upgrade\nFROM scratch\nCOPY --from=build / /\n"
    repo = github.repo(files={"Dockerfile": f"FROM {sound} AS build\n{final}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {flawed} AS build\n{final}"})
    bot.drain()
    assert pull.check.conclusion == "success"


def test_a_flaw_beside_one_that_stays_is_not_carried_over(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    know_flaw(advisories)
    advisories.add("CVE-2024-0001", package="nodejs", fixed="21-r0", record="ALPINE-CVE-2024-0001")
    old = registry.push_image("shop:1", packages=FLAWED)
    new = registry.push_image("shop:2", packages={**FLAWED, "nodejs": "20.0-r0"})
    repo = github.repo(files={"Dockerfile": f"FROM {old}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert pull.check.conclusion == "failure"


@pytest.mark.parametrize("platform", ["foo", "!!!", "linux/", "a/b/c/d"])
def test_a_platform_that_is_none(
    bot: RunningBot, github: FakeGitHub, sound: str, flawed: str, platform: str
) -> None:
    repo = github.repo(
        files={"Dockerfile": f"FROM {sound}\n", "b/Dockerfile": f"FROM --platform=x {sound}\n"}
    )
    pull = repo.open_pull(
        files={"Dockerfile": f"FROM --platform={platform} {sound}\n", "a/Dockerfile": f"FROM {flawed}\n"},
        delete=["b/Dockerfile"],
    )
    bot.drain()
    assert rules_of(pull) == ["unreadable-image", "introduced-vulnerability"]
