"""Which pushes ask for a survey: those to branches that ship something, never our own."""

from dataclasses import replace

import pytest

from bot.bump.family import branch_name
from bot.events import PushEvent, RepositoryId
from bot.handlers.route import DropBranch, SurveyBranch, route

PUSH = PushEvent(
    installation_id=1,
    repository=RepositoryId(2, "octo/shop"),
    ref="refs/heads/main",
    before="a" * 40,
    after="b" * 40,
    created=False,
    deleted=False,
    forced=False,
    default_branch="main",
    pusher="alice",
)


@pytest.mark.parametrize(("branch", "is_default"), [("main", True), ("release/1", False)])
def test_a_push_asks_for_a_survey(branch: str, is_default: bool) -> None:
    work = route(replace(PUSH, ref=f"refs/heads/{branch}"), "guid")
    assert isinstance(work, SurveyBranch)
    assert (work.order.base_ref, work.order.before, work.is_default) == (branch, "a" * 40, is_default)


def test_our_own_branches_ask_for_none() -> None:
    ours = branch_name("main", "docker.io/library/python")
    assert route(replace(PUSH, ref=f"refs/heads/{ours}"), "guid") is None


def test_a_deleted_branch_is_dropped() -> None:
    gone = replace(PUSH, deleted=True, after="0" * 40)
    assert route(gone, "guid") == DropBranch(2, "main")
