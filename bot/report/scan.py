"""What `plimsoll scan IMAGE` prints: a table for people, `plimsoll.scan/1` for machines."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from rich.console import RenderableType
from rich.text import Text

from bot.advisory.model import FixState, Match
from bot.finding import Finding
from bot.inspection import SeenImage, SnapshotSeen, hindrance, unexamined
from bot.inventory import ImageSecret, InstalledPackage, Skipped
from bot.report.console import printed, styled, table
from bot.report.json_report import Json, dumps, skipped_fields, snapshot_fields, support_fields
from bot.report.templating import macro, say

SCHEMA = "plimsoll.scan/1"
_WORDS = "terminal/scan.txt.j2"


def render_scan_table(
    reference: str,
    seen: SeenImage,
    snapshot: SnapshotSeen | None,
    *,
    today: date,
    faults: Sequence[Finding] = (),
    colour: bool = False,
    width: int = 100,
) -> str:
    """Packages in numbers, then the vulnerabilities: the worst first, fixable ones before others.

    `faults` are what the rules say of the image itself.
    """
    return printed(_parts(reference, seen, snapshot, today, faults), colour=colour, width=width)


def render_scan_json(
    reference: str, seen: SeenImage, snapshot: SnapshotSeen | None, faults: Sequence[Finding] = ()
) -> str:
    """The same with every package, as a deterministic document."""
    release = seen.inventory.release
    layers = _layers(seen)
    return dumps(
        {
            "schema": SCHEMA,
            "reference": reference,
            "index_digest": seen.index_digest,
            "manifest_digest": seen.manifest_digest,
            "platform": seen.platform,
            "release": release.pretty_name or release.id if release else None,
            "size": seen.inventory.size,
            "partial": bool(_left_out(seen)),
            "conclusive": is_conclusive(seen, snapshot),
            "snapshot": snapshot_fields(snapshot),
            "packages": [_package(entry) for entry in sorted(seen.inventory.packages, key=_package_order)],
            "vulnerabilities": [_vulnerability(match, layers) for match in _sorted(seen)],
            "secrets": [_secret(secret) for secret in seen.inventory.secrets],
            "misconfigurations": [_fault(fault) for fault in _worst_first(faults)],
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
            "skipped": [skipped_fields(skipped) for skipped in _left_out(seen)],
        }
    )


def _parts(
    reference: str,
    seen: SeenImage,
    snapshot: SnapshotSeen | None,
    today: date,
    faults: Sequence[Finding],
) -> Iterator[RenderableType]:
    matches, layers = _sorted(seen), _layers(seen)
    kinds = sorted(Counter(entry.package.type for entry in seen.inventory.packages).items())
    yield Text(macro(_WORDS, "head", reference, seen, kinds))
    if seen.support:
        yield Text(macro(_WORDS, "support", seen.support, today))
    counts = Counter(match.rating.severity for match in matches)
    ordered = [(severity.word, counts[severity]) for severity in sorted(counts, reverse=True)]
    worst = ordered[0][0] if ordered else "pass" if is_conclusive(seen, snapshot) else "error"
    yield styled("\n" + macro(_WORDS, "verdict", snapshot, ordered, len(matches), _is_blind(seen)), worst)
    if matches:
        yield table(macro(_WORDS, "columns").split("|"), (_cells(match, layers) for match in matches))
    if seen.inventory.secrets:
        yield Text("\n" + macro(_WORDS, "secrets", len(seen.inventory.secrets)))
        yield table(macro(_WORDS, "secret_columns").split("|"), map(_secret_cells, seen.inventory.secrets))
    if faults:
        yield Text("\n" + macro(_WORDS, "faults", len(faults)))
        yield table(macro(_WORDS, "fault_columns").split("|"), map(_fault_cells, _worst_first(faults)))
    if left_out := _left_out(seen):
        yield Text("\n" + macro(_WORDS, "left_out", left_out))
    yield Text("\n" + macro(_WORDS, "tail", snapshot))


def _cells(match: Match, layers: dict[object, InstalledPackage]) -> tuple[str | Text, ...]:
    severity, entry = match.rating.severity.word, layers.get(match.package)
    fix = (
        match.fixed_version if match.fix_state is FixState.FIXED and match.fixed_version else match.fix_state
    )
    return (
        match.package.name,
        match.package.version,
        match.ids[0],
        styled(say("severity", severity), severity),
        fix,
        str(entry.layer + 1) if entry else "",
    )


def _secret_cells(secret: ImageSecret) -> tuple[str | Text, ...]:
    severity = secret.severity.word
    return (
        styled(say("severity", severity), severity),
        secret.title,
        macro(_WORDS, "secret_place", secret),
        secret.hint,
        macro(_WORDS, "secret_layer", secret),
    )


def _worst_first(faults: Sequence[Finding]) -> list[Finding]:
    return sorted(faults, key=lambda fault: (-fault.severity, fault.ids, fault.package))


def _fault_cells(fault: Finding) -> tuple[str | Text, ...]:
    severity = fault.severity.word
    return (styled(say("severity", severity), severity), fault.summary, fault.id, fault.remedy)


def _layers(seen: SeenImage) -> dict[object, InstalledPackage]:
    return {entry.package: entry for entry in seen.inventory.packages}


def _sorted(seen: SeenImage) -> list[Match]:
    return sorted(seen.matches, key=_match_order)


def _match_order(match: Match) -> tuple[object, ...]:
    unfixed = match.fix_state is not FixState.FIXED
    return (-match.rating.severity, unfixed, match.package, match.ids)


def _package_order(entry: InstalledPackage) -> tuple[object, ...]:
    return (entry.package, entry.layer, entry.evidence)


def _left_out(seen: SeenImage) -> tuple[Skipped, ...]:
    return tuple(dict.fromkeys((*seen.inventory.skipped, *seen.skipped)))


def is_conclusive(seen: SeenImage, snapshot: SnapshotSeen | None) -> bool:
    """Whether no vulnerabilities may be read as clean: everything that matters was looked at, on fresh advisories."""
    return snapshot is not None and not snapshot.too_old and not _is_blind(seen)


def _is_blind(seen: SeenImage) -> bool:
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
