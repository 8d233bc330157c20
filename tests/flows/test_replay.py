"""A stored verdict can be judged again, byte for byte, and a job that runs twice says the same twice."""

import pytest
import sqlalchemy as sa

from bot.handlers import memory
from bot.report.json_report import render_json
from bot.store.jobs import JobState
from bot.store.tables import jobs, reviews
from tests.fakes.github.fake import FakeGitHub
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.reading import FLAWED, SOUND, know_flaw
from tests.harness import Advisories, Registry, RunningBot


def stored(bot: RunningBot) -> list[tuple[str, str]]:
    """Document and inputs of every verdict, in order of the attempts."""
    query = sa.select(reviews.c.document, reviews.c.inputs).order_by(reviews.c.attempt)
    return bot.context.store.do_now(lambda c: [(row.document, row.inputs) for row in c.execute(query)])


def review(bot: RunningBot, github: FakeGitHub, registry: Registry) -> FakePull:
    """Judge a change with something of every kind: a build stage, an instruction, a new flaw."""
    sound = registry.push_image("shop:1", packages=SOUND)
    flawed = registry.push_image("shop:2", packages=FLAWED)
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n", "go.sum": ""})
    text = f"FROM {flawed} AS build\nFROM {flawed}\nRUN pip install flask\n"
    pull = repo.open_pull(files={"Dockerfile": text, "go.sum": "x", "web/Dockerfile": "FROM $UNKNOWN\n"})
    bot.drain()
    return pull


def test_stored_inputs_judged_again_give_the_stored_document(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories
) -> None:
    pull = review(bot, github, registry)
    know_flaw(advisories)
    pull.comment("/rescan --fresh")
    bot.drain()
    documents = stored(bot)
    assert len(documents) == 2
    for document, inputs in documents:
        assert render_json(memory.replay(inputs)) == document


def shown(pull: FakePull) -> tuple[object, ...]:
    """What a person sees, and on which check run."""
    check = pull.check
    return check.id, check.conclusion, check.title, check.summary, check.text, pull.bot_comment


def run_last_again(bot: RunningBot) -> None:
    """Let the newest review run again, as after a crash just before its job was noted as done."""
    newest = sa.select(reviews.c.id).order_by(reviews.c.attempt.desc()).limit(1).scalar_subquery()
    again = jobs.update().where(jobs.c.id == newest).values(state=JobState.QUEUED)
    assert bot.context.store.do_now(lambda c: c.execute(again).rowcount) == 1
    assert bot.drain() != []


@pytest.mark.parametrize("outside", ["advisory", "tag"])
def test_a_review_that_runs_twice_says_the_same_twice(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, outside: str
) -> None:
    sound = registry.push_image("shop:1", packages=SOUND)
    head = registry.push_image("shop:2", packages=FLAWED if outside == "advisory" else SOUND)
    repo = github.repo(files={"Dockerfile": f"FROM {sound}\n"})
    pull = repo.open_pull(files={"Dockerfile": f"FROM {head}\n"})
    bot.drain()
    know_flaw(advisories)
    if outside == "tag":
        registry.push_image("shop:2", packages=FLAWED)
    pull.comment("/rescan --fresh")
    bot.drain()
    first = shown(pull)
    run_last_again(bot)
    assert shown(pull) == first
    assert pull.check.conclusion == "success"
