"""A finding: something wrong with what a target ships, and where it comes from."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.advisory.model import FixState
from bot.location import Location
from bot.severity import Severity


class Kind(StrEnum):
    """What sort of thing is wrong."""

    VULNERABILITY = "vulnerability"
    SECRET = "secret"  # noqa: S105
    MISCONFIGURATION = "misconfiguration"
    END_OF_LIFE = "end-of-life"


class Origin(StrEnum):
    """Where the package comes from; each has one natural remedy: bump, edit, update."""

    BASE = "base"
    INSTRUCTION = "instruction"
    DEPENDENCY = "dependency"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong in a target. Of a vulnerability, one for each (source package, flaw), whatever its binaries.

    Of the other kinds `ids` are the rule and its aliases, and `package` is the place within the target that the
    rule speaks of, in words without line or digest: a stage and a variable, a file in a layer, a product.
    """

    kind: Kind
    target: str
    """Path of the Dockerfile, as the pairing of both sides names it."""
    package_type: str
    package: str
    """Source package name."""
    version: str
    """Source version."""
    binaries: tuple[str, ...]
    """Installed packages built from that source, sorted."""
    ids: tuple[str, ...]
    """Every name of the flaw, the one to show first."""
    records: tuple[str, ...]
    severity: Severity
    severity_source: str
    fix_state: FixState
    fixed_version: str
    summary: str
    url: str
    origin: Origin
    shipped: bool
    location: Location
    image: str
    """The base image as written."""
    layer: str
    """Digest of the layer where the package appeared."""
    title: str = ""
    """What is wrong, in a few words, for the kinds that are not named by an id people search for."""
    explanation: str = ""
    """Why it matters."""
    remedy: str = ""
    """The one edit that clears it."""
    kev: bool | None = None
    """Known to be exploited (CISA's catalogue); None when that was not looked up."""
    epss: float | None = None
    """Probability of exploitation within 30 days, 0 to 1 (FIRST's EPSS); None when nobody scored it."""
    score: float | None = None
    """The CVSS score the severity comes from, if it comes from one."""
    development: bool = False
    """The package is only needed to develop."""
    upgrade: str = ""
    """The command that brings the smallest safe version of an application's dependency."""
    safe_version: str = ""
    """That version, which none of the flaws known of the package affects."""
    upgrade_note: str = ""
    """What may be in the way of it, or the edit where there is no command."""
    updater: str = ""
    """The program that keeps the lockfile's dependencies up to date."""

    @property
    def id(self) -> str:
        """The name of the flaw people search for."""
        return self.ids[0]

    @property
    def what(self) -> str:
        """What is wrong, in a few words. What an image brings stands on no line, so its file or setting is named."""
        inside = self.kind is Kind.MISCONFIGURATION and self.origin is Origin.BASE
        return self.summary.removesuffix(".") if inside else self.title

    @property
    def fixable(self) -> bool:
        """Whether the release the package comes from has a fix."""
        return self.fix_state is FixState.FIXED

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Target, kind, package type and name: no version, layer, line or digest, so a finding survives them."""
        return (self.target, self.kind, self.package_type, self.package)

    @property
    def fingerprint(self) -> str:
        """A short stable name for lists and links. Flaws are compared by all their names, see `diff.FlawSet`."""
        text = "\0".join((*self.identity, min(self.ids)))
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Ignored:
    """A finding that a comment in the file excuses. It decides nothing, and is shown with its reason."""

    finding: Finding
    reason: str
    location: Location
    """The comment."""
