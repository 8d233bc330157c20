"""Trivy: its packages, and where it has a database at hand, the vulnerabilities it reports.

https://trivy.dev/docs/latest/configuration/reporting/#json
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.sbom import SbomError, parse_sbom
from bot.sbom.packages import Listed, packages_of
from bot.scanners.tool import Answer, Reported, Tool, ToolError, document, severity_of

_OFFLINE = ("--quiet", "--disable-telemetry", "--skip-version-check", "--offline-scan")
_STATES = {
    "fixed": FixState.FIXED,
    "will_not_fix": FixState.WILL_NOT_FIX,
    "end_of_life": FixState.WILL_NOT_FIX,
}
_MOST = 50_000


def trivy(cache: Path | None) -> Tool:
    """Trivy with the database in its cache folder, or without one: then it lists packages."""
    has_database = cache is not None and (cache / "db" / "metadata.json").is_file()
    if cache is None or not has_database:
        return Tool("trivy", _version, read_version, _listing, read_listing)
    made = document((cache / "db" / "metadata.json").read_bytes(), "Trivy's database")
    return Tool("trivy", _version, read_version, _scanning(cache), _reading(str(made.get("UpdatedAt", ""))))


def _version(program: str) -> Sequence[str]:
    return (program, "version", "--format", "json")


def read_version(output: bytes) -> str:
    """`0.76.0`."""
    return str(document(output, "Trivy").get("Version", ""))


def _listing(program: str, layout: Path) -> Sequence[str]:
    return (program, "image", "--input", str(layout), "--format", "cyclonedx", *_OFFLINE)


def _scanning(cache: Path) -> Callable[[str, Path], Sequence[str]]:
    def command(program: str, layout: Path) -> Sequence[str]:
        what = ("--format", "json", "--list-all-pkgs", "--scanners", "vuln")
        where = ("--cache-dir", str(cache), "--skip-db-update", "--skip-java-db-update")
        return (program, "image", "--input", str(layout), *what, *where, *_OFFLINE)

    return command


def read_listing(output: bytes) -> Answer:
    """Take the packages of its CycloneDX; raises ToolError."""
    try:
        sbom = parse_sbom(output)
    except SbomError as exc:
        raise ToolError(f"Trivy's list cannot be read: {exc}") from exc
    return Answer(sbom.packages, sbom.release, sbom.skipped)


def _reading(built: str) -> Callable[[bytes], Answer]:
    def read(output: bytes) -> Answer:
        report = document(output, "Trivy")
        found = list(_results(report))
        system = report.get("Metadata", {}).get("OS") or {}
        listed = packages_of(_listed(found), str(system.get("Family", "")), str(system.get("Name", "")))
        return Answer(
            listed.packages,
            listed.release,
            listed.skipped,
            tuple(_reported(each) for result in found for each in _entries(result, "Vulnerabilities")),
            f"trivy {built}",
            built,
        )

    return read


def _results(report: dict[str, Any]) -> Iterator[dict[str, Any]]:
    results = report.get("Results") or []
    if not isinstance(results, list):
        raise ToolError("Trivy's results are no list")
    yield from (result for result in results if isinstance(result, dict))


def _entries(result: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
    entries = result.get(name) or []
    if not isinstance(entries, list) or len(entries) > _MOST:
        raise ToolError(f"Trivy's {name} are no list, or too long a one")
    yield from (entry for entry in entries if isinstance(entry, dict))


def _listed(results: Sequence[dict[str, Any]]) -> Iterator[Listed]:
    for result in results:
        for each in _entries(result, "Packages"):
            layer = each.get("Layer") or {}
            yield Listed(
                purl=_purl(each.get("Identifier")),
                name=str(each.get("Name", "")),
                source=_source(each),
                path=str(each.get("FilePath") or ""),
                layer=str(layer.get("Digest", "")) if isinstance(layer, dict) else "",
            )


def _purl(identifier: object) -> str:
    return str(identifier.get("PURL", "")) if isinstance(identifier, dict) else ""


def _source(package: dict[str, Any]) -> str:
    """`openssl 1:3.0.2-1`, where it names what the package was built from."""
    name, version = str(package.get("SrcName") or ""), str(package.get("SrcVersion") or "")
    if not name or not version:
        return ""
    epoch, release = package.get("SrcEpoch") or 0, package.get("SrcRelease") or ""
    return f"{name} {f'{epoch}:' if epoch else ''}{version}{f'-{release}' if release else ''}"


def _reported(found: dict[str, Any]) -> Reported:
    names = (found.get("VulnerabilityID"), *(found.get("VendorIDs") or ()))
    score = best_cvss(found.get("CVSS"))
    return Reported(
        purl=_purl(found.get("PkgIdentifier")),
        ids=tuple(str(name) for name in names if name),
        severity=severity_of(found.get("Severity")),
        severity_source=f"trivy:{found.get('SeveritySource') or 'unknown'}",
        score=score,
        fix_state=_STATES.get(str(found.get("Status")), FixState.NOT_FIXED),
        fixed_version=str(found.get("FixedVersion") or "").partition(",")[0].strip(),
        summary=str(found.get("Title") or found.get("Description") or "")[:300],
        url=str(found.get("PrimaryURL") or ""),
    )


def best_cvss(scores: object) -> float | None:
    """The highest score any source gives, by the newest version it has."""
    found = scores.values() if isinstance(scores, dict) else ()
    keys = ("V40Score", "V3Score", "V2Score")
    numbers = (each.get(key) for each in found if isinstance(each, dict) for key in keys)
    return max((float(number) for number in numbers if isinstance(number, int | float)), default=None)
