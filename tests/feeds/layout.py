"""Lay out OSV records as feeds publish them."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)


def osv(id_: str, ecosystem: str, package: str = "openssl", fixed: str = "2", **rest: Any) -> dict[str, Any]:
    """One record: `package` is affected until `fixed`, or for ever."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    ranges = [{"type": "ECOSYSTEM", "events": events}]
    affected = [{"package": {"ecosystem": ecosystem, "name": package}, "ranges": ranges}]
    return {"id": id_, "modified": "2024-08-30T00:00:00Z", "affected": affected} | rest


def write_zip(path: Path, *records: dict[str, Any] | bytes) -> Path:
    """An archive with one file a record; bytes stand for a damaged one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, record in enumerate(records):
            raw = record if isinstance(record, bytes) else json.dumps(record).encode()
            archive.writestr(f"{number}.json", raw)
    return path


def write_files(folder: Path, *records: dict[str, Any] | bytes) -> Path:
    """A directory with one file a record."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, record in enumerate(records):
        raw = record if isinstance(record, bytes) else json.dumps(record).encode()
        (folder / f"{number}.json").write_bytes(raw)
    return folder


DEBIAN = osv("DEBIAN-CVE-2024-0001", "Debian:12", fixed="3.0.14-1~deb12u1", upstream=["CVE-2024-0001"])
ALPINE = osv("ALPINE-CVE-2024-0001", "Alpine:v3.20", fixed="3.3.1-r1", upstream=["CVE-2024-0001"])
RATED = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2024-08-01T00:00:00Z",
    "aliases": ["CVE-2024-0001"],
    "details": "long",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "cryptography"}}],
    "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
}
