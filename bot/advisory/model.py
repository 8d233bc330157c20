"""Advisories and matches, as the rest of the bot sees them.

The fields follow the OSV schema, https://ossf.github.io/osv-schema/; `osv` reads records into them.
"""

from dataclasses import dataclass
from enum import StrEnum

from bot.advisory.severity import Rating
from bot.package import Package


class FixState(StrEnum):
    """Whether the flaw is fixed *in the release the package comes from*."""

    FIXED = "fixed"
    NOT_FIXED = "not fixed"
    WILL_NOT_FIX = "will not fix"
    FIXED_IN_NEWER_RELEASE = "fixed in a newer release only"


@dataclass(frozen=True, slots=True)
class Range:
    """One OSV range: `events` in record order, each (kind, version).

    The kinds are `introduced`, `fixed`, `last_affected` and `limit`.
    """

    type: str
    events: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Affected:
    """What one `affected` entry of a record says about one package in one ecosystem."""

    ecosystem: str
    """With release: `Debian:12`, `Alpine:v3.20`."""
    package: str
    """As its ecosystem compares names; of the source package for most distributions."""
    ranges: tuple[Range, ...] = ()
    versions: tuple[str, ...] = ()
    urgency: str = ""
    """The distribution's own word for severity, as written in `ecosystem_specific` or `database_specific`."""
    will_not_fix: bool = False
    severity: tuple[tuple[str, str], ...] = ()
    """(type, vector) pairs that hold for this package only."""


@dataclass(frozen=True, slots=True)
class Advisory:
    """One record of an advisory feed."""

    id: str
    modified: str
    affected: tuple[Affected, ...]
    aliases: tuple[str, ...] = ()
    upstream: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    summary: str = ""
    details: str = ""
    severity: tuple[tuple[str, str], ...] = ()
    """(type, vector) pairs: `("CVSS_V3", "CVSS:3.1/AV:N/…")`."""
    withdrawn: str = ""
    published: str = ""
    urgency: str = ""
    """The publisher's own word for severity, where it speaks of the whole record."""
    references: tuple[str, ...] = ()
    """Web addresses, the advisory itself first."""


@dataclass(frozen=True, slots=True)
class Match:
    """One package hit by one flaw; records about the same flaw (overlapping names) are merged."""

    package: Package
    ids: tuple[str, ...]
    """Every name of the flaw (CVE, GHSA …) and the records about it alone (DSA, ALPINE-CVE …), CVE first.

    An advisory that bundles several flaws is in `records` only, so that two flaws fixed by one upload never
    look like the same flaw.
    """
    records: tuple[str, ...]
    """The ids of the feed records that say so: what explains the finding."""
    fix_state: FixState
    fixed_version: str
    """Lowest version in this release that is not affected; empty unless `fix_state` is FIXED. For distributions it is
    that of the source package, save where their advisories name binary packages."""
    rating: Rating
    summary: str = ""
    url: str = ""
    kev: bool | None = None
    """In CISA's catalogue of exploited vulnerabilities; None when the snapshot has no catalogue."""
    epss: float | None = None
    """FIRST's probability of exploitation within 30 days; None when the snapshot has no score for it."""
