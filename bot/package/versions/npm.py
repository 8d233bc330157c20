"""Order versions of npm packages: semantic versions, and what node-semver reads as such when it is lenient.

Old packages carry `=1.2.3`, `v 1.2.3` or `1.2.3beta`, which is `1.2.3-beta`; see https://github.com/npm/node-semver.
"""

import re
from functools import lru_cache

from bot.package.versions import semver
from bot.package.versions.not_comparable import check_length

_LENIENT = re.compile(r"[v= ]{0,9}(?P<numbers>[0-9]+(?:\.[0-9]+){2})(?P<rest>[A-Za-z][0-9A-Za-z.+-]*)?")


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    match = _LENIENT.fullmatch(version)
    if match is None:
        return semver.sort_key(version.lstrip("v= "))
    return semver.sort_key(f"{match['numbers']}-{match['rest']}" if match["rest"] else match["numbers"])
