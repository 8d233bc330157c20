"""One sticky comment, one reply a command."""

import pytest

from bot.github import comments
from bot.github.errors import GitHubUnavailable
from tests.github.stand_in import APP_ID, drop, status, times

MARKER = "<!-- plimsoll -->"
POST = ("POST", "/issues/1/comments")


async def keep(repo, body="hello", **options):
    return await comments.keep_one(repo, 1, body, marker=MARKER, **options)


async def test_it_is_created_with_its_marker(github, repo):
    comment_id = await keep(repo)
    (comment,) = github.comments
    assert (comment["id"], comment["body"]) == (comment_id, f"{MARKER}\nhello")


async def test_without_leave_to_create_none_is_made(github, repo):
    assert await keep(repo, create=False) is None
    assert github.comments == []


@pytest.mark.parametrize("known", [True, False])
async def test_it_is_edited_in_place(github, repo, known):
    first = await keep(repo)
    assert await keep(repo, "bye", known_id=first if known else None, create=False) == first
    assert [c["body"] for c in github.comments] == [f"{MARKER}\nbye"]


@pytest.mark.parametrize("stored", ["hello", "hello\r\n", "hello\n\n"])
async def test_an_equal_body_is_not_sent_again(github, repo, stored):
    ours = github.comment(f"{MARKER}\r\n{stored}")
    await keep(repo)
    assert github.asked("PATCH", f"/{ours['id']}") == []


async def test_a_deleted_one_is_made_again(github, repo):
    first = await keep(repo)
    github.comments.clear()
    second = await keep(repo, known_id=first)
    assert second != first
    assert len(github.comments) == 1


@pytest.mark.parametrize(
    "author", [{"app": None}, {"app": APP_ID + 1}, {"app": None, "login": "plimsoll-test"}]
)
@pytest.mark.parametrize("remembered", [True, False])
async def test_a_strangers_comment_with_our_marker_is_left_alone(github, repo, author, remembered):
    foreign = github.comment(f"{MARKER}\nfake", **author)
    ours = await keep(repo, known_id=foreign["id"] if remembered else None)
    assert ours != foreign["id"]
    assert github.comments[0]["body"] == f"{MARKER}\nfake"


async def test_it_is_known_by_the_bots_login_where_the_app_is_not_told(github, repo):
    ours = github.comment(f"{MARKER}\nold", app=None, login="plimsoll-test[bot]")
    assert await keep(repo) == ours["id"]


async def test_it_is_found_on_a_later_page(github, repo):
    for _ in range(250):
        github.comment("talk", app=None)
    ours = github.comment(f"{MARKER}\nold")
    assert await keep(repo) == ours["id"]


async def test_of_two_the_older_stays(github, repo):
    older, _newer = github.comment(f"{MARKER}\none"), github.comment(f"{MARKER}\ntwo")
    assert await keep(repo) == older["id"]
    assert [c["body"] for c in github.comments] == [f"{MARKER}\nhello"]


@pytest.mark.parametrize("trouble", [drop, status(502), status(500)])
@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("write", [keep, lambda repo: comments.reply(repo, 1, "done", "comment:5")])
async def test_a_lost_answer_makes_no_second_comment(github, repo, trouble, moment, write):
    getattr(github, moment).append(times(1, trouble, *POST))
    comment_id = await write(repo)
    assert [c["id"] for c in github.comments] == [comment_id]


async def test_the_last_lost_answer_is_looked_for_too(github, repo):
    github.before.append(times(2, drop, *POST))
    github.after.append(times(1, drop, *POST))
    assert await keep(repo) == github.comments[0]["id"]


async def test_commenting_is_given_up_in_the_end(github, repo):
    github.before.append(times(99, drop, *POST))
    with pytest.raises(GitHubUnavailable):
        await keep(repo)
    assert github.comments == []


async def test_a_reply_is_given_once_for_each_command(github, repo):
    first = await comments.reply(repo, 1, "done", "comment:5")
    assert await comments.reply(repo, 1, "done again", "comment:5") == first
    assert await comments.reply(repo, 1, "done", "comment:6") != first
    assert len(github.comments) == 2


async def test_a_reply_is_not_the_sticky_comment(github, repo):
    replied = await comments.reply(repo, 1, "done", "comment:5")
    assert await keep(repo) != replied


async def test_a_long_body_keeps_its_marker(github, repo):
    await keep(repo, "x\n" * 70_000 + MARKER)
    await keep(repo, "y\n" * 70_000 + MARKER)
    (comment,) = github.comments
    assert comment["body"].startswith(f"{MARKER}\ny\n")
    assert len(comment["body"].encode()) <= 65_535


async def test_a_reaction_is_put_once(github, repo):
    comment = github.comment("/rescan", app=None)
    await comments.react(repo, comment["id"], "eyes")
    await comments.react(repo, comment["id"], "eyes")
    assert github.reactions == [(comment["id"], "eyes")]


async def test_a_comment_without_an_author_can_be_read(github, repo):
    comment = github.comment("/help", app=None)
    comment["user"] = None
    read = await comments.get(repo, comment["id"])
    assert (read.author, read.app_id, read.body) == ("", 0, "/help")
