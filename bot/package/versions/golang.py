"""Order Go module versions (https://go.dev/ref/mod#versions) and those of Go itself (`go1.21rc2`, `1.22.1`).

Pseudo-versions are pre-releases, `+incompatible` says nothing. Go's releases are read as the Go vulnerability database
does: `go1.21rc2` is `1.21.0-rc.2`, https://go.dev/doc/security/vuln/database.
"""

import re
from functools import lru_cache

from bot.package.versions import semver
from bot.package.versions.not_comparable import NotComparable, check_length

_TOOLCHAIN = re.compile(
    r"(?:go)?(?P<numbers>[0-9]+(?:\.[0-9]+){0,2})(?:(?P<phase>beta|rc)(?P<count>[0-9]+))?"
)
_VENDOR = re.compile(r"(?P<release>go[0-9.a-z]+)-[A-Za-z][\w.+-]*")


@lru_cache(maxsize=1 << 15)
def sort_key(version: str) -> str:
    """Return a text that sorts, character by character, where the version belongs."""
    check_length(version)
    text = version.partition(" X:")[0]
    if vendored := _VENDOR.fullmatch(text):
        # A build of one's own, such as `go1.22.1-bigcorp`, is that release.
        text = vendored["release"]
    match = _TOOLCHAIN.fullmatch(text)
    if match is None:
        try:
            return semver.sort_key(text)
        except NotComparable:
            raise NotComparable(f"{version[:80]!r} is not a version of Go or a Go module") from None
    phase = f"{match['phase']}.{match['count']}" if match["phase"] else ""
    return semver.numbers(match["numbers"], 3) + semver.prerelease(phase)
