"""From a package URL to a package: its names, its source, and the distribution release it is of.

See https://github.com/package-url/purl-spec, and for the qualifiers what Trivy and Syft write.
"""

import re
from dataclasses import dataclass

from packageurl import PackageURL

from bot.engine.catalog.model import LONGEST, RawPackage, field
from bot.inventory import Release
from bot.package.language import ECOSYSTEMS, canonical_name

SYSTEM_TYPES = frozenset(("apk", "deb", "rpm", "alpm", "opkg", "portage", "ebuild"))
LISTED = (
    SYSTEM_TYPES | ECOSYSTEMS.keys() | {"bitnami", "conda", "cran", "generic", "hackage", "luarocks", "swift"}
)
#: A generic package with one of these is what something was built from.
_ARCHIVE = frozenset(("download_url", "vcs_url"))
_SOURCE_RPM = re.compile(
    r"(?P<name>\S{1,200})-(?P<version>[^-\s]{1,100}-[^-\s]{1,100}?)(?:\.(?:no)?src)?\.rpm"
)
_DISTRO = re.compile(r"(?:(?P<id>[a-z][a-z_-]{0,40}?)-)?(?P<version>[0-9][\w.]{0,40})")


@dataclass(frozen=True, slots=True)
class Named:
    """What a package URL says."""

    raw: RawPackage
    namespace: str
    release: Release | None


def parse_purl(purl: str, source: str = "") -> Named | None:
    """Read a package URL; None when it is none, or names nothing that is installed, such as a repository.

    `source` is `NAME VERSION` as the document gives it beside the URL, where the URL has none.
    """
    try:
        url = PackageURL.from_string(purl)
    except ValueError:
        return None
    qualifiers = url.qualifiers if isinstance(url.qualifiers, dict) else {}
    if url.type not in LISTED or (url.type == "generic" and qualifiers.keys() & _ARCHIVE):
        return None
    namespace = _clean(url.namespace)
    name, version = _name(url.type, namespace, _clean(url.name), _clean(url.subpath)), _clean(url.version)
    if not name or len(name) >= LONGEST:
        return None
    if url.type not in SYSTEM_TYPES:
        return Named(RawPackage(name, version, name, version, type=url.type), namespace, None)
    version = _with_epoch(version, _clean(qualifiers.get("epoch")))
    source_name, source_version = _source(url.type, _clean(qualifiers.get("upstream")), source)
    raw = RawPackage(
        name,
        version,
        source_name or name,
        source_version or version,
        _clean(qualifiers.get("arch")),
        _module(_clean(qualifiers.get("modularitylabel") or qualifiers.get("rpmmod"))),
        url.type,
    )
    return Named(raw, namespace, _release(namespace, _clean(qualifiers.get("distro"))))


def _clean(value: object) -> str:
    return field(value.encode("utf-8", "replace")) if isinstance(value, str) else ""


def _name(type_: str, namespace: str, name: str, subpath: str) -> str:
    """As its own package manager writes it, which is what advisories go by."""
    if type_ == "golang" and re.fullmatch(r"v[0-9]+", subpath):
        # Syft puts the major version of a module's path there.
        name = f"{name}/{subpath}"
    if type_ in SYSTEM_TYPES or not namespace:
        return canonical_name(type_, name)
    return canonical_name(type_, f"{namespace}{':' if type_ == 'maven' else '/'}{name}")


def _with_epoch(version: str, epoch: str) -> str:
    return f"{epoch}:{version}" if epoch not in ("", "0") and ":" not in version else version


def _source(type_: str, upstream: str, beside: str) -> tuple[str, str]:
    if type_ == "rpm" and (match := _SOURCE_RPM.fullmatch(upstream)):
        return match["name"], match["version"]
    name, _, version = upstream.partition("@")
    if name:
        return name, version
    name, _, version = beside.partition(" ")
    return field(name.encode("utf-8", "replace")), field(version.encode("utf-8", "replace"))


def _module(label: str) -> str:
    """`nodejs:18:8090020230718:rhel9` → `nodejs:18`"""
    return ":".join(label.split(":")[:2]) if ":" in label else ""


def _release(namespace: str, distro: str) -> Release | None:
    """`debian-12`, `debian-12.5`, `3.20.3`, or a codename."""
    if not namespace or not distro:
        return None
    if match := _DISTRO.fullmatch(distro):
        return Release(match["id"] or namespace, match["version"])
    return Release(namespace, codename=distro.removeprefix(f"{namespace}-"))
