"""Who built a package of the system, where that was not the distribution: its advisories do not speak of that one.

Nothing says so for certain. A Debian package tells by fields that none of the archive has, by the address of a builder
who is none of Debian's, or by a mark in the version; an RPM one names its vendor. What is taken for the distribution's
wrongly hides what the package brings, the other way round only too much is matched.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from bot.engine.catalog.model import RawPackage

#: See deb-origin(5). Packages of Debian have no such field, those of Ubuntu its own.
_ORIGINS = frozenset(("debian", "ubuntu"))
#: What fpm, nfpm and their like write; of the 200,000 packages of Debian 11 to 13 none has either.
_FIELDS = ("vendor", "license")
#: Ends of the maintainer's address, or all of the field, of those who offer packages for Debian and Ubuntu themselves.
_MAINTAINERS = (
    *(
        "@docker.com",
        "@nodesource.com",
        "@f5.com",
        "@nginx.com",
        "@elastic.co",
        "@hashicorp.com",
        "@gitlab.com",
    ),
    *(
        "@grafana.com",
        "@influxdb.com",
        "@influxdata.com",
        "@datadoghq.com",
        "@newrelic.com",
        "@tailscale.com",
    ),
    *("@mongodb.com", "@mariadb.org", "@lists.mariadb.org", "@percona.com", "@oss.oracle.com", "@redis.com"),
    *("@confluent.io", "@clickhouse.com", "@konghq.com", "@microsoft.com", "@cloudflare.com", "@azul.com"),
    *("@bell-sw.com", "corretto-team@amazon.com", "sapmachine@sap.com", "cudatools@nvidia.com", "@dan.cx"),
    *("dev@couchdb.apache.org", "@phusion.nl", "@varnish-software.com", "@neo4j.com", "github"),
)
#: The PostgreSQL project's, Sury's, NodeSource's, MariaDB's, Docker's and nginx's packages.
_MARKS = re.compile(
    r"\.pgdg[0-9]+\+[0-9]|\+0~20[0-9]{6}\.|sury\.org|nodesource|\+maria~|~(?:debian|ubuntu)\.[0-9]"
    r"|~(?:buster|bullseye|bookworm|trixie|bionic|focal|jammy|noble)$"
)
#: How the vendors of distributions begin, and what the release of a package has that is theirs: some build for others
#: as well, as Fedora does the Extra Packages for Enterprise Linux, of which Red Hat's advisories do not speak.
_DISTRIBUTORS = (
    *((vendor, "") for vendor in ("red hat", "centos", "rocky", "almalinux", "cloudlinux", "oracle america")),
    *((vendor, "") for vendor in ("suse", "opensuse", "mageia.org", "openmandriva", "http://openeuler.org")),
    *((vendor, r"\.amzn[0-9]") for vendor in ("amazon linux", "amazon.com")),
    ("fedora project", r"\.(?:fc|eln)[0-9]"),
    ("microsoft corporation", r"\.(?:cm|azl)[0-9]"),
    ("vmware", r"\.ph[0-9]"),
)
#: Amazon left the field out of some of its packages.
_NAMELESS = re.compile(r"\.amzn[0-9]")
#: A builder who gives no name, though the field is usual.
UNNAMED = "unnamed"
#: All that is kept of a name.
_LONGEST = 60


def deb_vendor(said: Mapping[str, str]) -> str:
    """Return who built a Debian package by `origin`, `vendor`, `license`, `maintainer` and `version`."""
    origin = said.get("origin", "")
    if origin and origin.lower() not in _ORIGINS:
        return origin[:_LONGEST]
    maintainer = said.get("maintainer", "")
    others = any(said.get(name) for name in _FIELDS) or _MARKS.search(said.get("version", ""))
    if others or maintainer.rstrip(">").lower().endswith(_MAINTAINERS):
        return maintainer[:_LONGEST] or UNNAMED
    return ""


def rpm_vendor(vendor: str, release: str) -> str:
    """Return who built an RPM package by its vendor and the mark in its release."""
    if not vendor:
        return "" if _NAMELESS.search(release) else UNNAMED
    begin = vendor.lower()
    for distributor, mark in _DISTRIBUTORS:
        if begin.startswith(distributor):
            return "" if re.search(mark, release) else vendor[:_LONGEST]
    return vendor[:_LONGEST]


def settled(packages: list[RawPackage]) -> list[RawPackage]:
    """Take the vendors back where none of a whole database is named: then it is not known of any."""
    if any(each.vendor != UNNAMED for each in packages):
        return packages
    return [replace(each, vendor="") for each in packages]
