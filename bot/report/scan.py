"""What `plimsoll scan IMAGE` prints for machines, `plimsoll.scan/1`; `scan_table` is the same for people."""

from collections.abc import Sequence

from bot.advisory.model import FixState, Match
from bot.finding import Finding
from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import ImageSecret, InstalledPackage, Skipped
from bot.report.fields import Json, dumps, skipped_fields, snapshot_fields, support_fields
from bot.sides import hindrance, unexamined

SCHEMA = "plimsoll.scan/1"


def render_scan_json(
    reference: str, seen: SeenImage, snapshot: SnapshotSeen | None, faults: Sequence[Finding] = ()
) -> str:
    """Write everything that was found, every package included, as a deterministic document.

    `faults` are what the rules say of the image itself.
    """
    release = seen.inventory.release
    layers = layers_of(seen)
    return dumps(
        {
            "schema": SCHEMA,
            "reference": reference,
            "index_digest": seen.index_digest,
            "manifest_digest": seen.manifest_digest,
            "platform": seen.platform,
            "release": release.pretty_name or release.id if release else None,
            "size": seen.inventory.size,
            "partial": bool(left_out(seen)),
            "conclusive": is_conclusive(seen, snapshot),
            "snapshot": snapshot_fields(snapshot),
            "packages": [_package(entry) for entry in sorted(seen.inventory.packages, key=_package_order)],
            "vulnerabilities": [_vulnerability(match, layers) for match in worst_first(seen)],
            "secrets": [_secret(secret) for secret in seen.inventory.secrets],
            "misconfigurations": [_fault(fault) for fault in worst_faults(faults)],
            "set_id_files": [
                {
                    "path": file.path,
                    "mode": f"{file.mode:o}",
                    "layer": file.layer,
                    "owner": file.owner or None,
                }
                for file in seen.inventory.set_id_files
            ],
            "support": support_fields(seen),
            "skipped": [skipped_fields(skipped) for skipped in left_out(seen)],
        }
    )


def worst_faults(faults: Sequence[Finding]) -> list[Finding]:
    """Return what the rules say, the worst first."""
    return sorted(faults, key=lambda fault: (-fault.severity, fault.ids, fault.package))


def layers_of(seen: SeenImage) -> dict[object, InstalledPackage]:
    """Return what is known of each package's place."""
    return {entry.package: entry for entry in seen.inventory.packages}


def worst_first(seen: SeenImage) -> list[Match]:
    """Return the vulnerabilities, the worst first, fixable ones before others."""
    return sorted(seen.matches, key=_match_order)


def _match_order(match: Match) -> tuple[object, ...]:
    unfixed = match.fix_state is not FixState.FIXED
    return (-match.rating.severity, unfixed, match.package, match.ids)


def _package_order(entry: InstalledPackage) -> tuple[object, ...]:
    return (entry.package, entry.layer, entry.evidence)


def left_out(seen: SeenImage) -> tuple[Skipped, ...]:
    """Return everything that was not looked at, each once."""
    return tuple(dict.fromkeys((*seen.inventory.skipped, *seen.skipped)))


def is_conclusive(seen: SeenImage, snapshot: SnapshotSeen | None) -> bool:
    """Whether no vulnerabilities may be read as clean: everything that matters was looked at, on fresh advisories."""
    return snapshot is not None and not snapshot.too_old and not is_blind(seen)


def is_blind(seen: SeenImage) -> bool:
    """Whether something that matters could not be looked at, or not one package of an image that has files."""
    return bool(hindrance(seen) or unexamined(seen))


def _package(entry: InstalledPackage) -> Json:
    package = entry.package
    return {
        "purl": package.purl,
        "type": package.type,
        "name": package.name,
        "version": package.version,
        "source_name": package.source_name,
        "source_version": package.source_version,
        "arch": package.arch,
        "layer": entry.layer,
        "layer_digest": entry.layer_digest,
        "evidence": entry.evidence,
        "owner": entry.owner or None,
    }


def _secret(secret: ImageSecret) -> Json:
    return {
        "rule": secret.rule,
        "title": secret.title,
        "severity": secret.severity.word,
        "place": secret.place.value,
        "path": secret.path,
        "line": secret.line,
        "hint": secret.hint,
        "fingerprint": secret.fingerprint,
        "layer": secret.layer,
        "layer_digest": secret.layer_digest or None,
        "deleted": secret.deleted,
    }


def _fault(fault: Finding) -> Json:
    return {
        "id": fault.id,
        "ids": list(fault.ids),
        "severity": fault.severity.word,
        "place": fault.package,
        "title": fault.title,
        "summary": fault.summary,
        "explanation": fault.explanation,
        "remedy": fault.remedy,
    }


def _vulnerability(match: Match, layers: dict[object, InstalledPackage]) -> Json:
    entry = layers.get(match.package)
    return {
        "id": match.ids[0],
        "ids": list(match.ids),
        "records": list(match.records),
        "package": match.package.name,
        "version": match.package.version,
        "source_name": match.package.source_name,
        "source_version": match.package.source_version,
        "severity": match.rating.severity.word,
        "severity_source": match.rating.source,
        "score": match.rating.score,
        "kev": match.kev,
        "epss": match.epss,
        "fix_state": match.fix_state.value,
        "fixed_version": match.fixed_version or None,
        "summary": match.summary,
        "url": match.url,
        "layer": entry.layer if entry else None,
        "layer_digest": entry.layer_digest if entry else None,
    }
