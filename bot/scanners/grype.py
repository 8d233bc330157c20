"""Grype: the vulnerabilities it reports, on the packages that Syft lists for it. https://github.com/anchore/grype"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.scanners.tool import Reported, ToolError, document, severity_of

ENVIRONMENT = {
    "GRYPE_CHECK_FOR_APP_UPDATE": "false",
    "GRYPE_DB_AUTO_UPDATE": "false",
    # How old its database may be is for our own limits on age to say.
    "GRYPE_DB_VALIDATE_AGE": "false",
}
_STATES = {"fixed": FixState.FIXED, "wont-fix": FixState.WILL_NOT_FIX}
_MOST = 50_000


def version(program: str) -> Sequence[str]:
    """The command that tells its version."""
    return (program, "version", "--output", "json")


def command(program: str, sbom: Path) -> Sequence[str]:
    """The command that matches a list of packages in Syft's form."""
    return (program, f"sbom:{sbom}", "--output", "json")


def read(output: bytes) -> tuple[tuple[Reported, ...], str]:
    """Take what it reports, and when its database was built; raises ToolError."""
    report = document(output, "Grype")
    matches = report.get("matches")
    if not isinstance(matches, list) or len(matches) > _MOST:
        raise ToolError("Grype's matches are no list, or too long a one")
    built = _built(report)
    if not built:
        raise ToolError("Grype does not say when its database was built")
    return tuple(_reported(match) for match in matches if isinstance(match, dict)), built


def _built(report: dict[str, Any]) -> str:
    database = _child(_child(report, "descriptor"), "db")
    return str(_child(database, "status").get("built") or database.get("built") or "")


def _reported(match: dict[str, Any]) -> Reported:
    flaw, artifact = _child(match, "vulnerability"), _child(match, "artifact")
    fix = _child(flaw, "fix")
    fixed = [str(version) for version in fix.get("versions") or ()]
    return Reported(
        purl=str(artifact.get("purl") or ""),
        ids=tuple(dict.fromkeys(_ids(match))),
        severity=severity_of(flaw.get("severity")),
        severity_source=f"grype:{flaw.get('namespace') or 'unknown'}",
        score=_score(flaw),
        fix_state=_STATES.get(str(fix.get("state")), FixState.NOT_FIXED),
        fixed_version=fixed[0] if fixed else "",
        summary=str(flaw.get("description") or "")[:300],
        url=str(flaw.get("dataSource") or ""),
    )


def _ids(match: dict[str, Any]) -> Iterator[str]:
    related = match.get("relatedVulnerabilities") or []
    for flaw in (_child(match, "vulnerability"), *(each for each in related if isinstance(each, dict))):
        if name := flaw.get("id"):
            yield str(name)


def _score(flaw: dict[str, Any]) -> float | None:
    found = (
        _child(each, "metrics").get("baseScore") for each in flaw.get("cvss") or () if isinstance(each, dict)
    )
    return max((float(number) for number in found if isinstance(number, int | float)), default=None)


def _child(value: dict[str, Any], key: str) -> dict[str, Any]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}
