"""What the store promises: no lost update, one review a trigger and an attempt, and who supersedes whom."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.store import Store, deliveries, images, jobs, open_store, pulls, reviews
from bot.store.deliveries import Delivery
from bot.store.jobs import Job, JobState
from bot.store.pulls import PullRow
from bot.store.reviews import Request, ReviewRow, ReviewState, Shown

A, B = "a" * 40, "b" * 40
REQUEST = Request(1, 2, "octo/shop", 7, A, "0" * 40, "main", "first")
SHOWN = Shown("title", "summary", "text", "failure")
JOB = Job("review:1", "review", {"review": "1"}, "2#7")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'data' / 'plimsoll.db'}")
    yield opened
    opened.close()


def opened(store: Store, request: Request = REQUEST, deadline: float = 100.0) -> ReviewRow:
    row = store.do_now(lambda c: reviews.open_review(c, request, 0.0, deadline))
    assert row is not None
    return row


def state(store: Store, row: ReviewRow) -> str:
    now = store.do_now(lambda c: reviews.find(c, row.id))
    assert now is not None
    return now.state


def test_two_that_read_and_then_write_lose_nothing(store: Store) -> None:
    store.do_now(lambda c: jobs.add(c, JOB, 0.0))

    def one_more(connection: sa.Connection) -> None:
        job = jobs.find(connection, JOB.id)
        assert job is not None
        jobs.put_off(connection, job, 0.0, 0.0, "again")

    def often() -> None:
        for _ in range(50):
            store.do_now(one_more)

    threads = [threading.Thread(target=often) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    job = store.do_now(lambda c: jobs.find(c, JOB.id))
    assert job is not None
    assert job.tries == 200


def test_what_fails_in_the_middle_leaves_nothing(store: Store) -> None:
    def broken(connection: sa.Connection) -> None:
        jobs.add(connection, JOB, 0.0)
        raise LookupError

    with pytest.raises(LookupError):
        store.do_now(broken)
    assert store.do_now(jobs.queued) == []


def test_a_delivery_is_new_once_for_each_receiver(store: Store) -> None:
    delivery = Delivery("", "1", "guid", "ping", "{}")
    others = [
        replace(delivery, app_id="2"),
        replace(delivery, host="ghe.example"),
        replace(delivery, guid="b"),
    ]
    each = [delivery, delivery, *others]
    assert [store.do_now(lambda c, d=d: deliveries.add(c, d, 1.0)) for d in each] == [
        True,
        False,
        True,
        True,
        True,
    ]
    assert store.do_now(lambda c: deliveries.known(c, ["guid", "other"])) == {"guid"}
    assert store.do_now(lambda c: deliveries.drop_before(c, 2.0)) == 4


def test_attempts_are_counted_by_head_whichever_pull_request_asks(store: Store) -> None:
    requests = [
        REQUEST,
        replace(REQUEST, number=8),
        replace(REQUEST, trigger="again"),
        replace(REQUEST, head=B),
        replace(REQUEST, repository_id=3, repository="octo/other"),
        # Deleted, and made again under its name.
        replace(REQUEST, repository_id=4),
    ]
    assert [opened(store, request).attempt for request in requests] == [1, 2, 3, 1, 1, 1]


def test_the_same_trigger_opens_one_review(store: Store) -> None:
    opened(store)
    assert store.do_now(lambda c: reviews.open_review(c, REQUEST, 5.0, 50.0)) is None


def test_a_newer_review_supersedes_the_open_ones_of_its_pull_request_only(store: Store) -> None:
    done, older = opened(store), opened(store, replace(REQUEST, head=B))
    store.do_now(lambda c: reviews.close_review(c, done.id))
    other = opened(store, replace(REQUEST, number=8))
    newest = opened(store, replace(REQUEST, trigger="again"))
    store.do_now(lambda c: reviews.supersede(c, REQUEST.repository_id, 7, keep=newest.id))
    assert [state(store, row) for row in (done, older, other, newest)] == [
        ReviewState.CONCLUDED,
        ReviewState.SUPERSEDED,
        ReviewState.OPEN,
        ReviewState.OPEN,
    ]


@pytest.mark.parametrize(
    ("superseded", "ends_as"), [(False, ReviewState.CONCLUDED), (True, ReviewState.CANCELLED)]
)
def test_a_closed_review_stays_as_it_ended(store: Store, superseded: bool, ends_as: str) -> None:
    row = opened(store)
    if superseded:
        store.do_now(lambda c: reviews.supersede_one(c, row.id))
    for _ in range(2):
        store.do_now(lambda c: reviews.close_review(c, row.id))
        store.do_now(lambda c: reviews.supersede_one(c, row.id))
    assert state(store, row) == ends_as


def test_overdue_are_those_that_owe_a_conclusion_the_oldest_first(store: Store) -> None:
    late, later = opened(store), opened(store, replace(REQUEST, head=B), deadline=50.0)
    done = opened(store, replace(REQUEST, number=8))
    store.do_now(lambda c: reviews.close_review(c, done.id))
    opened(store, replace(REQUEST, number=9), deadline=500.0)
    store.do_now(lambda c: reviews.supersede_one(c, late.id))
    found = store.do_now(lambda c: reviews.overdue(c, 200.0))
    assert [row.id for row in found] == [later.id, late.id]


def test_a_head_counts_as_reviewed_by_its_branch_not_by_the_tip_of_it(store: Store) -> None:
    row = opened(store)
    moved, other = replace(REQUEST, base="9" * 40), replace(REQUEST, base_ref="dev")
    assert store.do_now(lambda c: reviews.is_under_way(c, moved))
    assert not store.do_now(lambda c: reviews.is_under_way(c, other))
    store.do_now(lambda c: reviews.close_review(c, row.id))
    assert not store.do_now(lambda c: reviews.is_under_way(c, moved))
    assert store.do_now(lambda c: reviews.is_reviewed(c, moved))
    assert not store.do_now(lambda c: reviews.is_reviewed(c, other))


def test_a_head_counts_as_reviewed_by_its_newest_attempt_whose_check_is_the_one_that_is_read(
    store: Store,
) -> None:
    first = opened(store)
    store.do_now(lambda c: reviews.close_review(c, first.id))
    second = opened(store, replace(REQUEST, base_ref="dev", trigger="second"))
    store.do_now(lambda c: reviews.supersede_one(c, second.id))
    assert not store.do_now(lambda c: reviews.is_reviewed(c, REQUEST))


def test_what_is_older_than_what_is_known_of_a_pull_request_is_outdated(store: Store) -> None:
    def is_outdated(updated_at: float) -> bool:
        return store.do_now(lambda c: pulls.is_outdated(c, replace(pull, updated_at=updated_at)))

    pull = PullRow(2, 7, A, "main", is_open=True, updated_at=50.0)
    assert not is_outdated(1.0)
    store.do_now(lambda c: pulls.save(c, pull))
    store.do_now(lambda c: pulls.save(c, replace(pull, updated_at=0.0)))
    assert [is_outdated(moment) for moment in (49.0, 50.0, 51.0)] == [True, False, False]


def test_what_is_shown_comes_back(store: Store) -> None:
    row = opened(store)
    store.do_now(lambda c: reviews.save_unfinished(c, row.id, 3, SHOWN))
    (now,) = store.do_now(lambda c: reviews.on_head(c, REQUEST.repository_id, A))
    assert (now.status, now.shown, now.request) == (3, SHOWN, REQUEST)


def test_a_pull_request_keeps_its_comment_when_it_changes(store: Store) -> None:
    pull = PullRow(2, 7, A, "main", is_open=True)
    store.do_now(lambda c: pulls.save(c, pull))
    store.do_now(lambda c: pulls.remember_comment(c, 2, 7, 99))
    store.do_now(lambda c: pulls.save(c, replace(pull, head=B)))
    assert store.do_now(lambda c: pulls.find(c, 2, 7)) == replace(pull, head=B, comment_id=99)
    assert store.do_now(lambda c: pulls.open_with_head(c, 2, A)) == []
    store.do_now(lambda c: pulls.save(c, replace(pull, head=B, is_open=False)))
    assert store.do_now(lambda c: pulls.open_with_head(c, 2, B)) == []


def test_a_job_is_due_from_its_time_on_until_it_is_finished(store: Store) -> None:
    assert store.do_now(lambda c: jobs.add(c, replace(JOB, delay=10.0), 0.0))
    assert not store.do_now(lambda c: jobs.add(c, JOB, 0.0))
    assert [store.do_now(lambda c, t=t: jobs.due(c, t)) for t in (9.0, 10.0)] == [[], [JOB]]
    store.do_now(lambda c: jobs.finish(c, JOB.id, JobState.PARKED, 20.0, "no permission"))
    assert store.do_now(lambda c: jobs.due(c, 30.0)) == []
    assert store.do_now(lambda c: jobs.find_queued(c, JOB.id)) is None
    assert store.do_now(jobs.count_by_state) == {"parked": 1}
    assert store.do_now(lambda c: jobs.drop_before(c, 25.0)) == 1


def test_an_image_that_is_read_again_is_kept_as_it_was_read_last(store: Store) -> None:
    def seen(connection: sa.Connection, manifest: str, inventory: str, now: float) -> str:
        digests = images.Digests("sha256:1", manifest, "linux/amd64")
        images.save_sighting(connection, 1, "a:1", "", images.Sighting(digests, inventory), now)
        kept = images.sighting(connection, 1, "a:1", "")
        assert kept is not None
        return kept.inventory

    for number, (manifest, inventory) in enumerate([("sha256:2", "a"), ("sha256:2", "b"), ("sha256:3", "b")]):
        assert store.do_now(lambda c, m=manifest, i=inventory, n=number: seen(c, m, i, n)) == inventory
