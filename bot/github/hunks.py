"""Which lines of the head a pull request shows: only there can a review comment stand.

See https://docs.github.com/en/rest/pulls/pulls#list-pull-requests-files
"""

import re
from collections.abc import Iterable
from functools import partial

from bot.github.client import Repository
from bot.github.pages import PER_PAGE, every

_HUNK = re.compile(r"^@@ -[0-9]{1,9}(?:,[0-9]{1,9})? \+([0-9]{1,9})(?:,([0-9]{1,9}))? @@", re.MULTILINE)
Lines = tuple[int, int]
"""First and last line of one hunk."""


async def shown_lines(repo: Repository, number: int, paths: Iterable[str]) -> dict[str, tuple[Lines, ...]]:
    """List the hunks of some files; a file that did not change, or that GitHub shows no patch of, has none."""
    wanted = set(paths)
    list_page = partial(repo.rest.pulls.async_list_files, repo.owner, repo.name, number)
    found: dict[str, tuple[Lines, ...]] = {}
    async for item in every(lambda page: list_page(per_page=PER_PAGE, page=page)):
        if (path := item.text_or("filename")) in wanted:
            found[path] = hunks(item.text_or("patch"))
        if found.keys() == wanted:
            break
    return found


def hunks(patch: str) -> tuple[Lines, ...]:
    """Read the lines of the new side that each hunk shows, context included; one without such lines is left out."""
    starts = ((int(first), int(count or "1")) for first, count in _HUNK.findall(patch))
    return tuple((first, first + count - 1) for first, count in starts if count)
