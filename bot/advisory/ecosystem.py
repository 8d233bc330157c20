"""Read OSV ecosystem names with their release: `Debian:12`, `Alpine:v3.20`, `Ubuntu:Pro:22.04:LTS`.

The names are defined in https://ossf.github.io/osv-schema/#defined-ecosystems.
"""

import re
from functools import lru_cache

_RELEASE = re.compile(r"v?([0-9]{1,6}(?:\.[0-9]{1,6}){0,3})")
#: Releases that are always ahead of the numbered ones.
_ROLLING = frozenset({"edge", "sid", "unstable"})
_AHEAD_OF_ALL = (1_000_000,)


@lru_cache(maxsize=4096)
def normalized(ecosystem: str) -> str:
    """Drop the marker of long-term support, which not every source writes."""
    return ecosystem.removesuffix(":LTS")


def distribution(ecosystem: str) -> str:
    """`Ubuntu:Pro:22.04` → `Ubuntu`."""
    return ecosystem.partition(":")[0]


@lru_cache(maxsize=4096)
def split(ecosystem: str) -> tuple[str, str]:
    """Part the channel from its release: `Ubuntu:Pro:22.04` → `Ubuntu:Pro`, `22.04`.

    Releases of one channel follow each other. A fix that is sold in one channel says nothing about the other.
    """
    channel, _, release = normalized(ecosystem).rpartition(":")
    return (channel, release) if channel else (release, "")


def is_newer(candidate: str, ecosystem: str) -> bool:
    """Whether `candidate` is a later release of the same channel."""
    (ours, release), (theirs, other) = split(ecosystem), split(candidate)
    mine, its = _rank(release), _rank(other)
    return ours == theirs and mine is not None and its is not None and its > mine


def _rank(release: str) -> tuple[int, ...] | None:
    if release in _ROLLING:
        return _AHEAD_OF_ALL
    match = _RELEASE.fullmatch(release)
    return tuple(int(part) for part in match[1].split(".")) if match else None
