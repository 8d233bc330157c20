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
    """`more` or `fewer`, or nothing for both."""
    about: str
    """A pattern for the whole of `IMAGE TYPE NAME VERSION`."""
    why: str

    def explains(self, peer: str, side: str, line: str) -> bool:
        """Whether it is the reason for a difference."""
        return (
            self.peer in ("", peer) and self.side in ("", side) and re.fullmatch(self.about, line) is not None
        )


REASONS = (
    Reason(
        "Syft", "more", r"\S+ npm rxjs/\w+ ", "a file that says how a folder is loaded: it has no version"
    ),
    Reason(
        "Syft",
        "",
        r"\S+ golang github\.com/evanw/esbuild .*",
        "a main module without a version: Syft makes one of the commit, Trivy and we leave it out",
    ),
    Reason(
        "Syft",
        "more",
        r"venv nuget Simple Launcher .*",
        "the resources of a Windows program in pip, taken for a NuGet package",
    ),
    Reason(
        "Syft",
        "fewer",
        r"(?:venv|unowned-programs) generic .*",
        "a program whose version Syft has no rule for, or not for this build of it",
    ),
    Reason(
        "",
        "fewer",
        r"unowned-programs maven jrt-fs .*",
        "an archive of the JDK without a group: listed by its artifact alone, and named as a gap",
    ),
    Reason(
        "Syft",
        "more",
        r"unowned-programs (?:generic oracle/openjdk|maven jrt-fs:jrt-fs) .*",
        "the JDK under another name and version (ours is `java`, as it says), and a group that is made up",
    ),
    Reason(
        "Syft",
        "more",
        r"debian-13 deb (?:gcc-14|libzstd|systemd) .*",
        "a source package, from a note in programs made of it: listed as the packages that bring them",
    ),
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
        "Syft", "fewer", r"dotnet nuget .*", "packages of deps.json, which this Syft does not list of images"
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
