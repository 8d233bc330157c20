"""Pull requests: those we review, and those we open.

See https://docs.github.com/en/rest/pulls/pulls
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.creating import find_or_create
from bot.github.errors import NotFound, NothingToMerge, Unprocessable
from bot.github.fields import Fields
from bot.github.moments import moment
from bot.github.pages import PER_PAGE, every
from bot.github.text import cut, cut_line

_MOST_PAGES = 20
"""Two thousand open pull requests, the most recently touched first."""

_LONGEST_TITLE = 256


@dataclass(frozen=True, slots=True)
class Pull:
    """One pull request as it is now."""

    number: int
    state: str
    draft: bool
    merged: bool
    title: str
    author: str
    """Empty when the account is gone."""
    html_url: str
    head_sha: str
    head_ref: str
    head_repository: str | None
    """`owner/name`; None when the fork was deleted."""
    base_ref: str
    base_sha: str
    """The target branch as GitHub last looked, which may be behind its tip."""
    is_fork: bool
    updated_at: float
    """When it last changed, in seconds since the epoch."""
    body: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it may still be merged."""
        return self.state == "open"


async def get(repo: Repository, number: int) -> Pull:
    """Read one pull request."""
    return _pull(fields_of(await repo.rest.pulls.async_get(repo.owner, repo.name, number), "pull"))


async def with_branch(repo: Repository, branch: str) -> tuple[Pull, ...]:
    """Find the pull requests from a branch of this repository in any state: ours first, then the newest first."""
    ours = (await repo.app.identity()).login
    list_page = partial(
        repo.rest.pulls.async_list, repo.owner, repo.name, state="all", head=f"{repo.owner}:{branch}"
    )
    pages = every(lambda page: list_page(per_page=PER_PAGE, page=page), most_pages=_MOST_PAGES)
    # GitHub leaves an odd `head` out of account and lists everything.
    found = [pull async for item in pages if (pull := _pull(item)).head_ref == branch and not pull.is_fork]
    return tuple(sorted(found, key=lambda pull: (pull.author != ours, -pull.number)))


async def create(repo: Repository, head: str, base: str, title: str, body: str) -> Pull:
    """Open a pull request from one branch of this repository into another, unless there is one.

    Raises NothingToMerge when the branches do not differ.
    """
    wanted = {**_words(title, body), "head": head, "base": base}

    async def find(also: tuple[Pull, ...]) -> Pull | None:
        # GitHub itself allows one open pull request for each pair, so there never are two to choose from.
        listed = await with_branch(repo, head)
        return next((pull for pull in (*listed, *also) if pull.is_open and pull.base_ref == base), None)

    async def post() -> Pull:
        try:
            response = await repo.rest.pulls.async_create(repo.owner, repo.name, data=wanted)
        except Unprocessable as exc:
            said = str(exc).lower()
            if "already exists" in said and (found := await find(())) is not None:
                return found
            if "no commits between" in said:
                raise NothingToMerge(str(exc)) from exc
            raise
        return _pull(fields_of(response, "pull"))

    return await find_or_create(find, post, repo.pauses)


async def update(
    repo: Repository,
    number: int,
    *,
    title: str | None = None,
    body: str | None = None,
    state: Literal["open", "closed"] | None = None,
) -> Pull:
    """Change what is given of a pull request."""
    fields: dict[str, Any] = _words(title, body)
    if state is not None:
        fields["state"] = state
    response = await repo.rest.pulls.async_update(repo.owner, repo.name, number, data=fields)
    return _pull(fields_of(response, "pull"))


def _words(title: str | None, body: str | None) -> dict[str, str]:
    words = {} if title is None else {"title": cut_line(title, _LONGEST_TITLE)}
    return words if body is None else words | {"body": cut(body)}


async def list_open_with_head(repo: Repository, sha: str) -> tuple[Pull, ...]:
    """Find the open pull requests whose head is this commit, lowest number first.

    GitHub's own answer may lack those from forks, so an empty one is not believed.
    """
    found = await _of_commit(repo, sha) or await _open(repo, sha)
    return tuple(sorted(found, key=lambda pull: pull.number))


async def _of_commit(repo: Repository, sha: str) -> list[Pull]:
    list_page = repo.rest.repos.async_list_pull_requests_associated_with_commit
    items = every(lambda page: list_page(repo.owner, repo.name, sha, per_page=PER_PAGE, page=page))
    try:
        return [pull async for item in items if _is_head(pull := _pull(item), sha)]
    except (NotFound, Unprocessable):
        return []


async def _open(repo: Repository, sha: str) -> list[Pull]:
    list_page = partial(
        repo.rest.pulls.async_list, repo.owner, repo.name, state="open", sort="updated", direction="desc"
    )
    items = every(lambda page: list_page(per_page=PER_PAGE, page=page), most_pages=_MOST_PAGES)
    return [pull async for item in items if _is_head(pull := _pull(item), sha)]


def _is_head(pull: Pull, sha: str) -> bool:
    return pull.is_open and pull.head_sha == sha


def _pull(fields: Fields) -> Pull:
    head, base, user = fields.object("head"), fields.object("base"), fields.object_or_none("user")
    source, target = head.object_or_none("repo"), base.object_or_none("repo")
    same = source is not None and target is not None and source.number("id") == target.number("id")
    return Pull(
        number=fields.number("number"),
        state=fields.filled("state"),
        draft=fields.flag_or("draft"),
        # The answer for one pull request says `merged`, those in lists only when.
        merged=fields.flag_or("merged") or fields.text_or("merged_at") != "",
        title=fields.text_or("title"),
        author=user.text_or("login") if user else "",
        html_url=fields.text_or("html_url"),
        head_sha=head.sha("sha"),
        head_ref=head.text_or("ref"),
        head_repository=source.full_name("full_name") if source else None,
        base_ref=base.filled("ref"),
        base_sha=base.sha("sha"),
        is_fork=not same,
        updated_at=moment(fields, "updated_at"),
        body=fields.text_or("body"),
    )
