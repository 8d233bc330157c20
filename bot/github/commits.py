"""Commits of our own, written object by object so that every mode and byte stays, and who else wrote some.

Without an author of our choosing GitHub signs them as the app's: they show as verified.
See https://docs.github.com/en/rest/git/trees#create-a-tree and .../rest/git/commits#create-a-commit
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.contents import object_name
from bot.github.errors import NotFound, NotWritable, UnexpectedAnswer
from bot.github.fields import Fields
from bot.github.pages import PER_PAGE, every
from bot.github.text import cut_line

REGULAR, EXECUTABLE = "100644", "100755"
UNKNOWN = "somebody unknown"
_WORKFLOWS = ".github/workflows/"
_WEB_FLOW = "web-flow"
"""Who commits for people and apps that work on the web or through the API."""
_LONGEST_MESSAGE = 65_000
_MOST_PAGES = 3
"""Of commits between two: more are not looked at one by one."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A file as it shall be."""

    path: str
    content: bytes
    mode: str = REGULAR
    """As it is now: 100644, or 100755 for an executable one."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit as git knows it."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    message: str
    verified: bool


async def get(repo: Repository, sha: str) -> Commit:
    """Read one commit."""
    return _commit(fields_of(await repo.rest.git.async_get_commit(repo.owner, repo.name, sha), "commit"))


async def write(repo: Repository, parent: str, edits: Sequence[Edit], message: str) -> str:
    """Write a commit on top of `parent` that changes these files and nothing else; return its name.

    No branch knows it yet, so a crash leaves nothing behind.
    """
    for edit in edits:
        _check(edit)
    entries = [await _entry(repo, edit) for edit in edits]
    before = await get(repo, parent)
    rest = repo.again.git
    body = {"base_tree": before.tree, "tree": entries}
    tree = fields_of(await rest.async_create_tree(repo.owner, repo.name, data=body), "tree").sha("sha")
    words = {"message": cut_line(message, _LONGEST_MESSAGE), "tree": tree, "parents": [parent]}
    response = await rest.async_create_commit(repo.owner, repo.name, data=words)
    return fields_of(response, "commit").sha("sha")


async def strangers(repo: Repository, base: str, head: str) -> tuple[str, ...]:
    """Name those other than us who authored or committed what `head` has and `base` has not.

    Whatever cannot be looked at counts as somebody unknown.
    """
    ours = (await repo.app.identity()).login
    compare = repo.rest.repos.async_compare_commits
    list_page = partial(compare, repo.owner, repo.name, f"{base}...{head}")
    found: dict[str, None] = {}
    seen = 0
    try:
        # The first page brings up to 300 files as well, which nobody can ask it to leave out.
        async for item in every(
            lambda page: list_page(per_page=PER_PAGE, page=page), "commits", most_pages=_MOST_PAGES
        ):
            seen += 1
            found |= dict.fromkeys(_people(item))
    except NotFound:
        return (UNKNOWN,)
    if seen >= PER_PAGE * _MOST_PAGES:
        found[UNKNOWN] = None
    return tuple(name for name in found if name not in (ours, _WEB_FLOW))


def _check(edit: Edit) -> None:
    """Refuse what a bump has no business in, whoever asks for it."""
    parts = edit.path.split("/")
    if edit.mode not in (REGULAR, EXECUTABLE):
        raise NotWritable(f"{edit.path} has the mode {edit.mode}: only regular files are written")
    if edit.path.casefold().startswith(_WORKFLOWS):
        raise NotWritable(f"{edit.path} is a workflow, which the app has no permission to change")
    if any(part.casefold() in ("", ".", "..", ".git") for part in parts) or "\0" in edit.path:
        raise NotWritable(f"{edit.path[:200]!r} is not a path in a repository")


async def _entry(repo: Repository, edit: Edit) -> dict[str, Any]:
    body = {"content": base64.b64encode(edit.content).decode(), "encoding": "base64"}
    response = await repo.again.git.async_create_blob(repo.owner, repo.name, data=body)
    sha = fields_of(response, "blob").sha("sha")
    if sha != object_name(edit.content, len(sha)):
        raise UnexpectedAnswer(f"GitHub stored other bytes for {edit.path} than were sent")
    return {"path": edit.path, "mode": edit.mode, "type": "blob", "sha": sha}


def _people(item: Fields) -> Iterator[str]:
    """Name author and committer by account, else as the commit itself says."""
    plain = item.object("commit")
    for role in ("author", "committer"):
        account, signature = item.object_or_none(role), plain.object_or_none(role)
        login = account.text_or("login") if account else ""
        yield login or (signature.text_or("name") if signature else "") or UNKNOWN


def _commit(fields: Fields) -> Commit:
    proof = fields.object_or_none("verification")
    return Commit(
        sha=fields.sha("sha"),
        tree=fields.object("tree").sha("sha"),
        parents=tuple(parent.sha("sha") for parent in fields.objects("parents")),
        message=fields.text_or("message"),
        verified=proof.flag_or("verified") if proof else False,
    )
