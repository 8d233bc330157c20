"""Name the OSV ecosystem of a distribution release, https://ossf.github.io/osv-schema/#defined-ecosystems.

Ubuntu's long-term releases are `Ubuntu:22.04:LTS` in OSV; here they are `Ubuntu:22.04`, and `advisory/` takes
both for the same. So it is with the repositories of Red Hat and the modules of SUSE.
"""

import re
from collections.abc import Callable

from bot.inventory import Release

#: Testing and unstable carry no VERSION_ID; they are what becomes the release of that codename.
_DEBIAN_CODENAMES = {
    "stretch": "9",
    "buster": "10",
    "bullseye": "11",
    "bookworm": "12",
    "trixie": "13",
    "forky": "14",
    "duke": "15",
}
_ALPINE = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})(?![0-9])")
_UBUNTU = re.compile(r"[0-9]{2}\.[0-9]{2}")
_MAJOR = re.compile(r"([0-9]{1,3})(?:\.[0-9.]{1,30})?")
_MINOR = re.compile(r"[0-9]{1,3}\.[0-9]{1,3}")
_SUSE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,3}))?")
_EULER = re.compile(r"([0-9]{2}\.[0-9]{2}) \((LTS(?:-SP[0-9]{1,2})?)\)")
_STREAM = re.compile(r"[0-9]{1,3}|stream")


def ecosystem(release: Release | None) -> str:
    """Return `Debian:12`, `Ubuntu:22.04`, `Alpine:v3.20`, `Red Hat:enterprise_linux:9` …; empty for any other."""
    if release is None:
        return ""
    name = _NAMES.get(release.id)
    return name(release) if name else ""


def _debian(release: Release) -> str:
    major = release.version_id.partition(".")[0] or _DEBIAN_CODENAMES.get(release.codename, "")
    return f"Debian:{major}" if major.isascii() and major.isdigit() else ""


def _ubuntu(release: Release) -> str:
    return f"Ubuntu:{release.version_id}" if _UBUNTU.fullmatch(release.version_id) else ""


def _alpine(release: Release) -> str:
    """Edge calls itself the next release with an `_alpha` date: `3.21.0_alpha20240807`."""
    if "_alpha" in release.version_id or release.version_id == "edge":
        return "Alpine:edge"
    match = _ALPINE.match(release.version_id)
    return f"Alpine:v{match[1]}.{match[2]}" if match else ""


def _sles(release: Release) -> str:
    """`15.6` is service pack 6 of 15; since 16 it is a release of its own. Its modules are those of every product."""
    match = _SUSE.fullmatch(release.version_id)
    if match is None:
        return ""
    major, minor = match.groups()
    if int(major) >= 16:
        return f"SUSE:Linux Enterprise Server {release.version_id}"
    pack = f" SP{minor}" if minor and minor != "0" else ""
    return f"SUSE:Linux Enterprise Server {major}{pack}"


def _open_suse(release: Release) -> str:
    if "tumbleweed" in (release.id + release.pretty_name).lower():
        return "openSUSE:Tumbleweed"
    return f"openSUSE:Leap {release.version_id}" if _MINOR.fullmatch(release.version_id) else ""


def _open_euler(release: Release) -> str:
    """Only long-term releases have advisories; os-release tells the service pack in its name alone."""
    match = _EULER.search(release.pretty_name)
    return f"openEuler:{match[1]}-{match[2]}" if match else ""


def _major(name: str, suffix: str = "") -> Callable[[Release], str]:
    """Name the ecosystem by the first number of the version."""

    def named(release: Release) -> str:
        match = _MAJOR.fullmatch(release.version_id)
        return f"{name}:{match[1]}{suffix}" if match else ""

    return named


def _whole(name: str, version: re.Pattern[str], separator: str = ":") -> Callable[[Release], str]:
    """Name the ecosystem by the whole version."""

    def named(release: Release) -> str:
        return f"{name}{separator}{release.version_id}" if version.fullmatch(release.version_id) else ""

    return named


def _rolling(name: str) -> Callable[[Release], str]:
    """Name the ecosystem of a distribution that has no releases."""
    return lambda _: name


_NAMES: dict[str, Callable[[Release], str]] = {
    "almalinux": _major("AlmaLinux"),
    "alpaquita": _whole("Alpaquita", _STREAM),
    "alpine": _alpine,
    "azurelinux": _major("Azure Linux"),
    "bellsoft-hardened-containers": _whole("BellSoft Hardened Containers", _STREAM),
    "chainguard": _rolling("Chainguard"),
    "cleanstart": _rolling("CleanStart"),
    "debian": _debian,
    "echo": _rolling("Echo"),
    "mageia": _major("Mageia"),
    "mariner": _major("Azure Linux"),
    "minimos": _rolling("MinimOS"),
    "openeuler": _open_euler,
    "opensuse": _open_suse,
    "opensuse-leap": _open_suse,
    "opensuse-tumbleweed": _open_suse,
    "photon": _major("Photon OS", ".0"),
    "rhel": _major("Red Hat:enterprise_linux"),
    "rocky": _major("Rocky Linux"),
    "sl-micro": _whole("SUSE:Linux Micro", _MINOR, " "),
    "sle-micro": _whole("SUSE:Linux Enterprise Micro", _MINOR, " "),
    "sled": _sles,
    "sles": _sles,
    "sles_sap": _sles,
    "ubuntu": _ubuntu,
    "wolfi": _rolling("Wolfi"),
}
