"""What another version stored, or a disk spoilt, is as good as not there: it stops no pull request for good."""

import zlib

import pytest
import sqlalchemy as sa

from bot.store.tables import earlier, inventories
from tests.fakes.github.fake import FakeGitHub
from tests.flows.reading import FLAWED, SOUND, know_flaw, rules_of
from tests.harness import Advisories, Registry, RunningBot

OTHER = '["written by another version"]'


def spoil(bot: RunningBot, column: sa.Column, place: str = "%", content: str | bytes = OTHER) -> None:
    """Make stored texts what this version cannot read."""
    table = column.table
    which = table.c.place.like(place) if "place" in table.c else sa.true()
    change = sa.update(table).where(which).values({column: content})
    assert bot.context.store.do_now(lambda c: c.execute(change).rowcount)


@pytest.mark.parametrize("place", ["%", "head:%"])
def test_an_earlier_verdict_that_cannot_be_read_is_none(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, place: str
) -> None:
    know_flaw(advisories)
    sound, flawed = (
        registry.push_image(f"shop:{tag}", packages=of) for tag, of in enumerate((SOUND, FLAWED), start=1)
    )
    pull = github.repo(files={"Dockerfile": f"FROM {sound}\n"}).open_pull(
        files={"Dockerfile": f"FROM {flawed}\n"}
    )
    bot.drain()
    spoil(bot, earlier.c.verdict, place)
    pull.comment("/rescan")
    bot.drain()
    assert pull.check.title == "1 new high vulnerability"
    assert rules_of(pull) == ["introduced-vulnerability"]


@pytest.mark.parametrize("content", [zlib.compress(OTHER.encode()), b"a spoilt disk"])
def test_an_inventory_that_cannot_be_read_is_none(
    bot: RunningBot, github: FakeGitHub, registry: Registry, advisories: Advisories, content: bytes
) -> None:
    know_flaw(advisories)
    old = registry.push_image("shop:1", packages=FLAWED)
    new = registry.push_image("shop:2", packages={**FLAWED, "zlib": "1.3-r0"})
    repo = github.repo(files={"Dockerfile": f"FROM {old}\n"})
    repo.open_pull(files={"Dockerfile": f"FROM {old}\nUSER app\n"})
    bot.drain()
    spoil(bot, inventories.c.content, content=content)
    registry.delete_manifest("shop", "1")
    pull = repo.open_pull(files={"Dockerfile": f"FROM {new}\n"})
    bot.drain()
    assert sorted(rules_of(pull)) == ["uncomparable-vulnerability", "unreadable-base-side"]
