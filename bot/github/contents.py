"""What changed between two commits, and the bytes of a file.

See https://docs.github.com/en/rest/commits/commits#compare-two-commits and .../rest/git/blobs
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from urllib.parse import quote

from bot.github.body import fields_of
from bot.github.client import Repository
from bot.github.errors import AnswerTooLarge, NotFound, UnexpectedAnswer
from bot.github.fields import Fields
from bot.github.trees import Tree, tree

__all__ = [
    "ComparedFile",
    "Comparison",
    "TooLarge",
    "Tree",
    "blob",
    "branch_tip",
    "compare",
    "object_name",
    "ref_path",
    "tree",
]

_MOST_COMPARED_FILES = 300
"""GitHub lists no more, and does not say that it left some out."""


@dataclass(frozen=True, slots=True)
class ComparedFile:
    """A changed file; `sha` is its blob at the head, or at the base when it was removed."""

    path: str
    status: str
    previous_path: str | None
    sha: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a head changes since it left its base."""

    merge_base_sha: str
    files: tuple[ComparedFile, ...]
    complete: bool


@dataclass(frozen=True, slots=True)
class TooLarge:
    """A file beyond the limit; `size` is None when even that is not known."""

    size: int | None


async def compare(repo: Repository, base: str, head: str) -> Comparison:
    """Compare two commits by SHA; raises NotFound when they share no history."""
    # All files come with the first page, however many commits it holds.
    response = await repo.rest.repos.async_compare_commits(
        repo.owner, repo.name, f"{base}...{head}", page=1, per_page=1
    )
    answer = fields_of(response, "comparison")
    listed = answer.objects_or_none("files")
    files = tuple(_file(item) for item in listed or ())
    merge_base = answer.object("merge_base_commit").sha("sha")
    # The one list that GitHub's description does not promise: without it, nothing is known of the files.
    return Comparison(merge_base, files, listed is not None and len(files) < _MOST_COMPARED_FILES)


async def blob(repo: Repository, sha: str, limit: int) -> bytes | TooLarge:
    """Read a file by its blob SHA, and check that it is that file; one that was read lately is not asked for again."""
    data = repo.blobs.get(repo.id, sha)
    if data is None:
        found = await _asked(repo, sha, limit)
        if isinstance(found, TooLarge):
            return found
        data = found
        repo.blobs.keep(repo.id, sha, data)
    return data if len(data) <= limit else TooLarge(len(data))


async def _asked(repo: Repository, sha: str, limit: int) -> bytes | TooLarge:
    try:
        answer = fields_of(await repo.rest.git.async_get_blob(repo.owner, repo.name, sha), "blob")
    except AnswerTooLarge:
        return TooLarge(None)
    size = answer.number_or("size")
    if size > limit:
        return TooLarge(size)
    data = _decoded(answer)
    if object_name(data, len(sha)) != sha:
        raise UnexpectedAnswer(f"GitHub's answer for blob {sha} is another file")
    return data


async def branch_tip(repo: Repository, branch: str) -> str:
    """Return the commit a branch points at; raises NotFound when there is no such branch."""
    answer = fields_of(await repo.rest.git.async_get_ref(repo.owner, repo.name, ref_path(branch)), "ref")
    return answer.object("object").sha("sha")


def ref_path(branch: str) -> str:
    """Write a branch into a URL: it may hold `#` and `%`, and is the one name that has to go there."""
    if not branch or ".." in branch:
        raise NotFound(f"{branch[:100]!r} cannot be a branch")
    return quote(f"heads/{branch}", safe="/")


def _file(fields: Fields) -> ComparedFile:
    sha = fields.sha("sha") if fields.text_or("sha") else None
    return ComparedFile(
        fields.filled("filename"), fields.filled("status"), fields.text_or("previous_filename") or None, sha
    )


def _decoded(answer: Fields) -> bytes:
    encoding, content = answer.text_or("encoding", "utf-8"), answer.text_or("content")
    try:
        return base64.b64decode(content) if encoding == "base64" else content.encode()
    except (binascii.Error, UnicodeEncodeError) as exc:
        raise UnexpectedAnswer(f"the content of a blob is not {encoding}") from exc


def object_name(data: bytes, length: int) -> str:
    """Hash as git does, with SHA-1 or SHA-256 by the length of the name."""
    name = hashlib.sha1(usedforsecurity=False) if length == 40 else hashlib.sha256()
    name.update(b"blob %d\0" % len(data) + data)
    return name.hexdigest()
