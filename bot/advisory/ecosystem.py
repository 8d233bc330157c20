"""Read OSV ecosystem names with their release: `Debian:12`, `Alpine:v3.20`, `Ubuntu:Pro:22.04:LTS`.

The names are defined in https://ossf.github.io/osv-schema/#defined-ecosystems.
"""

import re
from functools import lru_cache

from bot.package.language import ECOSYSTEMS, canonical_name

_LANGUAGES = frozenset(ECOSYSTEMS.values())
_TYPES = {ecosystem: type_ for type_, ecosystem in ECOSYSTEMS.items()}
#: Where upper and lower case are the same package, beyond those whose names are written one way anyway.
_ANY_CASE = frozenset({"Bitnami", "ConanCenter", "Hex", "NuGet"})
_RELEASE = re.compile(
    r"(?P<name>[A-Za-z ]{0,80}?) ?v?(?P<numbers>[0-9]{1,6}(?:\.[0-9]{1,6}){0,3})"
    r"(?:-LTS)?(?:[ -]SP(?P<pack>[0-9]{1,3}))?"
)
#: Releases that are always ahead of the numbered ones.
_ROLLING = frozenset({"edge", "sid", "stream", "unstable"})
_AHEAD_OF_ALL = (1_000_000,)
#: `Red Hat:enterprise_linux:9::appstream`, a repository of the release, or of its minor one since 10.
_RED_HAT = re.compile(r"Red Hat:enterprise_linux:([0-9]{1,3})(?:\.[0-9]{1,3})?(?:::.*)?")
#: `SUSE:Linux Enterprise Module for Basesystem 15 SP6`, a part of the release.
_SUSE_MODULE = re.compile(r"SUSE:Linux Enterprise Module for .* ([0-9]{1,3}(?: SP[0-9]{1,3})?)")


@lru_cache(maxsize=4096)
def normalized(ecosystem: str) -> str:
    """Name the release one way: without a marker of long-term support, or the repository of a release or language."""
    if match := _RED_HAT.fullmatch(ecosystem):
        return f"Red Hat:enterprise_linux:{match[1]}"
    if match := _SUSE_MODULE.fullmatch(ecosystem):
        return f"SUSE:Linux Enterprise Server {match[1]}"
    if not is_distribution(ecosystem):
        return distribution(ecosystem)
    return ecosystem.partition("::")[0].removesuffix(":LTS")


@lru_cache(maxsize=4096)
def distribution(ecosystem: str) -> str:
    """`Ubuntu:Pro:22.04` → `Ubuntu`."""
    return ecosystem.partition(":")[0]


@lru_cache(maxsize=4096)
def is_distribution(ecosystem: str) -> bool:
    """Whether its packages belong to an operating system, which mends old versions instead of taking new ones."""
    return distribution(ecosystem) not in _LANGUAGES


@lru_cache(maxsize=1 << 14)
def canonical(ecosystem: str, name: str) -> str:
    """Write the name of a package the one way its ecosystem compares it."""
    kind = distribution(ecosystem)
    return name.lower() if kind in _ANY_CASE else canonical_name(_TYPES.get(kind, ""), name)


@lru_cache(maxsize=4096)
def split(ecosystem: str) -> tuple[str, str]:
    """Part the channel from its release: `Ubuntu:Pro:22.04` → `Ubuntu:Pro`, `22.04`.

    Releases of one channel follow each other. A fix that is sold in one channel says nothing about the other.
    """
    channel, _, release = normalized(ecosystem).rpartition(":")
    if not channel:
        return release, ""
    match = _RELEASE.fullmatch(release)
    if match and match["name"]:
        # `SUSE:Linux Enterprise Server 15 SP6`, `openSUSE:Leap 15.6`
        return f"{channel}:{match['name']}", release[len(match["name"]) + 1 :]
    return channel, release


@lru_cache(maxsize=1 << 14)
def is_newer(candidate: str, ecosystem: str) -> bool:
    """Whether `candidate` is a later release of the same channel."""
    (ours, release), (theirs, other) = split(ecosystem), split(candidate)
    mine, its = _rank(release), _rank(other)
    return ours == theirs and mine is not None and its is not None and its > mine


def _rank(release: str) -> tuple[int, ...] | None:
    if release in _ROLLING:
        return _AHEAD_OF_ALL
    match = _RELEASE.fullmatch(release)
    if match is None:
        return None
    return (*map(int, match["numbers"].split(".")), int(match["pack"] or 0))
