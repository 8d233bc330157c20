"""Put what instructions install into the release of the base image: only it tells which advisories speak of it."""

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.advisory import goes_by_source
from bot.engine.ecosystem import ecosystem
from bot.inspection import Base, Brought, PredictedPackage, Unresolved
from bot.inventory import Inventory
from bot.landing.commands import SYSTEMS
from bot.package import Package

NO_RELEASE = "which release its base image is of is not known"
_TYPES = frozenset(SYSTEMS.values())
_ALIKE = 4
"""Letters that names of one source begin with: `libc`, `perl`."""
_REBUILT = re.compile(r"\+b[0-9]+$")


def settled(brought: Brought, base: Base | None) -> Brought:
    """Name the packages of a distribution as the base image's release does; without one they stay unresolved."""
    if brought.manager not in SYSTEMS or not brought.packages:
        return brought
    inventory = base.seen.inventory if base is not None and base.seen is not None else None
    name = ecosystem(inventory.release) if inventory is not None else ""
    if inventory is None or inventory.release is None or not name:
        left = tuple(
            Unresolved(each.package.name, f"={each.package.version}", NO_RELEASE, each.location)
            for each in brought.packages
        )
        return replace(brought, packages=(), unresolved=(*brought.unresolved, *left))
    known = Installed(inventory)
    return replace(
        brought,
        packages=tuple(_in_release(each, inventory.release.id, name, known) for each in brought.packages),
    )


class Installed:
    """What the base image tells of source packages."""

    def __init__(self, inventory: Inventory) -> None:
        self._by_name: dict[tuple[str, str], Package] = {}
        self._by_version: dict[tuple[str, str], list[Package]] = {}
        for entry in inventory.packages:
            package = entry.package
            if package.type in _TYPES:
                self._by_name.setdefault((package.type, package.name), package)
                for version in {package.version, package.source_version}:
                    self._by_version.setdefault((package.type, version), []).append(package)

    def like(self, package: Package) -> Package | None:
        """The package as it is installed, or another that is plainly of the same source: `libssl3` for `libssl-dev`.

        That is one of the same version with a like name, where no other source has such.
        """
        if found := self._by_name.get((package.type, package.name)):
            return found
        same = self._by_version.get((package.type, package.version), [])
        siblings = [each for each in same if _is_alike(package.name, (each.name, each.source_name))]
        return siblings[0] if len({each.source_name for each in siblings}) == 1 else None


def _is_alike(name: str, others: Iterable[str]) -> bool:
    begins = name[:_ALIKE]
    return any(name.startswith(f"{other}-") or other[:_ALIKE] == begins for other in others)


def _in_release(
    predicted: PredictedPackage, namespace: str, ecosystem: str, known: Installed
) -> PredictedPackage:
    """Which source it is built from, the line does not say: the base image may, else it is taken to be itself.

    A binary that was built anew (`1.2-3+b1`) comes from the source `1.2-3`.
    """
    package = predicted.package
    like = known.like(package)
    version = _REBUILT.sub("", package.version) if package.type == "deb" else package.version
    if like is not None and like.version == package.version:
        version = like.source_version
    named = replace(
        package,
        namespace=namespace,
        ecosystem=ecosystem,
        source_name=like.source_name if like is not None else package.name,
        source_version=version,
    )
    return replace(predicted, package=named, guessed=like is None and goes_by_source(named))
