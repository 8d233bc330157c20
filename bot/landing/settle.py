"""Put what instructions install into the release of the base image: only it tells which advisories speak of it."""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.advisory import goes_by_source
from bot.engine.ecosystem import ecosystem
from bot.inspection import Base, Brought, PredictedPackage, Unresolved
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
    known = {(each.package.type, each.package.name): each.package for each in inventory.packages}
    return replace(
        brought,
        packages=tuple(_in_release(each, inventory.release.id, name, known) for each in brought.packages),
    )


def _in_release(
    predicted: PredictedPackage, namespace: str, ecosystem: str, known: Mapping[tuple[str, str], Package]
) -> PredictedPackage:
    """Which source it is built from, the line does not say: the base image may, else it is taken to be itself.

    A binary that was built anew (`1.2-3+b1`) comes from the source `1.2-3`.
    """
    package = predicted.package
    like = known.get((package.type, package.name))
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
