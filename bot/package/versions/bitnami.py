"""Order versions of Bitnami's packages: semantic versions with a revision of the packaging.

Follows https://github.com/bitnami/go-version: `16.1.0-3` is the third repackaging of `16.1.0`, no pre-release of it.
"""

import re
from functools import lru_cache

from bot.package.versions import semver
from bot.package.versions.keys import number
from bot.package.versions.not_comparable import check_length

_REVISED = re.compile(r"(?P<version>v?[0-9]+(?:\.[0-9]+){0,2})-(?P<revision>[0-9]+)")


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    if match := _REVISED.fullmatch(version):
        return semver.sort_key(match["version"]) + number(match["revision"])
    return semver.sort_key(version) + number("0")
