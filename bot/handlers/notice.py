"""Say in one issue what keeps bumps from being made, and close it once nothing does.

Without `issues: write` it is said on pull requests only.
"""

import hashlib
import logging
from collections.abc import Sequence

from bot.errors import OperatorError
from bot.github import issues
from bot.github.client import NOTICE
from bot.handlers.site import Site
from bot.report.bump_notice import render_blocked, render_resolved
from bot.store import branches

log = logging.getLogger(__name__)


async def keep(site: Site, problems: Sequence[str]) -> None:
    """Keep the issue of a branch in step with what stands in the way there."""
    if not site.info.is_writable or not site.info.has_issues:
        return
    before = await site.ctx.store.do(lambda c: branches.find(c, site.repo.id, site.base_ref))
    repo, marker = site.repo.having(NOTICE), marker_of(site.base_ref)
    try:
        if problems:
            title, body = render_blocked(site.base_ref, problems)
            await issues.keep_one(repo, marker, title, body)
        elif before is not None and before.problem:
            issue = await issues.find(repo, marker)
            if issue is not None and issue.is_open:
                await issues.close(repo, issue.number, render_resolved(site.base_ref))
    except OperatorError as exc:
        log.warning("%s: no issue could be kept: %s", site.order.repository, exc)


def marker_of(base_ref: str) -> str:
    """What an issue about a branch is recognised by."""
    return (
        f"<!-- plimsoll-bumps {hashlib.sha256(base_ref.encode(errors='surrogatepass')).hexdigest()[:32]} -->"
    )
