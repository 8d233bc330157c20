"""The branch of a bump: its one commit, written so that a crash is known for ours and nobody's work is lost."""

from dataclasses import replace

from bot.errors import TransientError
from bot.github import branches, commits, pulls
from bot.github.commits import Edit
from bot.github.errors import BranchExists, NotFound
from bot.handlers.bump_case import Bump, save, text_of
from bot.handlers.site import Site
from bot.report.bump import render_title
from bot.store.bumps import BumpRow


async def write_branch(bump: Bump, row: BumpRow) -> BumpRow:
    """Commit the edits on the tip and let the branch point there; a commit that is there already stays."""
    site, content = bump.site, bump.content()
    there = await _tip_or_none(site, row.branch)
    if there is not None and (there, content, site.tip) == (bump.row.head, bump.row.content, bump.row.base):
        return replace(row, head=there)
    await _check_free(bump, there)
    if bump.pull is not None and bump.pull.is_open and there != bump.pull.head_sha:
        raise _moved(row)
    edits = [Edit(edit.path, edit.after, edit.mode) for edit in bump.rewritten.edits]
    sha = await commits.write(site.writable, site.tip, edits, render_title(text_of(bump)))
    # Noted before the branch moves: after a crash it is known for ours.
    row = replace(row, head=sha, base=site.tip, content=content)
    await save(site, row)
    if there is not None:
        await _check_unmoved(bump, there)
    try:
        if there is None:
            await branches.create(site.writable, row.branch, sha)
        else:
            await branches.move(site.writable, row.branch, sha, force=True)
    except (BranchExists, NotFound) as exc:
        raise _moved(row) from exc
    return row


async def _check_unmoved(bump: Bump, there: str) -> None:
    """Look once more before overwriting: GitHub moves a branch whatever it holds by then."""
    site, pull = bump.site, bump.pull
    if pull is not None and pull.is_open and not (await pulls.get(site.repo, pull.number)).is_open:
        raise _moved(bump.row)
    if await _tip_or_none(site, bump.row.branch) != there:
        raise _moved(bump.row)


def _moved(row: BumpRow) -> TransientError:
    """Somebody was at work there meanwhile: what is due then is found out anew."""
    return TransientError(f"{row.branch} or its pull request changed while it was being written")


async def _check_free(bump: Bump, there: str | None) -> None:
    """Refuse to overwrite a branch of our name that holds others' work, unless its pull request speaks for it."""
    pull = bump.pull
    # What is open was judged before; what was merged is not lost, unless more was pushed since.
    known = pull is not None and (pull.is_open or (pull.merged and pull.head_sha == there))
    if there is None or known or there == bump.row.head:
        return
    if people := await commits.strangers(bump.site.repo, bump.site.tip, there):
        names = ", ".join(people[:3])
        raise BranchExists(
            f"the branch {bump.row.branch} holds commits of {names}; delete it, so that the bump can be made",
            tip=there,
        )


async def _tip_or_none(site: Site, branch: str) -> str | None:
    try:
        return await branches.tip(site.repo, branch)
    except NotFound:
        return None
