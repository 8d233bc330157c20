"""Short ways to write advisories and packages in tests."""

from bot.advisory import Advisory, Affected, Range
from bot.package import Package

Events = tuple[tuple[str, str], ...]


def span(*events: tuple[str, str]) -> Range:
    return Range("ECOSYSTEM", events)


def until(fixed: str = "", introduced: str = "0") -> Range:
    """Affected from `introduced` on, until `fixed` if there is a fix."""
    return span(("introduced", introduced), *([("fixed", fixed)] if fixed else []))


def entry(ecosystem: str, *ranges: Range, package: str = "openssl", **rest: object) -> Affected:
    return Affected(ecosystem, package, ranges, **rest)


def record(id_: str, *affected: Affected, modified: str = "2024-01-01T00:00:00Z", **rest: object) -> Advisory:
    return Advisory(id_, modified, affected, **rest)


def deb(
    version: str, ecosystem: str = "Debian:12", source: str = "openssl", name: str = "libssl3"
) -> Package:
    return Package(
        "deb", ecosystem.partition(":")[0].lower(), name, version, source, version, "amd64", ecosystem
    )


def apk(
    version: str, ecosystem: str = "Alpine:v3.20", source: str = "openssl", name: str = "libssl3"
) -> Package:
    return Package("apk", "alpine", name, version, source, version, "x86_64", ecosystem)
