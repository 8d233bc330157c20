"""A finding: something wrong with what a target ships, and where it comes from."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from bot.advisory.model import FixState
from bot.advisory.severity import Severity
from bot.inspection import Location


class Kind(StrEnum):
    """What sort of thing is wrong."""

    VULNERABILITY = "vulnerability"


class Origin(StrEnum):
    """Where the package comes from; each has one natural remedy: bump, edit, update."""

    BASE = "base"
    INSTRUCTION = "instruction"
    DEPENDENCY = "dependency"


@dataclass(frozen=True, slots=True)
class Finding:
    """A vulnerable package in a target. One finding for each (source package, flaw), whatever its binaries."""

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

    @property
    def id(self) -> str:
        """The name of the flaw people search for."""
        return self.ids[0]

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
