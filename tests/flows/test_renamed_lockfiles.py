"""What a file that an instruction puts in a lockfile's place does to a verdict."""

import json

import pytest

from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import counts_of, rules_of, text_of
from tests.harness import Advisories, RunningBot

TAKE = "COPY . .\n"
PUT = "COPY ci/locked.json package-lock.json\n"
HEREDOC = "COPY <<EOF package-lock.json\n{}\nEOF\n"


@pytest.fixture(autouse=True)
def _flaw(advisories: Advisories) -> None:
    advisories.add("CVE-2024-0003", package="lodash", fixed="4.17.21", ecosystem="npm")


def lock(version: str) -> str:
    packages = {"": {"dependencies": {"lodash": version}}, "node_modules/lodash": {"version": version}}
    return json.dumps({"lockfileVersion": 3, "packages": packages}, indent=1)


FLAWED, SOUND = lock("4.17.11"), lock("4.17.21")


def npm(image: str, *lines: str) -> str:
    return f"FROM {image}\nWORKDIR /app\n{''.join(lines)}RUN npm ci\nUSER 1000\n"


def changed(
    bot: RunningBot,
    github: FakeGitHub,
    before: dict[str, str],
    after: dict[str, str],
    delete: tuple[str, ...] = (),
) -> FakePull:
    pull = github.repo(files={"package.json": "{}"} | before).open_pull(files=after, delete=delete)
    bot.drain()
    return pull


def test_a_flawed_file_put_in_a_lockfiles_place_blocks(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = {"Dockerfile": npm(sound, TAKE), "package-lock.json": SOUND}
    pull = changed(bot, github, before, {"Dockerfile": npm(sound, TAKE, PUT), "ci/locked.json": FLAWED})
    assert (rules_of(pull), pull.check.conclusion) == (["introduced-vulnerability"], "failure")
    assert "ci/locked.json" in pull.check.summary


@pytest.mark.parametrize("name", ["locked.json", "ci/locked.json"])
def test_renaming_a_lockfile_mends_nothing(
    bot: RunningBot, github: FakeGitHub, sound: str, name: str
) -> None:
    before = {"Dockerfile": npm(sound, "COPY package-lock.json ./\n"), "package-lock.json": FLAWED}
    put = npm(sound, f"COPY {name} package-lock.json\n")
    pull = changed(bot, github, before, {"Dockerfile": put, name: FLAWED}, ("package-lock.json",))
    assert counts_of(pull)["fixed"] == "0"


@pytest.mark.parametrize(
    "lines",
    [
        [TAKE, HEREDOC],
        [TAKE, "ADD https://example.org/package-lock.json ./\n"],
        ["ARG D\nCOPY ${D}/package-lock.json ./\n"],
        ["ARG D\nCOPY ${D} ./\n"],
        ["COPY made.json package-lock.json\n"],
        ["COPY package.json ./\n"],
    ],
)
def test_a_lockfile_that_nobody_can_read_mends_nothing(
    bot: RunningBot, github: FakeGitHub, sound: str, lines: list[str]
) -> None:
    before = {"Dockerfile": npm(sound, TAKE), "package-lock.json": FLAWED}
    pull = changed(bot, github, before, {"Dockerfile": npm(sound, *lines)})
    assert counts_of(pull)["fixed"] == "0"
    assert "no lockfile that it reads is known to be there" in text_of(pull) + pull.bot_comment
    assert "partially analysed" in text_of(pull)


def test_a_mended_lockfile_under_an_unknown_one_is_not_mended(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = {"Dockerfile": npm(sound, TAKE), "package-lock.json": FLAWED}
    over = npm(sound, TAKE, "ARG D\nCOPY ${D}/package-lock.json ./\n")
    pull = changed(bot, github, before, {"Dockerfile": over, "package-lock.json": SOUND})
    assert counts_of(pull)["fixed"] == "0"
    assert "the lockfile at /app/package-lock.json" in text_of(pull) + pull.bot_comment


def test_an_install_that_no_stage_has_a_lockfile_for_mends_nothing(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    built = f"FROM {sound} AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci\n"
    built += f"FROM {sound}\nUSER 1000\nCOPY --from=b /app /app\n"
    before = {"Dockerfile": built, "package-lock.json": FLAWED}
    pull = changed(bot, github, before, {}, ("package-lock.json",))
    assert counts_of(pull)["fixed"] == "0"


def test_what_comes_after_an_install_hides_nothing(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    before = {"Dockerfile": npm(sound, TAKE), "package-lock.json": SOUND}
    late = npm(sound, TAKE) + HEREDOC
    pull = changed(bot, github, before, {"Dockerfile": late, "package-lock.json": FLAWED})
    assert (rules_of(pull), pull.check.conclusion) == (["introduced-vulnerability"], "failure")


def test_a_lockfile_that_is_gone_with_its_install_is_mended(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = {"Dockerfile": npm(sound, TAKE), "package-lock.json": FLAWED}
    without = f"FROM {sound}\nUSER 1000\n"
    pull = changed(bot, github, before, {"Dockerfile": without}, ("package-lock.json",))
    assert counts_of(pull)["fixed"] == "1"


def test_such_a_file_changed_alone_is_judged_with_its_line(
    bot: RunningBot, github: FakeGitHub, sound: str
) -> None:
    before = {"Dockerfile": npm(sound, TAKE, PUT), "package-lock.json": SOUND, "ci/locked.json": SOUND}
    pull = changed(bot, github, before, {"ci/locked.json": FLAWED})
    assert (rules_of(pull), pull.check.conclusion) == (["introduced-vulnerability"], "failure")
    assert [(note["path"], note["start_line"]) for note in pull.check.annotations] == [("ci/locked.json", 9)]
