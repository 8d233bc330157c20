"""Trivy: its packages, and where it has a database at hand, the vulnerabilities it reports.

https://trivy.dev/docs/latest/configuration/reporting/#json
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.sbom import SbomError, parse_sbom
from bot.sbom.packages import Listed, packages_of
from bot.scanners.port import Database
from bot.scanners.tool import (
    Answer,
    Reported,
    Tool,
    ToolError,
    child,
    document,
    moment,
    number,
    objects,
    severity_of,
    text,
    texts,
)

_OFFLINE = ("--quiet", "--disable-telemetry", "--skip-version-check", "--offline-scan")
_UPDATES = ("--skip-db-update", "--skip-java-db-update")
#: It ends with an error at the first of them where it has no database of Java archives.
_JAVA = ("jar", "war", "ear", "par")
_WITHOUT_JAVA = tuple(word for kind in _JAVA for word in ("--skip-files", f"**/*.{kind}"))
_STATES = {
    "fixed": FixState.FIXED,
    "will_not_fix": FixState.WILL_NOT_FIX,
    "end_of_life": FixState.WILL_NOT_FIX,
}


def has_database(cache: Path | None) -> bool:
    """Whether a cache folder holds a database of vulnerabilities."""
    return cache is not None and (cache / "db" / "metadata.json").is_file()


def trivy(cache: Path | None) -> Tool:
    """Trivy as it can be used now: with the database in its cache folder, or only to list; raises ToolError."""
    has_java = cache is not None and (cache / "java-db" / "metadata.json").is_file()
    java = () if has_java else _WITHOUT_JAVA
    where = ("--cache-dir", str(cache)) if has_java or has_database(cache) else ()
    if cache is None or not has_database(cache):
        command = _command("cyclonedx", (*where, *java))
        return Tool(command, read_listing)
    command = _command("json", ("--list-all-pkgs", "--scanners", "vuln", *where, *java))
    return Tool(command, _reading(Database("Trivy", built(cache))))


def built(cache: Path) -> datetime:
    """When the database in a cache folder was built; raises ToolError."""
    try:
        made = document((cache / "db" / "metadata.json").read_bytes(), "Trivy's database")
    except OSError as exc:
        raise ToolError(f"its database cannot be read: {exc.strerror}") from exc
    return moment(made.get("UpdatedAt"), "Trivy")


def version(program: str) -> Sequence[str]:
    """The command that tells its version."""
    return (program, "version", "--format", "json")


def read_version(output: bytes) -> str:
    """`0.76.0`."""
    return text(document(output, "Trivy").get("Version"))


def _command(form: str, options: Sequence[str]) -> Callable[[str, Path], Sequence[str]]:
    def command(program: str, layout: Path) -> Sequence[str]:
        # What it found in a layer before is not ours to share, and its cache not for it to write to.
        kept = ("--cache-backend", "memory")
        what = ("image", "--input", str(layout), "--format", form)
        return (program, *what, *kept, *options, *_UPDATES, *_OFFLINE)

    return command


def read_listing(output: bytes) -> Answer:
    """Take the packages of its CycloneDX; raises ToolError."""
    try:
        sbom = parse_sbom(output)
    except SbomError as exc:
        raise ToolError(f"Trivy's list cannot be read: {exc}") from exc
    return Answer(sbom.packages, sbom.release, sbom.skipped)


def _reading(database: Database) -> Callable[[bytes], Answer]:
    def read(output: bytes) -> Answer:
        return read_report(output, database)

    return read


def read_report(output: bytes, database: Database) -> Answer:
    """Take the packages and vulnerabilities of its own JSON; raises ToolError."""
    report = document(output, "Trivy")
    if "SchemaVersion" not in report:
        raise ToolError("Trivy wrote something else than its report")
    results = objects(report.get("Results"))
    system = child(child(report, "Metadata"), "OS")
    listed = packages_of(_listed(results), text(system.get("Family")), text(system.get("Name")))
    flaws = (_reported(each) for result in results for each in objects(result.get("Vulnerabilities")))
    return Answer(listed.packages, listed.release, listed.skipped, tuple(flaws), database)


def _listed(results: Sequence[dict[str, Any]]) -> Iterator[Listed]:
    for result in results:
        for each in objects(result.get("Packages")):
            yield Listed(
                purl=text(child(each, "Identifier").get("PURL")),
                name=text(each.get("Name")),
                source=_source(each),
                path=text(each.get("FilePath")),
                layer=text(child(each, "Layer").get("Digest")),
            )


def _source(package: dict[str, Any]) -> str:
    """`openssl 1:3.0.2-1`, where it names what the package was built from."""
    name, plain, release = (text(package.get(key)) for key in ("SrcName", "SrcVersion", "SrcRelease"))
    if not name or not plain:
        return ""
    epoch = package.get("SrcEpoch")
    before = f"{epoch}:" if isinstance(epoch, int) and epoch else ""
    return f"{name} {before}{plain}{f'-{release}' if release else ''}"


def _reported(found: dict[str, Any]) -> Reported:
    name = text(found.get("VulnerabilityID"))
    return Reported(
        purl=text(child(found, "PkgIdentifier").get("PURL")),
        ids=(name,) if name else (),
        # A distribution's own advisory mostly bundles several.
        records=texts(found.get("VendorIDs")) or (name,),
        severity=severity_of(found.get("Severity")),
        severity_source=f"trivy:{text(found.get('SeveritySource')) or 'unknown'}",
        score=best_cvss(found.get("CVSS")),
        fix_state=_STATES.get(text(found.get("Status")), FixState.NOT_FIXED),
        fixed_version=text(found.get("FixedVersion")).partition(",")[0].strip(),
        summary=(text(found.get("Title")) or text(found.get("Description")))[:300],
        url=text(found.get("PrimaryURL")),
    )


def best_cvss(scores: object) -> float | None:
    """The highest score any source gives."""
    found = scores.values() if isinstance(scores, dict) else ()
    keys = ("V40Score", "V3Score", "V2Score")
    numbers = (number(each.get(key)) for each in found if isinstance(each, dict) for key in keys)
    return max((each for each in numbers if each is not None), default=None)
