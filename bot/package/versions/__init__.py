"""Version orderings, one file each; the OSV ecosystem chooses which one applies.

To add one: a file with `sort_key(version) -> str`, and a line in `ORDERINGS`.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

from bot.package.versions import (
    alpine,
    bitnami,
    conan,
    debian,
    golang,
    maven,
    npm,
    nuget,
    packagist,
    pub,
    pypi,
    rpm,
    rubygems,
    semver,
)
from bot.package.versions.not_comparable import NotComparable

__all__ = ["ORDERINGS", "NotComparable", "compare", "ordering", "sort_key"]

#: By the name of the ecosystem, without its release, https://ossf.github.io/osv-schema/#defined-ecosystems.
ORDERINGS: dict[str, Callable[[str], str]] = {
    "AlmaLinux": rpm.sort_key,
    "Alpaquita": alpine.sort_key,
    "Alpine": alpine.sort_key,
    "Azure Linux": rpm.sort_key,
    "BellSoft Hardened Containers": alpine.sort_key,
    "Bitnami": bitnami.sort_key,
    "Chainguard": alpine.sort_key,
    "CleanStart": alpine.sort_key,
    "ConanCenter": conan.sort_key,
    "Debian": debian.sort_key,
    "Echo": debian.sort_key,
    "Go": golang.sort_key,
    "Hex": semver.sort_key,
    "Mageia": rpm.sort_key,
    "Maven": maven.sort_key,
    "MinimOS": alpine.sort_key,
    "NuGet": nuget.sort_key,
    "Packagist": packagist.sort_key,
    "Photon OS": rpm.sort_key,
    "Pub": pub.sort_key,
    "PyPI": pypi.sort_key,
    "Red Hat": rpm.sort_key,
    "Rocky Linux": rpm.sort_key,
    "RubyGems": rubygems.sort_key,
    "SUSE": rpm.sort_key,
    "Ubuntu": debian.sort_key,
    "Wolfi": alpine.sort_key,
    "crates.io": semver.sort_key,
    "npm": npm.sort_key,
    "openEuler": rpm.sort_key,
    "openSUSE": rpm.sort_key,
}


@lru_cache(maxsize=4096)
def ordering(ecosystem: str) -> Callable[[str], str]:
    """Return what makes the sort keys of an ecosystem; raises NotComparable where none is known."""
    name = ecosystem.partition(":")[0]
    try:
        return ORDERINGS[name]
    except KeyError:
        raise NotComparable(f"versions of {name[:80]!r} packages cannot be ordered yet") from None


def sort_key(ecosystem: str, version: str) -> str:
    """Return a text that sorts as the version does in `ecosystem`, such as `Debian:12`. Never empty."""
    return ordering(ecosystem)(version)


def compare(ecosystem: str, a: str, b: str) -> Literal[-1, 0, 1]:
    """Return -1, 0 or 1 as `a` is older than, the same as, or newer than `b`; raises NotComparable."""
    first, second = sort_key(ecosystem, a), sort_key(ecosystem, b)
    if first == second:
        return 0
    return -1 if first < second else 1
