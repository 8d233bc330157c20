"""Why Trivy or Syft list something else than we do: each reason with the differences it is about.

A reason takes what it was checked for and no more: the image, the package and every place it was found at have to fit.
"""

import re
from dataclasses import dataclass

from bench.inventories import Key, Places


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of difference that was looked into."""

    peer: str
    """`Trivy`, `Syft`, or nothing for both."""
    side: str
    """`more` or `fewer`, or nothing for both."""
    about: str
    """A pattern for the whole of `IMAGE TYPE NAME VERSION`."""
    found: str
    """A pattern for the whole of each place where it was found: by Syft's cataloger or Trivy's type, and the path."""
    why: str

    def explains(self, peer: str, side: str, line: str, places: Places) -> bool:
        """Whether it is the reason for a difference."""
        return (
            self.peer in ("", peer)
            and self.side in ("", side)
            and re.fullmatch(self.about, line) is not None
            and all(re.fullmatch(self.found, place) for place in places)
        )


#: Programs of the images that are not owned by a package, with what each of the rules says.
_SERVERS = "haproxy|httpd|mariadb|node|perl|php|ruby"
_EVERY = f"busybox|java|memcached|nginx|openssl|postgresql|python|{_SERVERS}"
#: Debian's archives without `pom.properties`, by how their files begin.
_BARE = "aopalliance|asm|atinject|bson|commons-logging|eclipse-jdt|guice|jrt-fs|jsr305|mongo|spring3|tomcat10"
#: Those that have it, and whose file Debian calls otherwise than the artifact.
_RENAMED = "error-prone|maven3|plexus-utils2|sisu|wagon-http"

REASONS = (
    Reason(
        "Syft",
        "more",
        r"(?:npm|pnpm|yarn) npm rxjs/(?:ajax|fetch|operators|testing|websocket) ",
        r"javascript-package-cataloger app/(?:\S+/)?node_modules/rxjs/\w+/package\.json",
        "a file that says how a folder is loaded: it has no version",
    ),
    Reason(
        "Syft",
        "",
        r"\S+ golang github\.com/evanw/esbuild (?:0\.0\.0-\d{14}-\w{12})?",
        r"(?:go-module-binary-cataloger )?app/\S*node_modules/\S+/esbuild",
        "a main module without a version: Syft makes one of the commit, Trivy and we leave it out",
    ),
    Reason(
        "Syft",
        "more",
        r"debian-go golang github\.com/(?:containernetworking|containers|docker|prometheus)/\S+ \S*",
        r"go-module-binary-cataloger usr/(?:bin|lib/cni|lib/podman)/[\w-]+",
        "a program built without modules: Syft takes its path for one; Trivy and we do not, and we name it as a gap",
    ),
    Reason(
        "Syft",
        "more",
        r"venv nuget Simple Launcher 1\.1\.0\.14",
        r"dotnet-portable-executable-cataloger opt/venv/\S+\.exe",
        "the resources of a Windows program in pip, taken for a NuGet package",
    ),
    Reason(
        "Syft",
        "fewer",
        r"unowned-programs generic java .*",
        r"usr/lib/jvm/\S+/(?:release|libjvm\.so)",
        "the JDK under another name and version (ours is `java`, as it says)",
    ),
    Reason(
        "Syft",
        "fewer",
        rf"(?:venv generic python|unowned-programs generic (?:{_SERVERS})) .*",
        r"(?:usr|opt/venv)/\S+",
        "a program whose version Syft has no rule for, or not for this build of it",
    ),
    Reason(
        "Syft",
        "more",
        r"unowned-programs generic oracle/openjdk .*",
        r"java-jvm-cataloger usr/lib/jvm/\S+/release",
        "the JDK under another name and version (ours is `java`, as it says)",
    ),
    Reason(
        "Syft",
        "more",
        r"debian-\w+ deb (?:gcc-14|libzstd|systemd) .*",
        r"elf-binary-package-cataloger usr/lib/x86_64-linux-gnu/lib(?:gcc_s|zstd|systemd)\.so\.[\d.]+",
        "a source package, from a note in programs made of it: listed as the packages that bring them",
    ),
    Reason(
        "Trivy",
        "more",
        r"dotnet nuget Python\.Runtime 3\.0\.5",
        r"dotnet-core(?: \S+)?",
        "the program itself, a project and no package it has",
    ),
    Reason(
        "Trivy",
        "fewer",
        r"dotnet nuget Microsoft\.NETCore\.App 3\.1\.23",
        r"\S+/Microsoft\.NETCore\.App\.deps\.json",
        "the shared framework, which its folder names: advisories speak of it under this name and version",
    ),
    Reason(
        "Syft",
        "more",
        r"dotnet nuget \S+ (?:4\.700\.22\.\d+|3\.0\.5\.0)",
        r"dotnet-portable-executable-cataloger app/\S+\.dll",
        "assemblies by the version of their file (4.700.22.12208), which is not one a package has",
    ),
    Reason(
        "Syft",
        "fewer",
        r"dotnet nuget \S+ \S+",
        r"app/\S+\.deps\.json",
        "packages of deps.json, which this Syft does not list of images",
    ),
    Reason(
        "",
        "more",
        r"\S+ npm specimen 1\.0\.0",
        r"(?:node-pkg|javascript-package-cataloger) (?:app|srv)/package\.json",
        "the application's own package.json, no dependency of it",
    ),
    Reason(
        "",
        "more",
        r"debian-go npm rickshaw-socket\.io 0\.0\.1",
        r"\S+ usr/share/doc/libjs-rickshaw/examples/socket\.io/package\.json",
        "the private package.json of an example, in no module folder: nobody publishes it",
    ),
    Reason(
        "Trivy",
        "fewer",
        rf"(?:busybox-static|database-removed|unowned-programs|venv) generic (?:{_EVERY}) .*",
        r"(?:usr|bin|opt/venv)/\S+",
        "a program outside any package manager, which Trivy does not know",
    ),
    Reason(
        "Syft",
        "more",
        r"(?:debian-\w+|upgraded) generic (?:oracle/openjdk|util-linux|bash|gzip|nginx|memcached"
        r"|openssl|postgresql|python|busybox) .*",
        r"(?:binary-classifier|java-jvm)-cataloger usr/\S+",
        "a program that a Debian package owns: listed as that package, whose version its advisories speak of",
    ),
    Reason(
        "Syft",
        "more",
        r"jars maven (?:py4j0:py4j0|tabula:tabula|com\.google\.javascript\.jscomp\.CommandLineRunner:compiler) .*",
        r"java-archive-cataloger \S+/(?:py4j0\S+|tabula\S+|compiler)\.jar",
        "a group that Syft makes up from the file or the main class; no such package is published",
    ),
    Reason(
        "Syft",
        "more",
        r"war maven shop:shop ",
        r"java-archive-cataloger app/shop\.war",
        "the application itself, by the name of its file and without a version; what is inside is listed",
    ),
    Reason(
        "Trivy",
        "fewer",
        rf"(?:war|debian-java|unowned-programs) maven (?:\S+:)?(?:{_BARE})\S* \S+",
        r"(?:app|usr)/\S+\.[jw]ar",
        "an archive without coordinates: Trivy would look for its hash in a table, which is empty here",
    ),
    Reason(
        "Syft",
        "fewer",
        rf"(?:war|debian-java|unowned-programs) maven (?:\S+:)?(?:{_BARE})\S* \S+",
        r"(?:app|usr)/\S+\.[jw]ar",
        "an archive without coordinates, by a group that is known or in the manifest; without one, named as a gap",
    ),
    Reason(
        "Syft",
        "more",
        r"debian-java maven \S+:(?:tomcat10-i18n-\S+|guice-multibindings) \S+",
        r"java-archive-cataloger usr/share/java/(?:tomcat10-i18n|guice-multibindings)\S*\.jar",
        "an archive without classes: texts in other languages, or nothing but a manifest",
    ),
    Reason(
        "Syft",
        "more",
        rf"(?:war|debian-java|unowned-programs) maven \S+:(?:(?:{_BARE})\S*|logging) \S+",
        r"java-archive-cataloger (?:app|usr)/\S+\.[jw]ar",
        "an archive without coordinates, under a group that Syft makes up from the bundle, the main class or the file",
    ),
    Reason(
        "Syft",
        "more",
        rf"debian-java maven \S+:(?:{_RENAMED})\S* \S*",
        rf"java-archive-cataloger usr/share/java/(?:{_RENAMED})\S*\.jar",
        "an archive whose coordinates all list: Syft lists it once more by the name Debian gave its file",
    ),
    Reason(
        "Syft",
        "more",
        r"debian-java maven org\.debian\.security\.UpdateCertificates:ca-certificates-java ",
        r"java-archive-cataloger usr/share/ca-certificates-java/ca-certificates-java\.jar",
        "an archive that says neither coordinates nor version: named as a gap",
    ),
    Reason(
        "Syft",
        "fewer",
        r"bitnami bitnami (?:redis|gosu) \S+",
        r"opt/bitnami/redis/\.spdx-redis\.spdx",
        "an SBOM in the image, which this Syft reads of no image unless told to",
    ),
)


def explained(image: str, peer: str, side: str, key: Key, places: Places) -> str:
    """Return the reason for one difference, or nothing."""
    line = " ".join((image, *key))
    return next((reason.why for reason in REASONS if reason.explains(peer, side, line, places)), "")
