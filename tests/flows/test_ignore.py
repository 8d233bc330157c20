"""`/ignore`, `/unignore` and `/show ignores`: who may, what is kept, and what is answered."""

import json
from datetime import date

import pytest

from bot.handlers.policy import load_policy
from bot.image.tags.model import Track
from bot.policy.bumps import Ignore
from bot.report.comment import MARKER
from bot.store.tables import bumps
from tests.fakes.github.pull_verbs import FakePull
from tests.flows.bumping import BETTER, Yard
from tests.flows.scenes import Shop
from tests.harness import HeldClock, RunningBot

FILE = """
bump:
  ignore:
    - {image: redis, tracks: major, reason: later}
    - {image: nginx, until: 2020-01-01}
"""


@pytest.fixture
def pull(bot: RunningBot, shop: Shop) -> FakePull:
    """A pull request that was judged."""
    pull = shop.risky_pull()
    bot.drain()
    return pull


@pytest.fixture
def bump(bot: RunningBot, shop: Shop) -> FakePull:
    """A bump pull request that moves node."""
    pull = shop.harmless_pull(head_branch="plimsoll/bump/main/node")
    bot.drain()
    note_bump(bot, shop, pull, [["docker.io/library/node", "22.1.0-alpine", "minor"]])
    return pull


def note_bump(bot: RunningBot, shop: Shop, pull: FakePull, moves: list[list[str]]) -> None:
    row = {
        "repository_id": shop.repo.id,
        "branch": pull.head_ref,
        "base_ref": "main",
        "family": "docker.io/library/node",
        "state": "open",
        "number": pull.number,
        "moves": json.dumps(moves),
        "changed_at": 0.0,
    }
    bot.context.store.do_now(lambda c: c.execute(bumps.insert().values(row)))


def say(bot: RunningBot, pull: FakePull, body: str, author: str = "alice") -> tuple[list[str], str]:
    """Write a comment; return the reactions to it and the last answer."""
    before = len(pull.bot_comments)
    comment = pull.comment(body, author=author)
    bot.drain()
    answers = [each.body for each in pull.bot_comments[before:] if MARKER not in each.body]
    assert len(answers) <= 1
    return comment.reactions, answers[0] if answers else ""


def ignored(bot: RunningBot, shop: Shop) -> list[Ignore]:
    """What the policy in force ignores."""
    context = bot.context
    repo = context.github.repository(shop.github.state.installation_id, shop.repo.name, shop.repo.id)
    return list(bot.call(load_policy(context, repo, "main")).bump.ignores)


