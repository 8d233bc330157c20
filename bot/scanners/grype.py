"""Grype: the vulnerabilities it reports, on the packages that Syft lists for it. https://github.com/anchore/grype"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bot.advisory.model import FixState
from bot.scanners.port import Database
from bot.scanners.tool import (
    Reported,
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

_STATES = {"fixed": FixState.FIXED, "wont-fix": FixState.WILL_NOT_FIX}


def environment(database: Path | None) -> Mapping[str, str]:
    """What keeps it from the network, and where its database is; without that it has none in a folder of its own."""
    where = {"GRYPE_DB_CACHE_DIR": str(database)} if database else {}
    return where | {
        "GRYPE_CHECK_FOR_APP_UPDATE": "false",
        "GRYPE_DB_AUTO_UPDATE": "false",
        # How old its database may be is for our own limits on age to say.
        "GRYPE_DB_VALIDATE_AGE": "false",
    }


def version(program: str) -> Sequence[str]:
    """The command that tells its version."""
    return (program, "version", "--output", "json")


def read_version(output: bytes) -> str:
    """`0.90.0`."""
    return text(document(output, "Grype").get("version"))


def command(program: str, sbom: Path) -> Sequence[str]:
    """The command that matches a list of packages in Syft's form."""
    return (program, f"sbom:{sbom}", "--output", "json")


def read(output: bytes) -> tuple[tuple[Reported, ...], Database]:
    """Take what it reports, and by which database; raises ToolError."""
    report = document(output, "Grype")
    if not isinstance(report.get("matches"), list):
        raise ToolError("Grype wrote something else than its report")
    built = _built(report)
    return tuple(each for match in objects(report["matches"]) for each in _reported(match)), built


def _built(report: dict[str, Any]) -> Database:
    """Version 6 of its database says so a level deeper than the ones before."""
    database = child(child(report, "descriptor"), "db")
    return Database("Grype", moment(child(database, "status").get("built") or database.get("built"), "Grype"))


def _reported(match: dict[str, Any]) -> Iterator[Reported]:
    """One for each flaw: an advisory of a distribution may bundle several."""
    flaw = child(match, "vulnerability")
    name = text(flaw.get("id"))
    related = [text(each.get("id")) for each in objects(match.get("relatedVulnerabilities"))]
    cves = list(dict.fromkeys(each for each in related if each.startswith("CVE-") and each != name))
    whole = _of(match, flaw, name)
    if len(cves) < 2:
        yield replace(whole, ids=(*cves, name) if name else ())
    else:
        yield from (replace(whole, ids=(cve,)) for cve in cves)


def _of(match: dict[str, Any], flaw: dict[str, Any], name: str) -> Reported:
    fix = child(flaw, "fix")
    return Reported(
        purl=text(child(match, "artifact").get("purl")),
        ids=(),
        records=(name,),
        severity=severity_of(flaw.get("severity")),
        severity_source=f"grype:{text(flaw.get('namespace')) or 'unknown'}",
        score=_score(flaw),
        fix_state=_STATES.get(text(fix.get("state")), FixState.NOT_FIXED),
        fixed_version=next(iter(texts(fix.get("versions"))), ""),
        summary=text(flaw.get("description"))[:300],
        url=text(flaw.get("dataSource")),
    )


def _score(flaw: dict[str, Any]) -> float | None:
    found = (number(child(each, "metrics").get("baseScore")) for each in objects(flaw.get("cvss")))
    return max((each for each in found if each is not None), default=None)
