"""What `/ignore` means, by what its pull request proposes."""

from datetime import date

import pytest

from bot.commands import Command, Verb
from bot.handlers.ignoring import wanted
from bot.handlers.proposed import Proposed
from bot.image.tags.model import Track
from bot.policy.bumps import Ignore
from bot.report.reply import NotIgnored, WhyNot
from bot.store.ignores import Move

NODE, SHOP = "docker.io/library/node", "ghcr.io/acme/shop"
BUMP = Proposed((NODE,), (Move(NODE, "22.1.0", Track.MINOR), Move(NODE, "22.1.0-slim", Track.MINOR)))
TWO = Proposed((NODE, SHOP), (Move(NODE, "22.1.0", Track.MINOR), Move(SHOP, "3", Track.DIGEST)))
DAY = date(2027, 1, 31)


def ignore(**said: object) -> Command:
    return Command(Verb.IGNORE, **said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "here", "entries"),
    [
        (ignore(this=True), BUMP, [Ignore("node", (), "22.1.0"), Ignore("node", (), "22.1.0-slim")]),
        (ignore(this=True, image="node"), TWO, [Ignore("node", (), "22.1.0")]),
        (ignore(this=True, image="ghcr.io/*", until=DAY), TWO, [Ignore(SHOP, (Track.DIGEST,), "3", DAY)]),
        (ignore(track=Track.MINOR), BUMP, [Ignore("node", (Track.MINOR,))]),
        (ignore(track=Track.MAJOR, image=SHOP), Proposed(), [Ignore(SHOP, (Track.MAJOR,))]),
        (ignore(tag="22.*", image="*", until=DAY), Proposed(), [Ignore("*", (), "22.*", DAY)]),
    ],
)
def test_what_is_ignored(command: Command, here: Proposed, entries: list[Ignore]) -> None:
    assert wanted(command, here) == tuple(entries)


@pytest.mark.parametrize(
    ("command", "here", "why"),
    [
        (ignore(this=True), Proposed((NODE,)), NotIgnored(WhyNot.NOTHING_PROPOSED)),
        (ignore(this=True, image="redis"), TWO, NotIgnored(WhyNot.NOTHING_PROPOSED)),
        (ignore(this=True), TWO, NotIgnored(WhyNot.WHICH_IMAGE, images=("node", SHOP))),
        (ignore(track=Track.MINOR), TWO, NotIgnored(WhyNot.WHICH_IMAGE, images=("node", SHOP))),
        (ignore(track=Track.MINOR), Proposed(), NotIgnored(WhyNot.WHICH_IMAGE)),
    ],
)
def test_what_has_to_be_said_first(command: Command, here: Proposed, why: NotIgnored) -> None:
    assert wanted(command, here) == why
