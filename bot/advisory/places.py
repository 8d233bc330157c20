"""Where the records about an installed package are kept: in which ecosystem, under which name, for which version.

Most distributions name source packages in their advisories, some RPM ones binary packages; see
https://ossf.github.io/osv-schema/#defined-ecosystems and what their feeds hold.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from bot.advisory.ecosystem import canonical, distribution, normalized
from bot.inventory import InstalledPackage
from bot.package import Package

#: Their feeds list every binary package with its own version.
_NAME_BINARIES = frozenset({"AlmaLinux", "Photon OS", "Red Hat"})
_NAME_BOTH = frozenset({"Photon OS"})
_SYSTEM_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
_EPOCH = re.compile(r"[0-9]+:")
_SOLD = re.compile(r"Ubuntu:([0-9.]+)")
#: Part of every version that comes with Ubuntu Pro.
_PRO = "esm"
#: Marks of well-known builders besides the distribution, in the release of a package.
_FOREIGN = re.compile(r"PGDG|\.(?:ngx|remi|ius|amzn[0-9]+|fc[0-9]+|rpmfusion)(?:[._]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Place:
    """One name the records of a package go by."""

    ecosystem: str
    """Normalised, with the release: `Debian:12`."""
    name: str
    version: str
    """Of what is named: the source version where the ecosystem names source packages."""
    sold: bool = False
    """Fixes found here are not in the release itself: they come with Ubuntu Pro, which is not in use."""


def matchable(packages: Iterable[InstalledPackage]) -> list[Package]:
    """Return the packages to match: not those of a language that a package of the system brought.

    A distribution mends them without raising the version their language knows, and its own advisories say so.
    """
    return [
        installed.package
        for installed in packages
        if not installed.owner or installed.package.type in _SYSTEM_TYPES
    ]


def places(package: Package) -> tuple[Place, ...]:
    """Return where records about a package may be found; nowhere when its release is not known."""
    if not package.ecosystem:
        return ()
    ecosystem = normalized(package.ecosystem)
    named = [
        Place(ecosystem, canonical(ecosystem, name), version) for name, version in _names(package, ecosystem)
    ]
    if match := _SOLD.fullmatch(ecosystem):
        pro = f"Ubuntu:Pro:{match[1]}"
        named += [Place(pro, at.name, at.version, sold=_PRO not in at.version) for at in named]
    return tuple(dict.fromkeys(named))


def _names(package: Package, ecosystem: str) -> list[tuple[str, str]]:
    binary, source = (package.name, package.version), (package.source_name, _source_version(package))
    kind = distribution(ecosystem)
    if kind in _NAME_BOTH:
        return [binary, source]
    return [binary] if kind in _NAME_BINARIES else [source]


def _source_version(package: Package) -> str:
    """A source package's file name has no epoch; its binaries have the same one."""
    version = package.source_version
    if package.type == "rpm" and (epoch := _EPOCH.match(package.version)) and not _EPOCH.match(version):
        return epoch[0] + version
    return version


def comes_from_elsewhere(place: Place) -> bool:
    """Whether a package among those of a RHEL-like system was built by somebody else, as its release tells.

    The distribution's versions and the other's cannot be compared then, though both are called the same.
    """
    if distribution(place.ecosystem) not in {"AlmaLinux", "Red Hat", "Rocky Linux"}:
        return False
    return bool(_FOREIGN.search(place.version))
