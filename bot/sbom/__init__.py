"""Read a software bill of materials: CycloneDX, SPDX or Syft's own form, from bytes to packages as an image has."""

from bot.sbom.model import SbomError
from bot.sbom.packages import Sbom, parse_sbom

__all__ = ["Sbom", "SbomError", "parse_sbom"]
