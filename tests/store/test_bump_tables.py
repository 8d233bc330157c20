"""What the tables of bumps promise: which branches are due, how a bump ended, what was shipped."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.bump.life import BumpState
from bot.store import Store, branches, bumps, installations, open_store, shipped
from bot.store.branches import BranchRow
from bot.store.bumps import BumpRow
from bot.store.shipped import ShippedRow

MAIN = BranchRow(2, "main", 1, "octo/shop", "a" * 40, "snapshot-1", 100.0)
BUMP = BumpRow(
    2, "plimsoll/bump/main/x", "main", "docker.io/library/x", BumpState.OPEN, 7, critical=("CVE-1",)
)
PYTHON = ShippedRow(2, "main", "docker.io/library/python:3", "", "sha256:1", "a" * 40, 100.0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("snapshot", "before", "is_due"),
    [("snapshot-1", 50, False), ("snapshot-2", 50, True), ("snapshot-1", 200, True), ("", 50, False)],
)
def test_a_branch_is_due_by_a_new_snapshot_or_by_time(
    store: Store, snapshot: str, before: float, is_due: bool
) -> None:
    store.do_now(lambda c: branches.save(c, MAIN))
    assert store.do_now(lambda c: branches.due(c, snapshot, before, 5)) == [MAIN] * is_due


@pytest.mark.parametrize(("state", "is_due"), [("active", True), ("suspended", False), ("deleted", False)])
def test_only_what_an_active_installation_covers_is_due(store: Store, state: str, is_due: bool) -> None:
    store.do_now(lambda c: branches.save(c, MAIN))
    store.do_now(lambda c: installations.save(c, 1, "octo", state, 0))
    assert bool(store.do_now(lambda c: branches.due(c, "other", 0, 5))) is is_due


def test_those_that_wait_longest_come_first_and_not_all_at_once(store: Store) -> None:
    for name, when in (("b", 3.0), ("a", 2.0), ("c", 1.0)):
        store.do_now(lambda c, n=name, w=when: branches.save(c, replace(MAIN, base_ref=n, surveyed_at=w)))
    assert [row.base_ref for row in store.do_now(lambda c: branches.due(c, "other", 0, 2))] == ["c", "a"]


def test_a_repository_is_met_once_and_its_default_branch_gets_its_name(store: Store) -> None:
    unnamed = BranchRow(2, branches.DEFAULT, 1, "octo/shop")
    store.do_now(lambda c: branches.meet(c, unnamed))
    store.do_now(lambda c: branches.meet(c, unnamed))
    store.do_now(lambda c: branches.save(c, MAIN))
    store.do_now(lambda c: branches.meet(c, unnamed))
    assert store.do_now(lambda c: branches.due(c, "other", 0, 5)) == [MAIN]


@pytest.mark.parametrize(("merged", "state"), [(True, BumpState.MERGED), (False, BumpState.REFUSED)])
def test_a_pull_request_that_others_close_ends(store: Store, merged: bool, state: BumpState) -> None:
    store.do_now(lambda c: bumps.save(c, BUMP))
    assert store.do_now(lambda c: bumps.count_open(c, 2)) == 1
    store.do_now(lambda c: bumps.note_ended(c, 2, 7, merged=merged, now=5.0))
    assert store.do_now(lambda c: bumps.find(c, 2, BUMP.branch)) == replace(BUMP, state=state, changed_at=5.0)
    assert store.do_now(lambda c: bumps.count_open(c, 2)) == 0


def test_one_that_we_closed_is_not_refused(store: Store) -> None:
    closed = replace(BUMP, state=BumpState.CLOSED)
    store.do_now(lambda c: bumps.save(c, closed))
    store.do_now(lambda c: bumps.note_ended(c, 2, 7, merged=False, now=5.0))
    assert store.do_now(lambda c: bumps.into(c, 2, "main")) == [closed]


def test_one_that_is_opened_again_is_open(store: Store) -> None:
    store.do_now(lambda c: bumps.save(c, replace(BUMP, state=BumpState.REFUSED)))
    store.do_now(lambda c: bumps.note_reopened(c, 2, 7, 9.0))
    row = store.do_now(lambda c: bumps.with_number(c, 2, 7))
    assert row is not None
    assert row.state is BumpState.OPEN


def test_what_a_rebuild_was_asked_for_counts_as_built(store: Store) -> None:
    store.do_now(lambda c: shipped.save(c, PYTHON))
    store.do_now(lambda c: shipped.save(c, replace(PYTHON, asked="sha256:2")))
    [row] = store.do_now(lambda c: shipped.of_branch(c, 2, "main"))
    assert (row.index_digest, row.built_on) == ("sha256:1", "sha256:2")
    store.do_now(lambda c: shipped.forget(c, row))
    assert store.do_now(lambda c: shipped.of_branch(c, 2, "main")) == []
