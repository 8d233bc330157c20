"""Order versions of Dart packages: semantic versions whose build metadata counts.

Follows https://pub.dev/documentation/pub_semver/latest/: `1.0.0 < 1.0.0+1 < 1.0.0+2`.
"""

from functools import lru_cache

from bot.package.versions import semver

_NONE, _SOME = "\x01\x02"


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    key, build = semver.key_and_build(version)
    return key + (_SOME + semver.identifiers(build) if build else _NONE)
