"""Order versions of Bitnami's packages: semantic versions with a revision of the packaging.

Follows https://github.com/bitnami/go-version: `16.1.0-3` is the third repackaging of `16.1.0`, no pre-release of it.
Java's updates stand there too: what calls itself `1.8.0_392-b08` or `11.0.14.1` is `1.8.0-392` and `11.0.14-1`.
"""

import re
from functools import lru_cache

from bot.package.versions import semver
from bot.package.versions.keys import number
from bot.package.versions.not_comparable import check_length

_REVISED = re.compile(
    r"(?P<version>v?[0-9]+(?:\.[0-9]+){2})[._-](?P<revision>[0-9]+)(?:-b[0-9]+)?(?:\+[0-9A-Za-z.-]+)?"
)
#: How programs write their own pre-releases: `3.13.0rc1`, `17beta2`.
_PRE = re.compile(
    r"(?P<version>[0-9]+(?:\.[0-9]+){0,2})(?P<word>a|b|alpha|beta|pre|rc)(?P<count>[0-9]+)", re.IGNORECASE
)


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    if match := _REVISED.fullmatch(version):
        return semver.sort_key(match["version"]) + number(match["revision"])
    if match := _PRE.fullmatch(version):
        version = f"{match['version']}-{match['word'].lower()}.{match['count']}"
    return semver.sort_key(version) + number("0")
