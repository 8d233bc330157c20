"""Our comments on a pull request: one that is kept up to date, and one reply a command.

See https://docs.github.com/en/rest/issues/comments
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

from bot.github.body import fields_of
from bot.github.client import Identity, Repository
from bot.github.creating import find_or_create
from bot.github.errors import NotFound
from bot.github.fields import Fields
from bot.github.pages import PER_PAGE, every
from bot.github.text import marked, normal

Reaction = Literal["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is now."""

    id: int
    body: str
    author: str
    """Empty when the account is gone."""
    app_id: int
    """The app it was written through, or 0."""
    html_url: str

    def is_by(self, us: Identity) -> bool:
        """Whether we wrote it; a marker alone proves nothing, as anyone can copy it."""
        return self.app_id == us.app_id or self.author == us.login


async def get(repo: Repository, comment_id: int) -> Comment:
    """Read one comment."""
    return _comment(
        fields_of(await repo.rest.issues.async_get_comment(repo.owner, repo.name, comment_id), "comment")
    )


async def keep_one(
    repo: Repository,
    number: int,
    body: str,
    *,
    marker: str,
    known_id: int | None = None,
    create: bool = True,
) -> int | None:
    """Make our one comment with this marker say `body`; return its id, or None when there is none.

    It is recognised by its stored id, else by marker and author. Without `create` one that exists is edited,
    but none is made.
    """
    body = marked(body, marker)
    find = partial(_only, repo, number, marker)
    comment = await _known(repo, known_id)
    if comment is None:
        comment = await (
            find_or_create(find, lambda: _post(repo, number, body), repo.pauses) if create else find(())
        )
    if comment is None:
        return None
    if normal(comment.body) != normal(body):
        await repo.rest.issues.async_update_comment(repo.owner, repo.name, comment.id, body=body)
    return comment.id


async def reply(repo: Repository, number: int, body: str, key: str) -> int:
    """Comment once for this key, such as the command that is answered; return the comment's id."""
    marker = f"<!-- plimsoll-reply {hashlib.sha256(key.encode()).hexdigest()[:32]} -->"
    body = marked(body, marker)
    comment = await find_or_create(
        lambda also: _oldest(repo, number, marker, also), lambda: _post(repo, number, body), repo.pauses
    )
    return comment.id


async def react(repo: Repository, comment_id: int, content: Reaction) -> None:
    """Put our reaction on a comment, if that is still there; GitHub keeps one of each kind."""
    with suppress(NotFound):
        await repo.rest.reactions.async_create_for_issue_comment(
            repo.owner, repo.name, comment_id, content=content
        )


async def _known(repo: Repository, comment_id: int | None) -> Comment | None:
    """Return the comment we remember, unless someone deleted it."""
    if comment_id is None:
        return None
    try:
        comment = await get(repo, comment_id)
    except NotFound:
        return None
    return comment if comment.is_by(await repo.app.identity()) else None


async def _only(repo: Repository, number: int, marker: str, also: tuple[Comment, ...]) -> Comment | None:
    """Return our oldest comment with this marker; delete the others, which a race of two workers made."""
    mine = await _mine(repo, number, marker, also)
    for surplus in mine[1:]:
        await _delete(repo, surplus.id)
    return mine[0] if mine else None


async def _oldest(repo: Repository, number: int, marker: str, also: tuple[Comment, ...]) -> Comment | None:
    return next(iter(await _mine(repo, number, marker, also)), None)


async def _mine(repo: Repository, number: int, marker: str, also: tuple[Comment, ...]) -> list[Comment]:
    us = await repo.app.identity()
    list_page = partial(repo.rest.issues.async_list_comments, repo.owner, repo.name, number)
    found = every(lambda page: list_page(per_page=PER_PAGE, page=page))
    comments = {comment.id: comment for comment in also} | {
        comment.id: comment async for comment in (_comment(item) async for item in found)
    }
    mine = [comment for comment in comments.values() if marker in comment.body and comment.is_by(us)]
    return sorted(mine, key=lambda comment: comment.id)


async def _post(repo: Repository, number: int, body: str) -> Comment:
    response = await repo.rest.issues.async_create_comment(repo.owner, repo.name, number, body=body)
    return _comment(fields_of(response, "comment"))


async def _delete(repo: Repository, comment_id: int) -> None:
    with suppress(NotFound):
        await repo.rest.issues.async_delete_comment(repo.owner, repo.name, comment_id)


def _comment(fields: Fields) -> Comment:
    user, app = fields.object_or_none("user"), fields.object_or_none("performed_via_github_app")
    return Comment(
        id=fields.number("id"),
        body=fields.text_or("body"),
        author=user.text_or("login") if user else "",
        app_id=app.number_or("id") if app else 0,
        html_url=fields.text_or("html_url"),
    )
