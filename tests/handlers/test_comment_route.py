"""Which comments become jobs: only those that ask for something, as every one with a link holds a slash."""

import pytest

from bot.events import CommentEvent, RepositoryId
from bot.handlers.route import Later, route


@pytest.mark.parametrize(
    ("body", "is_work"),
    [
        ("/rescan", True),
        ("Thanks!\n/rescan --fresh", True),
        ("/rescam", True),  # answered with what was meant
        ("see https://example.com/a", False),
        ("and/or", False),
        ("> /rescan", False),
        ("/deploy production", False),  # somebody else's command
    ],
)
def test_a_comment_is_work_when_it_asks_for_something(body: str, is_work: bool) -> None:
    event = CommentEvent(
        installation_id=1,
        repository=RepositoryId(2, "octo/shop"),
        number=3,
        is_pull=True,
        comment_id=4,
        author="alice",
        author_type="User",
        body=body,
    )
    assert isinstance(route(event, "guid"), Later) is is_work
