"""Order NuGet versions, https://learn.microsoft.com/nuget/concepts/package-versioning.

Semantic versions with up to four numbers; letters count the same in upper and lower case.
"""

import re
from functools import lru_cache

from bot.package.versions import semver
from bot.package.versions.not_comparable import NotComparable, check_length

_VERSION = re.compile(
    r"v?(?P<numbers>[0-9]+(?:\.[0-9]+){0,3})(?:-(?P<pre>[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?"
)


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    match = _VERSION.fullmatch(version.strip())
    if match is None:
        raise NotComparable(f"{version[:80]!r} is not a NuGet version")
    return semver.numbers(match["numbers"], 4) + semver.prerelease((match["pre"] or "").upper())
