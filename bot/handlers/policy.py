"""The policy of a target branch: its repository file at the tip, and what commands said to ignore.

Read when judging, so that no pull request loosens its own policy and no old branch revives an old one (DESIGN §2).
Two requests: the tip and the listing of `.github`; the file itself only when it is not the one known last.
"""

from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot.change import FileVersion
from bot.clock import seconds, today
from bot.config import PATH, RENAME, SLIP, UNLISTED, parse_config
from bot.context import Context
from bot.github import contents
from bot.github.client import Repository
from bot.github.contents import Comparison, TooLarge
from bot.github.errors import NotFound
from bot.github.folders import Folder, folder
from bot.inspection import Location
from bot.policy.gate import Policy, PolicyProblem
from bot.policy.tree import LARGEST
from bot.store import ignores, policies
from bot.store.policies import StoredPolicy

SHORT = 7
"""Digits of a SHA that people are shown."""


@dataclass(frozen=True, slots=True)
class _Missing:
    """There is no such file."""


@dataclass(frozen=True, slots=True)
class _File:
    """The file as it was read."""

    commit: str
    blob: str
    content: bytes


async def load_policy(ctx: Context, repo: Repository, base_ref: str, *, tip: str = "") -> Policy:
    """Return the policy at the tip of a branch; with problems in its file the last good one, else the default."""
    policy = await file_policy(ctx, repo, base_ref, tip=tip)
    rows = await ctx.store.do(lambda c: ignores.read(c, repo.id, today(ctx.clock)))
    said = tuple(row.ignore for row in rows)
    return replace(policy, bump=replace(policy.bump, ignores=(*policy.bump.ignores, *said)))


async def file_policy(ctx: Context, repo: Repository, base_ref: str, *, tip: str = "") -> Policy:
    """Return the policy without what commands said; what it ignored until a day that is over is not in it."""
    policy, day = await _file_policy(ctx, repo, base_ref, tip), today(ctx.clock)
    holding = tuple(ignore for ignore in policy.bump.ignores if ignore.holds(day))
    return replace(policy, bump=replace(policy.bump, ignores=holding))


async def _file_policy(ctx: Context, repo: Repository, base_ref: str, tip: str) -> Policy:
    branch = base_ref.removeprefix("refs/heads/")
    known = await ctx.store.do(lambda c: policies.find(c, repo.id, branch))
    found = await _find(repo, branch, known, tip)
    match found:
        case _Missing():
            if known is not None:
                await ctx.store.do(lambda c: policies.forget(c, repo.id, branch))
            return Policy()
        case PolicyProblem():
            return _last_good(known, (found,))
        case _File():
            policy, problems = parse_config(found.content, PATH)
            if problems:
                return _last_good(known, problems)
            await _remember(ctx, repo, branch, known, found)
            return replace(policy, source=f"{PATH} at {found.commit[:SHORT]}")


async def _find(
    repo: Repository, branch: str, known: StoredPolicy | None, tip: str
) -> _File | _Missing | PolicyProblem:
    try:
        commit = tip or await contents.branch_tip(repo, branch)
    except NotFound:
        return _problem(f"the branch {branch[:100]!r} could not be found, so its policy could not be read")
    name = PurePosixPath(PATH).name
    listed = await folder(repo, str(PurePosixPath(PATH).parent), commit)
    entry = listed.entries.get(name)
    if entry is None:
        return _missing(listed)
    if entry.kind != "file":
        kinds = {"symlink": "a symbolic link, which is not followed", "dir": "a folder"}
        return _problem(f"it is {kinds.get(entry.kind, 'not a file')}")
    if known is not None and known.blob == entry.sha:
        return _File(commit, entry.sha, known.text.encode())
    return await _read(repo, commit, entry.sha)


async def _read(repo: Repository, commit: str, blob: str) -> _File | PolicyProblem:
    try:
        content = await contents.blob(repo, blob, LARGEST)
    except NotFound:
        # GitHub lists a submodule as a file.
        return _problem("it is not a file")
    if isinstance(content, TooLarge):
        return _problem(f"the file is larger than {LARGEST:,} bytes, which no such file needs")
    return _File(commit, blob, content)


async def policy_on_head(repo: Repository, comparison: Comparison, head: str) -> FileVersion | None:
    """Return the file as a change leaves it, empty where it is removed; None when the change does not touch it."""
    for file in comparison.files:
        if file.path == PATH:
            return await _version(repo, "" if file.status == "removed" else file.sha or "")
    if any(file.previous_path == PATH for file in comparison.files):
        return await _version(repo, "")
    if comparison.complete:
        return None
    name, parent = PurePosixPath(PATH).name, str(PurePosixPath(PATH).parent)
    before = (await folder(repo, parent, comparison.merge_base_sha)).entries.get(name)
    after = (await folder(repo, parent, head)).entries.get(name)
    return None if before == after else await _version(repo, after.sha if after else "")


async def _version(repo: Repository, blob: str) -> FileVersion:
    if not blob:
        return FileVersion(PATH, "", b"")
    found = await _read(repo, "", blob)
    if isinstance(found, PolicyProblem):
        return FileVersion(PATH, blob, problem=found.message)
    return FileVersion(PATH, blob, found.content)


def _missing(listed: Folder) -> _Missing | PolicyProblem:
    if PurePosixPath(SLIP).name in listed.entries:
        return _problem(RENAME, SLIP)
    if not listed.complete:
        return _problem(UNLISTED)
    return _Missing()


def _problem(message: str, path: str = PATH) -> PolicyProblem:
    return PolicyProblem(Location(path, 1, 1), message)


def _last_good(known: StoredPolicy | None, problems: tuple[PolicyProblem, ...]) -> Policy:
    if known is None:
        return Policy(problems=problems)
    policy, stale = parse_config(known.text.encode(), PATH)
    if stale:
        # It was good for another version.
        return Policy(problems=problems)
    return replace(policy, source=f"{PATH}, blob {known.blob[:SHORT]}", problems=problems)


async def _remember(
    ctx: Context, repo: Repository, branch: str, known: StoredPolicy | None, found: _File
) -> None:
    if known is not None and known.blob == found.blob:
        return
    stored = StoredPolicy(found.blob, found.content.decode("utf-8-sig"))
    now = seconds(ctx.clock)
    await ctx.store.do(lambda c: policies.save(c, repo.id, branch, stored, now))
