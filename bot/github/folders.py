"""The files of one folder at a commit, in one request.

See https://docs.github.com/en/rest/repos/contents: a listing shows a symbolic link as one, reading it follows it.
"""

from dataclasses import dataclass

from bot.github.body import fields_of, json_of
from bot.github.client import Repository
from bot.github.errors import NotFound, UnexpectedAnswer
from bot.github.fields import objects

MOST_LISTED = 1000
"""GitHub lists no more, and does not say that it left some out."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry: its kind as GitHub calls it (`file`, `dir`, `symlink`, `submodule`), its SHA and its size."""

    kind: str
    sha: str
    size: int


@dataclass(frozen=True, slots=True)
class Folder:
    """Entries by name; when it is not complete, a missing one proves nothing."""

    entries: dict[str, Listed]
    complete: bool = True


async def folder(repo: Repository, path: str, commit: str) -> Folder:
    """List a folder; one that is not there, or is none, has no entries."""
    try:
        response = await repo.rest.repos.async_get_content(repo.owner, repo.name, path, ref=commit)
    except NotFound:
        return Folder({})
    answer = json_of(response)
    if not isinstance(answer, list):
        # In the folder's place may stand a file; behind a symbolic link or a submodule nobody looked.
        kind = fields_of(response, "folder").text_or("type")
        return Folder({}, complete=kind == "file")
    listed = list(objects(answer, UnexpectedAnswer, "folder"))
    entries = {
        item.filled("name"): Listed(item.filled("type"), item.sha("sha"), item.number_or("size"))
        for item in listed
    }
    return Folder(entries, len(listed) < MOST_LISTED)
