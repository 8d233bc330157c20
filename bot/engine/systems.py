"""Packages of operating systems: which release's advisories speak of one."""

# The module, not what is in it: its catalog of SBOMs makes packages too.
from bot.engine import catalog
from bot.engine.catalog.model import RawPackage
from bot.engine.ecosystem import ecosystem
from bot.inventory import Release
from bot.package import Package


def system_package(raw: RawPackage, type_: str, namespace: str, release: Release | None) -> Package:
    """Name a package of a release; one of another system's kind has no ecosystem, as `apk` on Debian."""
    fits = release is not None and release.id in catalog.SYSTEMS.get(type_, frozenset())
    return Package(
        type=type_,
        namespace=namespace,
        name=raw.name,
        version=raw.version,
        source_name=raw.source_name,
        source_version=raw.source_version,
        arch=raw.arch,
        ecosystem=ecosystem(release) if fits else "",
        module=raw.module,
    )
