"""Issues of ours: one for each thing to say, recognised by its marker and by us as its author.

See https://docs.github.com/en/rest/issues/issues
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.github import comments, labels
from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.creating import find_or_create
from bot.github.errors import NotFound
from bot.github.fields import Fields
from bot.github.pages import PER_PAGE, every
from bot.github.text import cut_line, marked, normal

_LONGEST_TITLE = 256
_MOST_PAGES = 10
"""A thousand issues and pull requests of ours, the newest first."""


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue as it is now."""

    number: int
    title: str
    body: str
    is_open: bool
    author: str
    is_pull: bool
    html_url: str
    closed_by: str = ""
    """Empty when it is open, or when the account is gone; lists do not tell."""


async def get(repo: Repository, number: int) -> Issue:
    """Read one issue, or the pull request of that number."""
    return _issue(fields_of(await repo.rest.issues.async_get(repo.owner, repo.name, number), "issue"))


async def keep_one(
    repo: Repository, marker: str, title: str, body: str, labels_wanted: Sequence[str] = ()
) -> Issue:
    """Make our one issue with this marker say `title` and `body`, and return it.

    One that a person closed stays closed, as its `is_open` then tells; one that we closed is opened again.
    """
    wanted = {"title": cut_line(title, _LONGEST_TITLE), "body": marked(body, marker)}
    find = partial(_only, repo, marker)
    issue: Issue = await find_or_create(find, partial(_create, repo, wanted, labels_wanted), repo.pauses)
    if not issue.is_open:
        issue = await get(repo, issue.number)
        if issue.closed_by != (await repo.app.identity()).login:
            return issue
        return await _update(repo, issue.number, wanted | {"state": "open"})
    if (issue.title, normal(issue.body)) == (wanted["title"], normal(wanted["body"])):
        return issue
    return await _update(repo, issue.number, wanted)


async def close(repo: Repository, number: int, reason: str) -> None:
    """Close an issue of ours with a comment that says why; one that is closed or gone is left alone."""
    try:
        issue = await get(repo, number)
    except NotFound:
        return
    if not issue.is_open:
        return
    await comments.reply(repo, number, reason, f"close:{number}:{reason}")
    await _update(repo, number, {"state": "closed", "state_reason": "completed"})


async def find(repo: Repository, marker: str) -> Issue | None:
    """Find our issue with this marker: one that is open, else the newest."""
    found = await _mine(repo, marker, ())
    return next((issue for issue in found if issue.is_open), found[-1] if found else None)


async def _only(repo: Repository, marker: str, also: tuple[Issue, ...]) -> Issue | None:
    """Return the oldest open one and close the others, which a race of two workers made."""
    found = await _mine(repo, marker, also)
    is_open = [issue for issue in found if issue.is_open]
    for surplus in is_open[1:]:
        await _update(repo, surplus.number, {"state": "closed", "state_reason": "not_planned"})
    return is_open[0] if is_open else found[-1] if found else None


async def _mine(repo: Repository, marker: str, also: tuple[Issue, ...]) -> list[Issue]:
    ours = (await repo.app.identity()).login
    list_page = partial(
        repo.rest.issues.async_list_for_repo, repo.owner, repo.name, state="all", creator=ours, sort="created"
    )
    pages = every(lambda page: list_page(per_page=PER_PAGE, page=page), most_pages=_MOST_PAGES)
    known = {issue.number: issue for issue in also}
    known |= {issue.number: issue async for issue in (_issue(item) async for item in pages)}
    mine = [
        issue
        for issue in known.values()
        # A marker alone proves nothing, as anyone can copy it.
        if marker in issue.body and issue.author == ours and not issue.is_pull
    ]
    return sorted(mine, key=lambda issue: issue.number)


async def _create(repo: Repository, wanted: dict[str, str], names: Sequence[str]) -> Issue:
    response = await repo.rest.issues.async_create(repo.owner, repo.name, data=wanted)
    issue = _issue(fields_of(response, "issue"))
    await labels.add(repo, issue.number, names)
    return issue


async def _update(repo: Repository, number: int, fields: dict[str, Any]) -> Issue:
    response = await repo.rest.issues.async_update(repo.owner, repo.name, number, data=fields)
    return _issue(fields_of(response, "issue"))


def _issue(fields: Fields) -> Issue:
    user, closer = fields.object_or_none("user"), fields.object_or_none("closed_by")
    return Issue(
        number=fields.number("number"),
        title=fields.text_or("title"),
        body=fields.text_or("body"),
        is_open=fields.filled("state") == "open",
        author=user.text_or("login") if user else "",
        is_pull=fields.object_or_none("pull_request") is not None,
        html_url=fields.text_or("html_url"),
        closed_by=closer.text_or("login") if closer else "",
    )
