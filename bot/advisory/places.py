"""Where the records about an installed package are kept: in which ecosystem, under which name, for which version.

Most distributions name source packages in their advisories, some RPM ones binary packages; see
https://ossf.github.io/osv-schema/#defined-ecosystems and what their feeds hold.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from bot.advisory.ecosystem import canonical, distribution, normalized
from bot.inventory import InstalledPackage
from bot.package import Package

#: Their feeds list every binary package with its own version.
_NAME_BINARIES = frozenset({"AlmaLinux", "Photon OS", "Red Hat"})
_NAME_BOTH = frozenset({"Photon OS"})
_SYSTEM_TYPES = frozenset({"alpm", "apk", "deb", "rpm"})
_EPOCH = re.compile(r"[0-9]+:")
_SOLD = re.compile(r"Ubuntu:([0-9.]+)")
_OLD_JAVA = re.compile(r"1\.([5-8])\.0[_-]([0-9]{1,4})(?:-b[0-9]+)?")
_PRO_CHANNEL = "Ubuntu:Pro:"
#: Part of every version that comes with Ubuntu Pro.
_PRO = "esm"
#: Marks of well-known builders besides the distribution, in the release of a package.
_FOREIGN = re.compile(r"PGDG|\.(?:ngx|remi|ius|amzn[0-9]+|fc[0-9]+|rpmfusion)(?:[._]|$)", re.IGNORECASE)
#: The same of packages for any distribution; those of Docker and others end in `~debian.12~bookworm`.
_FOREIGN_BUILD = re.compile(_FOREIGN.pattern + r"|nodesource|sury|~(?:debian|ubuntu)\.[0-9]", re.IGNORECASE)
#: Where no distribution puts anything, https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html.
_NOT_OF_DISTRIBUTIONS = ("opt/", "usr/local/")


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


def matchable(
    packages: Iterable[InstalledPackage], is_known: Callable[[Package], bool] = lambda owner: True
) -> list[Package]:
    """Return the packages to match: not those of a language that a package of the distribution brought.

    A distribution mends them without raising the version their language knows, and its own advisories say so.
    `is_known` tells whether they ever spoke of a package: what somebody else built for it they do not.
    """
    return [package for package, owner in owners(packages) if owner is None or not is_known(owner)]


def owners(packages: Iterable[InstalledPackage]) -> list[tuple[Package, Package | None]]:
    """Return each package with that of the distribution whose advisories speak for it, if they ever spoke of one."""
    installed = list(packages)
    system = {each.package.name: each.package for each in installed if each.package.type in _SYSTEM_TYPES}
    return [(each.package, _owner(each, system.get(each.owner))) for each in installed]


def _owner(installed: InstalledPackage, owner: Package | None) -> Package | None:
    """Return the owner of a package's file, where it is the distribution's own."""
    if not installed.owner or installed.package.type in _SYSTEM_TYPES or owner is None:
        return None
    if installed.evidence.startswith(_NOT_OF_DISTRIBUTIONS) or _FOREIGN_BUILD.search(owner.version):
        return None
    return owner


def places(package: Package) -> tuple[Place, ...]:
    """Return where records about a package may be found; nowhere when its release is not known."""
    if not package.ecosystem:
        return ()
    ecosystem = normalized(package.ecosystem)
    named = [
        Place(ecosystem, canonical(ecosystem, name), version) for name, version in _names(package, ecosystem)
    ]
    if ecosystem == "Bitnami":
        named += [replace(at, version=again) for at in named if (again := _by_number(at))]
    if match := _SOLD.fullmatch(ecosystem):
        pro = f"{_PRO_CHANNEL}{match[1]}"
        named += [Place(pro, at.name, at.version, sold=_PRO not in at.version) for at in named]
    return tuple(dict.fromkeys(named))


def _by_number(at: Place) -> str:
    """Java before 9 calls itself `1.8.0_202`; most records say `8.0.202`, some `1.8.0-202`."""
    match = _OLD_JAVA.fullmatch(at.version) if at.name == "java" else None
    return f"{match[1]}.0.{match[2]}" if match else ""


def unsold(ecosystem: str) -> str:
    """Return the release that something is sold for: `Ubuntu:Pro:22.04` → `Ubuntu:22.04`; any other stays."""
    return ecosystem.replace(_PRO_CHANNEL, "Ubuntu:", 1)


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


def goes_by_source(package: Package) -> bool:
    """Whether advisories name the source package it is built from, and not the package itself."""
    return bool(package.ecosystem) and distribution(package.ecosystem) not in _NAME_BINARIES


def comes_from_elsewhere(place: Place) -> bool:
    """Whether a package among those of a RHEL-like system was built by somebody else, as its release tells.

    The distribution's versions and the other's cannot be compared then, though both are called the same.
    """
    if distribution(place.ecosystem) not in {"AlmaLinux", "Red Hat", "Rocky Linux"}:
        return False
    return bool(_FOREIGN.search(place.version))
