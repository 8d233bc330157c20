"""What scanners of others write, read into our own values: small documents in their forms, and hostile ones."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from bot.advisory.model import FixState
from bot.inventory import Release
from bot.scanners import grype, syft, trivy
from bot.scanners.port import Database
from bot.scanners.reported import reported_flaws
from bot.scanners.tool import ToolError
from bot.severity import Severity

DATABASE = Database("Trivy", datetime(2026, 11, 20, 12, tzinfo=UTC))
OPENSSL = "pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12.4"
LODASH = "pkg:npm/lodash@4.17.20"


def trivy_report(**changes: Any) -> bytes:
    packages = {
        "Class": "os-pkgs",
        "Type": "debian",
        "Packages": [
            {
                "Name": "libssl3",
                "Identifier": {"PURL": OPENSSL},
                "SrcName": "openssl",
                "SrcVersion": "3.0.11",
                "SrcRelease": "1",
                "Layer": {"Digest": "sha256:base", "DiffID": "sha256:tar"},
            }
        ],
        "Vulnerabilities": [
            {
                "VulnerabilityID": "CVE-2023-5678",
                "VendorIDs": ["DSA-5678-1"],
                "PkgIdentifier": {"PURL": OPENSSL},
                "Status": "fixed",
                "FixedVersion": "3.0.13-1~deb12u1, 3.1.0",
                "Severity": "MEDIUM",
                "SeveritySource": "nvd",
                "CVSS": {"nvd": {"V2Score": 4.0, "V3Score": 5.3}, "x": {"V3Score": "9"}},
                "Title": "slow",
                "PrimaryURL": "https://avd.example/cve-2023-5678",
            },
            {
                "VulnerabilityID": "CVE-2024-1",
                "PkgIdentifier": {"PURL": OPENSSL},
                "Status": "will_not_fix",
                "Severity": "ODD",
            },
        ],
    }
    plain = {
        "SchemaVersion": 2,
        "Metadata": {"OS": {"Family": "debian", "Name": "12.4"}},
        "Results": [packages],
    }
    return json.dumps(plain | changes).encode()


def test_trivys_own_report():
    answer = trivy.read_report(trivy_report(), DATABASE)
    [entry] = answer.packages
    assert (entry.package.ecosystem, entry.package.source_name, entry.package.source_version) == (
        "Debian:12",
        "openssl",
        "3.0.11-1",
    )
    flaws = reported_flaws(answer)
    assert flaws is not None
    assert flaws.database.id == "trivy 2026-11-20T12:00:00+00:00"
    fixed, unfixed = flaws.matches
    assert (fixed.package, fixed.ids, fixed.records) == (entry.package, ("CVE-2023-5678",), ("DSA-5678-1",))
    assert (fixed.fix_state, fixed.fixed_version) == (FixState.FIXED, "3.0.13-1~deb12u1")
    assert (fixed.rating.severity, fixed.rating.source, fixed.rating.score) == (
        Severity.MEDIUM,
        "trivy:nvd",
        5.3,
    )
    assert (unfixed.fix_state, unfixed.rating.severity) == (FixState.WILL_NOT_FIX, Severity.UNKNOWN)


def test_a_flaw_in_what_is_not_listed_is_no_answer():
    answer = trivy.read_report(trivy_report(), DATABASE)
    with pytest.raises(ToolError, match="2 flaws"):
        reported_flaws(type(answer)((), answer.release, (), answer.reported, DATABASE))


def test_trivys_list():
    component = {"type": "library", "name": "lodash", "version": "4.17.20", "purl": LODASH}
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    answer = trivy.read_listing(json.dumps(document).encode())
    assert [entry.package.name for entry in answer.packages] == ["lodash"]
    assert reported_flaws(answer) is None


def test_syfts_list():
    artifact = {
        "name": "musl",
        "version": "1.2.5-r0",
        "purl": "pkg:apk/alpine/musl@1.2.5-r0?distro=alpine-3.20.3",
        "locations": [{"path": "/lib/apk/db/installed", "layerID": "sha256:tar"}],
    }
    distro = {"id": "alpine", "versionID": "3.20.3"}
    document = {"artifacts": [artifact], "distro": distro, "descriptor": {"name": "syft", "version": "1"}}
    answer = syft.read(json.dumps(document).encode())
    assert answer.release == Release("alpine", "3.20.3")
    assert [(entry.package.ecosystem, entry.evidence) for entry in answer.packages] == [
        ("Alpine:v3.20", "lib/apk/db/installed")
    ]


def grype_match(name: str, *related: str) -> dict[str, Any]:
    flaw = {
        "id": name,
        "severity": "Negligible",
        "namespace": "github:language:javascript",
        "cvss": [{"metrics": {"baseScore": 7.4}}, {"metrics": {"baseScore": 5}}],
        "fix": {"versions": ["4.17.21"], "state": "fixed"},
    }
    known = [{"id": each} for each in related]
    return {"vulnerability": flaw, "relatedVulnerabilities": known, "artifact": {"purl": LODASH}}


@pytest.mark.parametrize(
    "status", [{"status": {"built": "2026-11-20T12:00:00Z"}}, {"built": "2026-11-20T12:00:00Z"}]
)
def test_grypes_report(status):
    matches = [grype_match("GHSA-1", "CVE-2021-23337"), grype_match("ELSA-1", "CVE-2024-2", "CVE-2024-1")]
    report = {"matches": matches, "descriptor": {"db": status}}
    reported, database = grype.read(json.dumps(report).encode())
    assert database.id == "grype 2026-11-20T12:00:00+00:00"
    # An advisory that bundles two flaws does not make them one.
    assert [(each.ids, each.records) for each in reported] == [
        (("CVE-2021-23337", "GHSA-1"), ("GHSA-1",)),
        (("CVE-2024-2",), ("ELSA-1",)),
        (("CVE-2024-1",), ("ELSA-1",)),
    ]
    first = reported[0]
    assert (first.severity, first.score, first.fixed_version) == (Severity.NEGLIGIBLE, 7.4, "4.17.21")


@pytest.mark.parametrize(
    "output",
    [
        b"",
        b"nonsense",
        b"[" * 100_000,
        b"null",
        b"{}",
        b"\xff\xfe",
        b'{"matches": 1, "SchemaVersion": 2, "Results": 1}',
        b'{"matches": [], "SchemaVersion": 2, "Results": [{"Packages": 7}]}',
        b'{"matches": [], "descriptor": {"db": {"built": "soon"}}, "Results": []}',
    ],
)
def test_nonsense_is_no_empty_answer(output):
    for read in (syft.read, trivy.read_listing, grype.read, lambda said: trivy.read_report(said, DATABASE)):
        with pytest.raises(ToolError):
            read(output)


@pytest.mark.parametrize("wrong", [None, 1, "x", [], {}, [1], {"a": 1}, [[]], True])
def test_values_of_the_wrong_kind_never_raise_anything_else(wrong):
    """Each value of a good document in turn is replaced by another kind."""
    good = json.loads(trivy_report())
    report = {"matches": [grype_match("CVE-1", "GHSA-1")], "descriptor": {"db": {"built": "2026-11-20"}}}
    for document, read in ((good, lambda said: trivy.read_report(said, DATABASE)), (report, grype.read)):
        for path in paths(document):
            try:
                read(json.dumps(replaced(document, path, wrong)).encode())
            except ToolError:
                pass


def paths(value: Any) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(key, *rest) for key, each in inner for rest in [(), *paths(each)]]


def replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = replaced(value[path[0]], path[1:], new) if path[1:] else new
    return copy
