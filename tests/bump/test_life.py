"""What becomes of a bump pull request: every case as a row, and what holds whatever happens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bump.life import (
    REFUSED,
    Action,
    Asked,
    BumpState,
    Close,
    Existing,
    Leave,
    Open,
    Room,
    Update,
    Wish,
    decide,
)

ROOM = Room(open_now=0, limit=5)
WISH = Wish("new", frozenset({"CVE-1"}), tip="t2")
OPEN = Existing(BumpState.OPEN, "new", frozenset({"CVE-1"}), base="t2", is_open=True)
OUTDATED = Existing(BumpState.OPEN, "old", base="t1", is_open=True)
THEIRS = Existing(BumpState.OPEN, "old", base="t1", is_open=True, strangers=("bob",))
SHUT = Existing(BumpState.REFUSED, "new", frozenset({"CVE-1"}))
MORE = Wish("newer", frozenset({"CVE-1", "CVE-2"}))
LEFT = "bob committed to its branch; `/recreate` writes it anew without those commits"


@pytest.mark.parametrize(
    ("existing", "wish", "action"),
    [
        (None, WISH, Open()),
        (None, None, Leave("gone")),
        (OPEN, WISH, Leave()),
        (OUTDATED, WISH, Update()),
        (OUTDATED, None, Close("gone")),
        (THEIRS, WISH, Leave(LEFT, by_people=True)),
        (THEIRS, None, Leave(LEFT, by_people=True)),
        (SHUT, WISH, Leave(REFUSED)),
        (SHUT, Wish("newer", frozenset({"CVE-1"})), Leave(REFUSED)),
        (SHUT, MORE, Open()),
        (SHUT, None, Leave("gone")),
        (Existing(BumpState.MERGED, "new"), WISH, Open()),
        (Existing(BumpState.CLOSED, "new"), WISH, Open()),
        (Existing(BumpState.OPENING, "new"), WISH, Open()),
        # The store missed an event: what GitHub shows counts.
        (Existing(BumpState.REFUSED, "new", is_open=True), WISH, Leave()),
        (Existing(BumpState.REFUSED, "old", strangers=("bob",)), MORE, Leave(LEFT, by_people=True)),
    ],
)
def test_what_a_survey_does(existing: Existing | None, wish: Wish | None, action: Action) -> None:
    assert decide(existing, wish, ROOM, not_needed="gone") == action


@pytest.mark.parametrize(
    ("existing", "asked", "action"),
    [
        (None, Asked.BUMP, Open()),
        (SHUT, Asked.BUMP, Open()),
        (OPEN, Asked.BUMP, Leave()),
        (OPEN, Asked.REBASE, Leave()),
        (Existing(BumpState.OPEN, "new", base="t1", is_open=True), Asked.REBASE, Update()),
        (THEIRS, Asked.REBASE, Leave(LEFT, by_people=True)),
        (THEIRS, Asked.RECREATE, Update()),
        (SHUT, Asked.REBASE, Leave("this pull request is not open")),
        (SHUT, Asked.RECREATE, Leave("this pull request is not open")),
    ],
)
def test_what_a_person_gets(existing: Existing | None, asked: Asked, action: Action) -> None:
    assert decide(existing, WISH, ROOM, asked=asked) == action


def test_the_schedule_holds_for_the_bot_and_not_for_people() -> None:
    closed = Room(open_now=0, limit=5, in_window=False)
    assert isinstance(decide(None, WISH, closed), Leave)
    assert decide(None, WISH, closed, asked=Asked.BUMP) == Open()
    assert decide(OUTDATED, WISH, closed) == Update()


@pytest.mark.parametrize(("limit", "words"), [(2, "`bump: limit` allows 2"), (0, "`bump: limit` is 0")])
def test_the_limit_holds_for_everybody_who_wants_another_one(limit: int, words: str) -> None:
    full = Room(open_now=2, limit=limit)
    for asked in (Asked.NOTHING, Asked.BUMP):
        action = decide(None, WISH, full, asked=asked)
        assert isinstance(action, Leave)
        assert words in action.why
    assert decide(OUTDATED, WISH, full) == Update()


ids = st.frozensets(st.sampled_from(["CVE-1", "CVE-2", "CVE-3"]))
existings = st.builds(
    Existing,
    st.sampled_from(BumpState),
    st.sampled_from(["a", "b"]),
    ids,
    st.sampled_from(["t1", "t2"]),
    st.booleans(),
    st.sampled_from([(), ("bob",)]),
)
wishes = st.builds(Wish, st.sampled_from(["a", "b"]), ids, st.just("t2"))
rooms = st.builds(Room, st.integers(0, 3), st.integers(0, 3), st.booleans())


@given(existings, st.none() | wishes, rooms, st.sampled_from(Asked))
def test_what_always_holds(existing: Existing, wish: Wish | None, room: Room, asked: Asked) -> None:
    action = decide(existing, wish, room, asked=asked, not_needed="gone")
    if isinstance(action, Open):
        assert not existing.is_open
        assert wish is not None
        assert room.open_now < room.limit
    if isinstance(action, Update | Close):
        assert existing.is_open
        assert not existing.strangers or asked is Asked.RECREATE
    if existing.state is BumpState.REFUSED and isinstance(action, Open) and asked is Asked.NOTHING:
        assert wish is not None
        assert wish.critical - existing.critical


@given(existings, wishes, rooms)
def test_a_second_survey_changes_nothing(existing: Existing, wish: Wish, room: Room) -> None:
    if isinstance(decide(existing, wish, room), Open | Update):
        made = Existing(BumpState.OPEN, wish.content, wish.critical, wish.tip, is_open=True)
        assert decide(made, wish, room) == Leave()
