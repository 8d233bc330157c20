"""One suggestion on lines of a pull request, which its author applies with a button.

See https://docs.github.com/en/rest/pulls/comments
"""

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.creating import find_or_create
from bot.github.errors import NotFound, Unprocessable
from bot.github.fields import Fields
from bot.github.pages import PER_PAGE, every
from bot.github.text import marked, normal

_OUTSIDE = ("part of the diff", "same hunk", "diff hunk", "review_thread", "commit_id", "path is invalid")
"""How GitHub words that a line, a file or a commit is not in the pull request's diff."""


@dataclass(frozen=True, slots=True)
class _Note:
    """A review comment of ours. `line` is None once the line is outdated, which GitHub tells by null or nothing."""

    id: int
    body: str
    path: str
    start_line: int | None
    line: int | None

    def lies_at(self, path: str, start_line: int, end_line: int) -> bool:
        return (self.path, self.start_line or self.line, self.line) == (path, start_line, end_line)


async def keep_one(
    repo: Repository,
    number: int,
    commit_sha: str,
    path: str,
    start_line: int,
    end_line: int,
    body: str,
    marker: str,
) -> int | None:
    """Make our one review comment with this marker stand at these lines of the head and say `body`.

    Returns its id, or None when the lines are not in the diff: then one that stood elsewhere is withdrawn.
    `body` is Markdown with its suggestion block.
    """
    body = marked(body, marker)
    mine, answered = await _mine(repo, number, marker)
    kept = next((note for note in mine if note.lies_at(path, start_line, end_line)), None)
    await _withdraw(repo, [note for note in mine if note is not kept], answered)
    if kept is not None:
        if normal(kept.body) != normal(body):
            await repo.rest.pulls.async_update_review_comment(
                repo.owner, repo.name, kept.id, data={"body": body}
            )
        return kept.id
    wanted: dict[str, Any] = {"body": body, "commit_id": commit_sha, "path": path}
    wanted |= {"side": "RIGHT", "line": end_line}
    if start_line < end_line:
        wanted |= {"start_side": "RIGHT", "start_line": start_line}

    async def find(also: tuple[_Note, ...]) -> _Note | None:
        listed, _ = await _mine(repo, number, marker)
        notes = sorted({note.id: note for note in (*also, *listed)}.values(), key=lambda note: note.id)
        there = [note for note in notes if note.lies_at(path, start_line, end_line)]
        await _withdraw(repo, there[1:], frozenset())
        return there[0] if there else None

    try:
        return (await find_or_create(find, partial(_create, repo, number, wanted), repo.pauses)).id
    except Unprocessable as exc:
        if any(words in str(exc).lower() for words in _OUTSIDE):
            return None
        raise


async def withdraw(repo: Repository, number: int, marker: str) -> None:
    """Delete our review comments with this marker, except where somebody replied."""
    mine, answered = await _mine(repo, number, marker)
    await _withdraw(repo, mine, answered)


async def _withdraw(repo: Repository, notes: list[_Note], answered: frozenset[int]) -> None:
    for note in notes:
        if note.id not in answered:
            with suppress(NotFound):
                await repo.rest.pulls.async_delete_review_comment(repo.owner, repo.name, note.id)


async def _mine(repo: Repository, number: int, marker: str) -> tuple[list[_Note], frozenset[int]]:
    """Return our comments with this marker, oldest first, and the ids of all that somebody replied to."""
    ours = (await repo.app.identity()).login
    list_page = partial(repo.rest.pulls.async_list_review_comments, repo.owner, repo.name, number)
    found = [item async for item in every(lambda page: list_page(per_page=PER_PAGE, page=page))]
    mine = [_note(item) for item in found if _author(item) == ours and marker in item.text_or("body")]
    answered = frozenset(item.number_or("in_reply_to_id") for item in found)
    return sorted(mine, key=lambda note: note.id), answered


async def _create(repo: Repository, number: int, wanted: dict[str, Any]) -> _Note:
    response = await repo.rest.pulls.async_create_review_comment(repo.owner, repo.name, number, data=wanted)
    return _note(fields_of(response, "review comment"))


def _author(fields: Fields) -> str:
    user = fields.object_or_none("user")
    return user.text_or("login") if user else ""


def _note(fields: Fields) -> _Note:
    return _Note(
        id=fields.number("id"),
        body=fields.text_or("body"),
        path=fields.filled("path"),
        start_line=fields.number_or("start_line") or None,
        line=fields.number_or("line") or None,
    )
