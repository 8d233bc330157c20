"""Why Trivy or Syft list something else than we do: each reason with the differences it is about."""

import re
from dataclasses import dataclass

from bench.inventories import Key


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of difference that was looked into."""

    peer: str
    """`Trivy`, `Syft`, or nothing for both."""
    side: str
    about: str
    """A pattern for the whole of `IMAGE TYPE NAME VERSION`."""
    why: str

    def explains(self, peer: str, side: str, line: str) -> bool:
        """Whether it is the reason for a difference."""
        return self.peer in ("", peer) and self.side == side and re.fullmatch(self.about, line) is not None


REASONS = (
    Reason(
        "Trivy",
        "more",
        r"dotnet nuget Python\.Runtime .*",
        "the program itself, a project and no package it has",
    ),
    Reason(
        "Trivy",
        "fewer",
        r"dotnet nuget Microsoft\.NETCore\.App 3\.1\.23",
        "the shared framework, which its folder names: advisories speak of it under this name and version",
    ),
    Reason(
        "Syft",
        "more",
        r"dotnet nuget .*",
        "assemblies by the version of their file (4.700.22.12208), which is not one a package has",
    ),
    Reason(
        "Syft", "fewer", r"dotnet nuget .*", "packages of deps.json, which this Syft does not read in images"
    ),
    Reason(
        "", "more", r"\S+ npm specimen 1\.0\.0", "the application's own package.json, no dependency of it"
    ),
    Reason(
        "Trivy",
        "fewer",
        r"\S+ generic .*",
        "a program outside any package manager, which Trivy does not know",
    ),
    Reason(
        "Syft",
        "more",
        r"(?:debian-|upgraded)\S* generic .*",
        "a program that a Debian package owns: listed as that package, whose version its advisories speak of",
    ),
    Reason(
        "Syft",
        "more",
        r"jars maven (?:py4j0:py4j0|tabula:tabula|com\.google\.javascript\.jscomp\.CommandLineRunner:compiler) .*",
        "a group that Syft makes up from the file or the main class; no such package is published",
    ),
)


def explained(image: str, peer: str, side: str, key: Key) -> str:
    """Return the reason for one difference, or nothing."""
    line = " ".join((image, *key))
    return next((reason.why for reason in REASONS if reason.explains(peer, side, line)), "")
