"""Name the OSV ecosystem of a distribution release, https://ossf.github.io/osv-schema/#affectedpackage-field.

Ubuntu's long-term releases are `Ubuntu:22.04:LTS` in OSV; here they are `Ubuntu:22.04`, and `advisory/` takes
both for the same.
"""

import re

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


def ecosystem(release: Release | None) -> str:
    """Return `Debian:12`, `Ubuntu:22.04`, `Alpine:v3.20`, `Alpine:edge`, `Wolfi` …; empty for any other."""
    match release:
        case Release(id="debian"):
            return _debian(release)
        case Release(id="ubuntu"):
            return f"Ubuntu:{release.version_id}" if _UBUNTU.fullmatch(release.version_id) else ""
        case Release(id="alpine"):
            return _alpine(release)
        case Release(id="wolfi"):
            return "Wolfi"
        case Release(id="chainguard"):
            return "Chainguard"
        case _:
            return ""


def _debian(release: Release) -> str:
    major = release.version_id.partition(".")[0] or _DEBIAN_CODENAMES.get(release.codename, "")
    return f"Debian:{major}" if major.isascii() and major.isdigit() else ""


def _alpine(release: Release) -> str:
    """Edge calls itself the next release with an `_alpha` date: `3.21.0_alpha20240807`."""
    if "_alpha" in release.version_id or release.version_id == "edge":
        return "Alpine:edge"
    match = _ALPINE.match(release.version_id)
    return f"Alpine:v{match[1]}.{match[2]}" if match else ""