def test_this_on_a_bump_is_the_tag_it_proposes(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    reactions, answer = say(bot, bump, "/ignore this until=2027-01-31")
    assert reactions == ["eyes", "+1"]
    assert "`node`: tag `22.1.0-alpine`, until 2027-01-31" in answer
    assert "/unignore node" in answer
    (entry,) = ignored(bot, shop)
    assert (entry.image, entry.tracks, entry.tag, entry.until) == (
        "node",
        (),
        "22.1.0-alpine",
        date(2027, 1, 31),
    )


def test_this_of_newer_content_leaves_other_tracks_alone(bot: RunningBot, shop: Shop) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    note_bump(bot, shop, pull, [["ghcr.io/acme/base", "3", "digest"]])
    say(bot, pull, "/ignore this")
    (entry,) = ignored(bot, shop)
    assert (entry.image, entry.tracks, entry.tag) == ("ghcr.io/acme/base", (Track.DIGEST,), "3")


def test_a_track_on_a_bump_is_about_its_image(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    say(bot, bump, "/ignore minor")
    (entry,) = ignored(bot, shop)
    assert (entry.image, entry.tracks, entry.reason) == (
        "node",
        (Track.MINOR,),
        f"said by alice on #{bump.number}",
    )


def test_elsewhere_the_one_image_of_the_pull_request_is_meant(
    bot: RunningBot, shop: Shop, pull: FakePull
) -> None:
    _, answer = say(bot, pull, "/ignore major")
    name = shop.bad.partition(":2")[0]
    assert f"`{name}`: major, without an end" in answer
    assert [entry.image for entry in ignored(bot, shop)] == [name]


def test_without_an_image_it_asks_which(bot: RunningBot, shop: Shop) -> None:
    pull = shop.harmless_pull()
    bot.drain()
    reactions, answer = say(bot, pull, "/ignore major")
    assert reactions == ["eyes", "-1"]
    assert "Which image?" in answer
    assert "Nothing is proposed here" in say(bot, pull, "/ignore this")[1]
    say(bot, pull, "/ignore 22.* docker.io/library/node")
    assert [(entry.image, entry.tag) for entry in ignored(bot, shop)] == [("node", "22.*")]


def test_saying_it_twice_changes_nothing_and_a_new_day_replaces_the_old(
    bot: RunningBot, shop: Shop, bump: FakePull
) -> None:
    say(bot, bump, "/ignore minor\n/ignore minor")
    say(bot, bump, "/ignore minor until=2027-01-31")
    assert [entry.until for entry in ignored(bot, shop)] == [date(2027, 1, 31)]


def test_it_holds_up_to_and_including_its_day(
    bot: RunningBot, shop: Shop, bump: FakePull, clock: HeldClock
) -> None:
    say(bot, bump, "/ignore minor until=2026-11-22")
    clock.advance(days=1)
    assert len(ignored(bot, shop)) == 1
    clock.advance(days=1)
    assert ignored(bot, shop) == []
    reactions, answer = say(bot, bump, "/ignore minor until=2026-11-22")
    assert reactions == ["eyes", "-1"]
    assert "2026-11-22 is over already" in answer


def test_unignore_takes_back_what_commands_said(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    shop.repo.commit(files={".github/plimsoll.yml": FILE})
    say(bot, bump, "/ignore minor")
    say(bot, bump, "/ignore major redis")
    assert "1 entry for `node` taken back" in say(bot, bump, "/unignore")[1]
    answer = say(bot, bump, "/unignore docker.io/library/redis")[1]
    assert "1 entry for `redis` taken back" in answer
    assert "Still ignored by `.github/plimsoll.yml`" in answer
    assert {entry.image for entry in ignored(bot, shop)} == {"redis"}
    assert "Still" not in say(bot, bump, "/unignore nginx")[1]


def test_unignore_tells_of_a_pattern_that_goes_on(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    say(bot, bump, "/ignore major no*")
    answer = say(bot, bump, "/unignore")[1]
    assert "No command had anything ignored for `node`" in answer
    assert "Still ignored by commands" in answer
    assert "`no*`: major" in answer
    assert "Still" not in say(bot, bump, "/unignore no*")[1]


def test_an_image_in_the_place_of_a_tag_is_asked_about(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    reactions, answer = say(bot, bump, "/ignore node")
    assert reactions == ["eyes", "-1"]
    assert "`/ignore * node`" in answer
    assert ignored(bot, shop) == []


def test_what_the_file_says_is_shown_as_text(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    hostile = "@acme/all <img src=x> [a](https://evil.example) #1 `x` | y"
    entry = f"bump:\n  ignore:\n    - {{image: node, reason: '{hostile}'}}\n"
    shop.repo.commit(files={".github/plimsoll.yml": entry})
    answer = say(bot, bump, "/show ignores")[1]
    assert "@acme" not in answer
    assert "<img" not in answer
    assert "](https" not in answer


def test_unignore_all(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    say(bot, bump, "/ignore minor")
    say(bot, bump, "/ignore patch redis")
    assert "2 entries taken back" in say(bot, bump, "/unignore *")[1]
    assert ignored(bot, shop) == []
    assert "No command had anything ignored" in say(bot, bump, "/unignore *")[1]


def test_show_lists_what_holds_now_from_both_places(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    assert "Nothing is ignored" in say(bot, bump, "/show ignores")[1]
    shop.repo.commit(files={".github/plimsoll.yml": FILE})
    say(bot, bump, "/ignore this")
    answer = say(bot, bump, "/show ignores")[1]
    assert "`node`: tag `22.1.0-alpine`, without an end (said by alice" in answer
    assert "`redis`: major, without an end (later)" in answer
    assert "nginx" not in answer


@pytest.mark.parametrize("command", ["/ignore minor node", "/unignore *", "/show ignores"])
@pytest.mark.parametrize("role", ["triage", "none"])
def test_strangers_are_refused(bot: RunningBot, shop: Shop, bump: FakePull, command: str, role: str) -> None:
    say(bot, bump, "/ignore this")
    shop.repo.set_permission("mallory", role)
    reactions, answer = say(bot, bump, command, author="mallory")
    assert reactions == ["-1"]
    assert "needs write permission" in answer
    assert len(ignored(bot, shop)) == 1


def test_a_wrong_day_is_answered_with_the_usage(bot: RunningBot, shop: Shop, bump: FakePull) -> None:
    reactions, answer = say(bot, bump, "/ignore minor until=2027-02-30")
    assert reactions == ["confused"]
    assert "/ignore WHAT [IMAGE] [until=YYYY-MM-DD]" in answer
    assert ignored(bot, shop) == []


@pytest.fixture
def opened(yard: Yard) -> FakePull:
    """A bump pull request that the bot opened."""
    repo = yard.repo({"Dockerfile": f"FROM {yard.host}/base:1.0.0\n"})
    repo.set_permission("alice", "write")
    yard.push(repo)
    return yard.only_bump(repo)


def test_an_open_bump_that_is_ignored_is_closed_with_the_reason(yard: Yard, opened: FakePull) -> None:
    before = len(opened.bot_comments)
    opened.comment("/ignore this", "alice")
    yard.work()
    said = [each.body for each in opened.bot_comments[before:]]
    assert opened.state == "closed"
    assert any(f"#{opened.number} proposes it" in each for each in said)
    assert any("1.0.1 is not proposed any more: ignored because said by alice on" in each for each in said)


def test_what_is_ignored_makes_room_for_the_next_candidate(yard: Yard, opened: FakePull) -> None:
    yard.image("base:1.0.2", BETTER)
    opened.comment("/ignore 1.0.1", "alice")
    yard.later()
    yard.work()
    assert (opened.state, "1.0.2" in opened.title) == ("open", True)


def test_an_image_may_be_named_in_short_as_for_a_bump(yard: Yard, opened: FakePull) -> None:
    opened.comment("/ignore patch base", "alice")
    yard.work()
    assert opened.state == "closed"
    assert any(f"`{yard.host}/base`: patch" in each.body for each in opened.bot_comments)
    opened.comment("/unignore base", "alice")
    yard.work()
    assert "1 entry for" in opened.bot_comments[-1].body


def test_ignoring_something_else_leaves_it_open(yard: Yard, opened: FakePull) -> None:
    opened.comment("/ignore major\n/ignore this until=2026-11-20", "alice")
    yard.work()
    assert opened.state == "open"
    assert not any("proposes it" in each.body for each in opened.bot_comments)
