"""Put what instructions install into the release of the base image: only it tells which advisories speak of it."""

import re
from dataclasses import replace

from bot.engine.ecosystem import ecosystem
from bot.inspection import Base, Brought, Unresolved
from bot.landing.commands import SYSTEMS
from bot.package import Package

NO_RELEASE = "which release its base image is of is not known"
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
    known = {entry.package.name: entry.package for entry in reversed(inventory.packages)}
    namespace = inventory.release.id
    packages = tuple(
        replace(each, package=_in_release(each.package, namespace, name, known.get(each.package.name)))
        for each in brought.packages
    )
    return replace(brought, packages=packages)


def _in_release(package: Package, namespace: str, name: str, installed: Package | None) -> Package:
    """Which source it is built from, the line does not say: it is taken to be that of the installed one, else itself.

    A binary that was built anew (`1.2-3+b1`) comes from the source `1.2-3`.
    """
    version = _REBUILT.sub("", package.version) if package.type == "deb" else package.version
    same = installed is not None and installed.type == package.type
    source = installed.source_name if installed is not None and same else package.name
    if installed is not None and same and installed.version == package.version:
        version = installed.source_version
    return replace(package, namespace=namespace, ecosystem=name, source_name=source, source_version=version)
