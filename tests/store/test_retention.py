"""What is forgotten in time, and what stays whatever its age."""

from pathlib import Path

import sqlalchemy as sa

from bot.store import earlier, images, open_store, pulls, reviews
from bot.store.images import Digests, ResolutionKey
from bot.store.pulls import PullRow
from bot.store.retention import forget_before
from bot.store.reviews import Outcome, Request, Shown

OPEN, CLOSED, RECENT = "a" * 40, "b" * 40, "c" * 40
DAY = 86_400.0
DIGESTS = Digests("sha256:i", "sha256:m", "linux/amd64")
OUTCOME = Outcome(2, Shown("title", "summary", "text", "failure"), "{}", "{}")
BRANCH = earlier.branch("main")


def judge(connection: sa.Connection, number: int, head: str, day: float) -> None:
    request = Request(1, 2, "octo/shop", number, head, "0" * 40, "main", f"{head}{day}")
    row = reviews.open_review(connection, request, day * DAY, day * DAY)
    assert row is not None
    reviews.save_outcome(connection, row.id, OUTCOME)
    reviews.close_review(connection, row.id)
    images.save_resolution(connection, ResolutionKey(2, number, head, "alpine:3", "linux/amd64"), DIGESTS)
    for place in (BRANCH, earlier.head(number, head)):
        earlier.save(connection, 2, place, {"Dockerfile": "{}"})


def fill(connection: sa.Connection) -> None:
    pulls.save(connection, PullRow(2, 1, OPEN, "main", is_open=True))
    pulls.save(connection, PullRow(2, 2, CLOSED, "main", is_open=False))
    judge(connection, 1, OPEN, 1)
    judge(connection, 2, CLOSED, 1)
    judge(connection, 0, RECENT, 9)


def remembered(connection: sa.Connection, number: int, head: str) -> tuple[bool, bool, bool, bool]:
    (row,) = reviews.on_head(connection, 2, head)
    key = ResolutionKey(2, number, head, "alpine:3", "linux/amd64")
    return (
        row.shown is not None,
        reviews.inputs_of(connection, row.id) is not None,
        images.resolution(connection, key) is not None,
        bool(earlier.read(connection, 2, earlier.head(number, head))),
    )


def test_what_is_old_is_forgotten_unless_a_pull_request_is_open_on_it(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    try:
        store.do_now(fill)
        for _ in range(2):
            store.do_now(lambda c: forget_before(c, 5 * DAY))
        found = [(1, OPEN), (2, CLOSED), (0, RECENT)]
        assert [set(store.do_now(lambda c, at=at: remembered(c, *at))) for at in found] == [
            {True},
            {False},
            {True},
        ]
        assert store.do_now(lambda c: earlier.read(c, 2, BRANCH)) == {"Dockerfile": "{}"}
        # Its check may still be the newest there, so the next attempt must not take its number.
        again = Request(1, 2, "octo/shop", 2, CLOSED, "0" * 40, "main", "reopened")
        row = store.do_now(lambda c: reviews.open_review(c, again, 10 * DAY, 10 * DAY))
        assert row is not None
        assert row.attempt == 2
    finally:
        store.close()


def test_since_when_a_tag_means_what_it_means_is_never_forgotten(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")

    def see(digest: str, day: float, tag: str = "1") -> float:
        return (
            store.do_now(lambda c: images.first_seen(c, "docker.io/acme/shop", tag, digest, day * DAY)) / DAY
        )

    try:
        assert [see("sha256:a", 1), see("sha256:a", 2), see("sha256:b", 3), see("sha256:c", 9)] == [
            1,
            1,
            3,
            9,
        ]
        assert see("sha256:a", 5, "2") == 5
        store.do_now(lambda c: forget_before(c, 8 * DAY))
        # The first digest was replaced before day 8, the second only after it.
        assert [see(digest, 10) for digest in ("sha256:a", "sha256:b", "sha256:c")] == [10, 3, 9]
        assert see("sha256:a", 10, "2") == 5
    finally:
        store.close()
