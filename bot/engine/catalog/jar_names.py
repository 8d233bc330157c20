"""Name a Java archive: Maven coordinates from `pom.properties`, else from its manifest and the name of its file."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.engine.catalog.model import LONGEST, RawPackage, field

_PART = re.compile(r"[A-Za-z0-9_][\w.+-]{0,120}")
_PLAIN = re.compile(r"[0-9][\w.+-]{0,60}")
_WORD = re.compile(r"[a-z0-9]+")
#: What looked like the version was part of the name: `log4j-1.2-api-2.17.1`.
_LATER = re.compile(r"-[A-Za-z]\w{0,40}-[0-9]+\.")
_SNAPSHOT = re.compile(r"-(?:sources|javadoc|tests)$")
#: Groups of artifacts whose builds leave no coordinates behind (Gradle, Ant), by how their name and a dash begin.
_GROUPS = (
    ("spring-boot", "org.springframework.boot"),
    ("spring-security-", "org.springframework.security"),
    ("spring-data-", "org.springframework.data"),
    ("spring-kafka", "org.springframework.kafka"),
    ("spring-integration-", "org.springframework.integration"),
    ("spring-batch-", "org.springframework.batch"),
    ("spring-session-", "org.springframework.session"),
    ("spring-cloud-", "org.springframework.cloud"),
    ("spring-ws-", "org.springframework.ws"),
    ("spring-", "org.springframework"),
    ("tomcat-embed-", "org.apache.tomcat.embed"),
    ("tomcat-", "org.apache.tomcat"),
    ("kotlin-", "org.jetbrains.kotlin"),
    ("kotlinx-", "org.jetbrains.kotlinx"),
    ("okhttp", "com.squareup.okhttp3"),
    ("okio", "com.squareup.okio"),
    ("micrometer-", "io.micrometer"),
    ("reactor-netty", "io.projectreactor.netty"),
    ("reactor-", "io.projectreactor"),
    ("hibernate-", "org.hibernate"),
    ("groovy", "org.codehaus.groovy"),
    ("kafka-clients", "org.apache.kafka"),
    ("lucene-", "org.apache.lucene"),
    ("elasticsearch", "org.elasticsearch"),
    ("opentelemetry-", "io.opentelemetry"),
    ("grpc-", "io.grpc"),
    ("rxjava", "io.reactivex.rxjava3"),
    ("bcprov-", "org.bouncycastle"),
    ("bcpkix-", "org.bouncycastle"),
    ("bcutil-", "org.bouncycastle"),
    ("aspectj", "org.aspectj"),
    ("mockito-", "org.mockito"),
    ("junit-jupiter", "org.junit.jupiter"),
    ("caffeine", "com.github.ben-manes.caffeine"),
    ("HikariCP", "com.zaxxer"),
    ("asm-", "org.ow2.asm"),
    ("guice-", "com.google.inject"),
    ("commons-logging-", "commons-logging"),
)


@dataclass(frozen=True, slots=True)
class Coordinates:
    """What Maven calls an artifact; the group may be unknown."""

    group: str
    artifact: str
    version: str

    def package(self) -> RawPackage:
        """Return it as advisories name it."""
        name = f"{self.group}:{self.artifact}" if self.group else self.artifact
        return RawPackage(name, self.version, name, self.version)


@dataclass(frozen=True, slots=True)
class FileName:
    """What the name of the file says."""

    stem: str
    artifact: str = ""
    version: str = ""

    def is_of(self, coordinates: Coordinates) -> bool:
        """Whether the file is named after an artifact."""
        return self.stem == coordinates.artifact or self.stem.startswith(
            f"{coordinates.artifact}-{coordinates.version}"
        )


def parse_file_name(path: str) -> FileName:
    """`a/b/commons-lang3-3.12.0.jar` → `commons-lang3`, `3.12.0`."""
    stem = path.rpartition("/")[2].rpartition(".")[0][:LONGEST]
    stem = _SNAPSHOT.sub("", stem)
    artifact, version = _split(stem)
    return FileName(stem, artifact, version)


def _split(stem: str) -> tuple[str, str]:
    """At the first dash that a digit follows, and after it nothing that looks like part of a name."""
    at = stem.find("-")
    while at > 0:
        version = stem[at + 1 :]
        if _PLAIN.fullmatch(version) and ("." in version or version.isdigit()) and not _LATER.search(version):
            return stem[:at], version
        at = stem.find("-", at + 1)
    return "", ""


def from_properties(data: bytes) -> Coordinates | None:
    """Read a `pom.properties`, see java.util.Properties."""
    found: dict[bytes, str] = {}
    for line in data.splitlines():
        name, equals, value = line.partition(b"=")
        if equals and not line.startswith((b"#", b"!")):
            found.setdefault(name.strip(), field(value))
    group, artifact, version = (found.get(key, "") for key in (b"groupId", b"artifactId", b"version"))
    # Some builds leave what should have been replaced: `${project.version}`.
    if not all(_PART.fullmatch(part) for part in (group, artifact, version)):
        return None
    return Coordinates(group, artifact, version)


def from_manifest(data: bytes, file: FileName) -> Coordinates | None:
    """Name an archive that has no properties; None when not even a name and a version are known."""
    said = dict(_attributes(data))
    bundle = _bundle(said)
    artifact = file.artifact or _title(said) or (file.stem if _PART.fullmatch(file.stem) else "")
    version = file.version or _version(said)
    if not artifact or not version:
        return None
    return Coordinates(_group(said, bundle, artifact), artifact, version)


def is_beside(data: bytes, coordinates: Coordinates) -> bool:
    """Whether an archive calls itself something else than the one artifact that was put in: nothing is in common."""
    bundle = _bundle(dict(_attributes(data)))
    if not bundle or bundle.startswith(coordinates.group):
        return False
    return _words(bundle).isdisjoint(_words(coordinates.artifact))


def is_of_runtime(data: bytes) -> bool:
    """Whether an archive calls itself a part of Java, as `jrt-fs.jar` and `rt.jar` do: Maven knows none of them."""
    return dict(_attributes(data)).get("specification-title") == "Java Platform API Specification"


def _words(name: str) -> set[str]:
    return set(_WORD.findall(name.lower()))


def _bundle(said: dict[str, str]) -> str:
    return said.get("bundle-symbolicname", "").partition(";")[0].strip()


def _title(said: dict[str, str]) -> str:
    title = said.get("implementation-title", "")
    return title if _PART.fullmatch(title) else ""


def _version(said: dict[str, str]) -> str:
    for key in ("implementation-version", "bundle-version", "specification-version"):
        if _PLAIN.fullmatch(value := said.get(key, "")):
            return value
    return ""


def _group(said: dict[str, str], bundle: str, artifact: str) -> str:
    """The vendor's id, the group that is known for the artifact, or the bundle's name without the artifact's."""
    for known, group in _GROUPS:
        if f"{artifact}-".startswith(known):
            return group
    vendor = said.get("implementation-vendor-id", "")
    if "." in vendor and _PART.fullmatch(vendor):
        return vendor
    return _without(bundle, artifact) if _PART.fullmatch(bundle) else ""


def _without(bundle: str, artifact: str) -> str:
    """`org.apache.logging.log4j.core` and `log4j-core` → `org.apache.logging.log4j`"""
    group, _, last = bundle.rpartition(".")
    if "." not in group:
        return ""
    same = last.lower() in (artifact.lower(), *artifact.lower().split("-")) or artifact.endswith(last)
    return group if same else ""


def _attributes(data: bytes) -> Iterator[tuple[str, str]]:
    """The main section of a manifest: lines continue after a space, the section ends at the first empty line."""
    name, value = "", b""
    for line in data.splitlines():
        if not line.strip():
            break
        if line.startswith(b" "):
            if len(value) < 4 * LONGEST:
                value += line[1:]
            continue
        if name:
            yield name, field(value)
        key, _, value = line.partition(b":")
        name = key.decode("latin-1").strip().lower()[:LONGEST]
    if name:
        yield name, field(value)
