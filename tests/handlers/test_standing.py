"""Whose verdict is missing on a head is told there, whether it is still to come or was given up."""

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.handlers.standing import standing_on
from bot.policy.verdict import Status
from bot.store import open_store, pulls, reviews
from bot.store.pulls import PullRow
from bot.store.reviews import Request, Shown

HEAD = "a" * 40
CLEAN = Shown("title", "summary", "text", "success")
End = Callable[[sa.Connection, str], None]


@pytest.mark.parametrize("end", [None, reviews.abandon, reviews.close_review])
def test_the_verdict_of_one_speaks_for_no_other_that_has_none(tmp_path: Path, end: End | None) -> None:
    def fill(connection: sa.Connection) -> None:
        for number in (7, 8):
            pulls.save(connection, PullRow(2, number, HEAD, "main", is_open=True))
            request = Request(1, 2, "octo/shop", number, HEAD, "0" * 40, "main", "opened")
            row = reviews.open_review(connection, request, 0.0, 9.0)
            assert row is not None
            if number == 7:
                reviews.save_unfinished(connection, row.id, Status.PASS, CLEAN)
                reviews.close_review(connection, row.id)
            elif end is not None:
                end(connection, row.id)

    store = open_store(f"sqlite:///{tmp_path / 'plimsoll.db'}")
    try:
        store.do_now(fill)
        standing = store.do_now(lambda c: standing_on(c, 2, HEAD))
    finally:
        store.close()
    said = {said.number: said.text.conclusion for said in standing.said}
    assert said == ({7: "success"} if end is reviews.close_review else {7: "success", 8: "failure"})
