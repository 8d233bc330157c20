"""What a pull request is told of better base images: in the comment, and by one action that does it."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from bot.bump.model import Advice
from bot.bump.prove import advise
from bot.change import Change
from bot.handlers import memory
from bot.handlers.gather import gather
from bot.report.json_report import render_json
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.fakes.github.repo_verbs import FakeRepo
from tests.flows.reading import FLAW, FLAWED, SOUND, text_of
from tests.flows.test_replay import stored
from tests.harness import Advisories, HeldClock, Registry, RunningBot

SUPPORTED = "alpine:3.22"
"""A release that is not past its end of life while these tests hold the clock."""


@dataclass(frozen=True, slots=True)
class Base:
    """An image with a flaw, and a tag of it without."""

    registry: Registry
    repo: FakeRepo
    old: str
    new: str

    def listings(self) -> int:
        """How often the registry was asked for tags."""
        return self.registry.count("GET", "/tags/list")


@pytest.fixture
def base(github: FakeGitHub, registry: Registry, advisories: Advisories) -> Base:
    advisories.add(FLAW, package="openssl", fixed="3.3.1-r0", ecosystem="Alpine:v3.22")
    old = registry.push_image("shop:1.2.3", os=SUPPORTED, packages=FLAWED)
    new = registry.push_image("shop:1.2.4", os=SUPPORTED, packages={**SOUND, "zlib": "1.3.1-r1"})
    return Base(registry, github.repo(files={"Dockerfile": "FROM scratch\n"}), old, new)


def judge(bot: RunningBot, base: Base, text: str, path: str = "Dockerfile", **more: bool) -> FakePull:
    pull = base.repo.open_pull(files={path: text}, **more)
    bot.drain()
    return pull


def suggestions(pull: FakePull) -> list[tuple[str, int | None, str]]:
    return [(note.path, note.lines[1] if note.lines else None, note.body) for note in pull.notes]


@pytest.mark.parametrize("fork", [False, True], ids=["branch", "fork"])
@pytest.mark.parametrize(
    ("text", "line", "wanted"),
    [
        ("# shop\nFROM {}\n", 2, "FROM {}"),
        ("FROM --platform=linux/amd64 {} AS app\n", 1, "FROM --platform=linux/amd64 {} AS app"),
        ("ARG BASE={}\nFROM $BASE\n", 1, "ARG BASE={}"),
    ],
)
def test_a_better_tag_is_suggested_on_the_line_that_names_it(
    bot: RunningBot, base: Base, text: str, line: int, wanted: str, fork: bool
) -> None:
    pull = judge(bot, base, text.format(base.old), fork=fork)
    assert pull.check.conclusion == "failure"
    ((path, where, body),) = suggestions(pull)
    assert (path, where) == ("Dockerfile", line)
    assert f"```suggestion\n{wanted.format(base.new)}\n```" in body
    assert f"Apply the suggestion on line {line}" in (pull.bot_comment or "")
    assert [action["identifier"] for action in pull.check.actions] == ["rescan"]


@pytest.mark.parametrize(
    ("path", "text"),
    [("compose.yaml", "services:\n  web:\n    image: '{}' # here\n")],
)
def test_a_better_tag_is_suggested_in_other_files(bot: RunningBot, base: Base, path: str, text: str) -> None:
    pull = judge(bot, base, text.format(base.old), path)
    ((where, line, body),) = suggestions(pull)
    assert (where, line) == (path, 3)
    assert f"    image: '{base.new}' # here\n```" in body


def test_two_tags_of_one_image_in_one_file_each_get_theirs(bot: RunningBot, base: Base) -> None:
    older = base.registry.push_image("shop:1.1.0", os=SUPPORTED, packages=FLAWED)
    text = f"services:\n  web:\n    image: {base.old}\n  job:\n    image: {older}\n"
    pull = judge(bot, base, text, "compose.yaml")
    assert sorted((line, f"    image: {base.new}\n" in body) for _, line, body in suggestions(pull)) == [
        (3, True),
        (5, True),
    ]
    for line in (3, 5):
        assert f"Apply the suggestion on line {line} of" in (pull.bot_comment or "")


def test_what_the_target_branch_does_not_have_no_bump_could_change(bot: RunningBot, base: Base) -> None:
    build = f"services:\n  web:\n    build:\n      context: .\n      args:\n        BASE: {base.old}\n"
    pull = base.repo.open_pull(files={"Dockerfile": "ARG BASE\nFROM $BASE\n", "compose.yaml": build})
    bot.drain()
    assert suggestions(pull) == []
    assert f"Use `{base.new}`: clears 1 of 1 severe vulnerability" in (pull.bot_comment or "")
    assert "Write it on line 6 of `compose.yaml`." in (pull.bot_comment or "")
    assert f"/bump {base.old.rpartition(':')[0]}" not in text_of(pull)
    assert [action["identifier"] for action in pull.check.actions] == ["rescan"]


def test_outside_the_diff_the_check_has_a_button(bot: RunningBot, github: FakeGitHub, base: Base) -> None:
    far = "".join(f"RUN step-{number}\n" for number in range(20))
    repo = github.repo("octo/far", files={"Dockerfile": f"FROM {base.old}\n{far}"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {base.old}\n{far}USER 1\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert suggestions(pull) == []
    assert [action["identifier"] for action in pull.check.actions] == ["rescan", "bump"]
    name = base.old.rpartition(":")[0]
    assert f"Press **Bump** in the check, or comment `/bump {name} 1.2.4`" in (pull.bot_comment or "")


def test_a_suggestion_is_edited_in_place_and_withdrawn_when_it_is_taken(
    bot: RunningBot, clock: HeldClock, base: Base
) -> None:
    pull = judge(bot, base, f"FROM {base.old}\n")
    clock.advance(hours=1)
    (first,) = pull.notes
    newest = base.registry.push_image("shop:1.2.5", os=SUPPORTED, packages={**SOUND, "zlib": "1.3.1-r2"})
    pull.comment("/rescan --fresh")
    bot.drain()
    (second,) = pull.notes
    assert second.id == first.id
    assert newest in second.body
    pull.push(files={"Dockerfile": f"FROM {newest}\n"})
    bot.drain()
    assert pull.check.conclusion == "success"
    assert list(pull.notes) == []


def test_a_rescan_asks_for_no_tags_again(bot: RunningBot, base: Base) -> None:
    pull = judge(bot, base, f"FROM {base.old}\n")
    body, asked = pull.bot_comment, len(base.registry.received)
    pull.comment("/rescan")
    bot.drain()
    assert pull.bot_comment == body
    assert len(base.registry.received) == asked
    assert len(list(pull.notes)) == 1


def test_advice_of_another_day_is_asked_for_again(bot: RunningBot, clock: HeldClock, base: Base) -> None:
    pull = judge(bot, base, f"FROM {base.old}\n")
    asked = base.listings()
    clock.advance(days=1)
    pull.comment("/rescan")
    bot.drain()
    assert base.listings() == asked + 1


def test_a_stored_verdict_with_advice_gives_the_stored_document(bot: RunningBot, base: Base) -> None:
    judge(bot, base, f"FROM {base.old}\n")
    ((document, inputs),) = stored(bot)
    replayed = memory.replay(inputs)
    assert [advice.best.tag for advice in replayed.advice if advice.best] == ["1.2.4"]
    assert render_json(replayed) == document


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Dockerfile", "FROM {new}\n"),
        ("Dockerfile", "FROM {old} AS build\nFROM {new}\n"),  # not shipped
        ("Dockerfile", "FROM {old}\nRUN apk upgrade\n"),  # mended by an instruction
        (".github/workflows/a.yml", "jobs:\n  a:\n    container: {old}\n"),
    ],
)
def test_without_severe_flaws_in_what_is_shipped_nothing_is_asked_for(
    bot: RunningBot, base: Base, path: str, text: str
) -> None:
    pull = judge(bot, base, text.format(old=base.old, new=base.new), path)
    assert pull.check.conclusion == "success"
    assert base.listings() == 0
    assert suggestions(pull) == []


def test_a_registry_without_tag_list_is_said_and_changes_no_verdict(bot: RunningBot, base: Base) -> None:
    base.registry.fail("/tags/list", status=404)
    pull = judge(bot, base, f"FROM {base.old}\n")
    assert pull.check.conclusion == "failure"
    assert "its tags could not be listed" in text_of(pull)
    assert "No better image could be looked for" in (pull.bot_comment or "")
    assert suggestions(pull) == []


@pytest.mark.parametrize(("minutes", "left"), [(14.5, 15.0), (14.9, 0.0), (1, 45.0)])
def test_advice_takes_no_time_that_the_verdict_needs(
    bot: RunningBot,
    clock: HeldClock,
    base: Base,
    monkeypatch: pytest.MonkeyPatch,
    minutes: float,
    left: float,
) -> None:
    given: list[float] = []

    async def slow(*arguments: Any, patience: float, **more: Any) -> Advice:
        given.append(patience)
        clock.advance(seconds=patience)
        await asyncio.sleep(0.1)
        return await advise(*arguments, patience=patience, **more)

    async def gather_slowly(*arguments: Any) -> Change:
        clock.advance(minutes=minutes)
        return await gather(*arguments)

    monkeypatch.setattr("bot.handlers.review.GLANCE", 0.01)
    monkeypatch.setattr("bot.handlers.review.gather", gather_slowly)
    monkeypatch.setattr("bot.advice.advise", slow)
    pull = judge(bot, base, f"FROM {base.old}\n")
    assert given == pytest.approx([left] if left else [])
    assert "1 new high vulnerability" in pull.check.title
    assert ("No better image could be looked for" in (pull.bot_comment or "")) is (not left)


def test_where_suggestions_are_refused_the_comment_says_what_to_write(
    bot: RunningBot, github: FakeGitHub, base: Base
) -> None:
    message = {"message": "Resource not accessible by integration"}
    github.fault(method="POST", path="*/pulls/*/comments", status=403, body=message)
    pull = judge(bot, base, f"FROM {base.old}\n")
    assert pull.check.conclusion == "failure"
    assert suggestions(pull) == []
    assert "Write it on line 1 of `Dockerfile`." in (pull.bot_comment or "")


def test_past_its_end_of_life_an_image_gets_advice_though_it_has_no_flaw(
    bot: RunningBot, base: Base, advisories: Advisories
) -> None:
    advisories.add("CVE-2023-0001", package="zlib", fixed="1.2.0-r0", ecosystem="Alpine:v3.18")
    ended = base.registry.push_image("shop:2.0.0", os="alpine:3.18", packages=SOUND)
    base.registry.push_image("shop:2.0.1", os=SUPPORTED, packages={**SOUND, "zlib": "1.3.1-r1"})
    pull = judge(bot, base, f"FROM {ended}\n")
    assert pull.check.conclusion == "success"
    assert base.listings() == 1
