"""The review as JSON, `plimsoll.review/1`: deterministic, values exactly as they were read.

Described by `review.schema.json` beside this file. Version 1 may gain fields; none changes meaning.
"""

from datetime import date

from bot.finding import Finding, Ignored
from bot.inspection import Base, Brought, Gap, Location
from bot.policy.gate import Policy
from bot.report.advice import How
from bot.report.advice_json import advice_fields
from bot.report.fields import Json, dumps, skipped_fields, snapshot_fields, support_fields
from bot.report.groups import Group
from bot.report.images import ImagePair
from bot.report.rows import Row
from bot.report.targets import Target
from bot.report.templating import say
from bot.report.view import View, view_of
from bot.review import Review

SCHEMA = "plimsoll.review/1"


def render_json(review: Review) -> str:
    """The document with sorted keys, in ASCII, ending in a newline: equal reviews give equal bytes."""
    return dumps(_document(view_of(review, how=How.EDIT)))


def _document(view: View) -> Json:
    return {
        "schema": SCHEMA,
        "verdict": view.status.word,
        "headline": say("headline", view),
        "partial": view.partial,
        "repository": view.repository,
        "merge_base": view.merge_base,
        "head": view.head,
        "judged_on": view.judged_on,
        "inventory": "predicted",
        "policy": _policy(view.policy),
        "snapshot": snapshot_fields(view.snapshot),
        "counts": _counts(view),
        "reasons": [_reason(group) for group in view.groups],
        "targets": [_target(target, view.day) for target in view.targets],
        "gaps": [_gap(gap) for gap in view.lockfiles],
        "updaters": list(view.updaters),
        "advice": [
            {**advice_fields(advice), "location": location_fields(advice.advice.location)}
            for advice in view.advice
        ],
    }


def _policy(policy: Policy) -> Json:
    return {
        "fail_on_severity": policy.fail_on_severity.word,
        "only_fixed": policy.only_fixed,
        "unknown_severity": policy.unknown_severity.word,
        "development": policy.development,
    }


def _counts(view: View) -> Json:
    counts = view.counts
    return {
        "introduced": counts.introduced,
        "introduced_by_severity": dict(view.severities),
        "blocking": view.blocking,
        "fixed": counts.fixed,
        "unchanged": counts.unchanged,
        "cleared": counts.cleared,
        "build_stages": counts.build_stages,
        "unknown_severity": counts.unknown_severity,
        "secrets": counts.secrets,
        "misconfigurations": counts.misconfigurations,
        "notes": counts.notes,
    }


def _reason(group: Group) -> Json:
    return {
        "rule": group.rule.value,
        "status": group.status.word,
        "location": location_fields(group.location),
        "target": group.target or None,
        "subject": group.subject,
        "detail": group.detail,
        "caused_by_change": group.caused_by_change,
        "message": say("reason", group),
        "edit": say("edit", group),
        "findings": list(group.findings),
    }


def location_fields(location: Location | None) -> Json | None:
    """Lines of a file; None when there is no place."""
    if location is None:
        return None
    return {"path": location.path, "start_line": location.start_line, "end_line": location.end_line}


def _target(target: Target, day: date) -> Json:
    lists = (
        target.introduced,
        target.fixed,
        target.cleared,
        target.unchanged,
        target.build_stages,
        target.faults,
        target.old_faults,
    )
    return {
        "path": target.path,
        "came_from": target.came_from or None,
        "change": target.change,
        "conclusive": not target.blind,
        "images": [_images(pair, day) for pair in target.images],
        "findings": [_row(row) for rows in lists for row in rows],
        "ignored": [_ignored(ignored) for ignored in target.ignored],
        "brought": [_brought(brought) for brought in target.brought],
        "gaps": [_gap(gap) for gap in target.gaps],
        "skipped": [{"image": entry.image, **skipped_fields(entry.skipped)} for entry in target.left_out],
        "problem": {
            "reason": target.problem.reason,
            "location": location_fields(target.problem.location),
        }
        if target.problem
        else None,
    }


def _ignored(ignored: Ignored) -> Json:
    """What a comment excuses, and why."""
    finding = ignored.finding
    return {
        "id": finding.id,
        "ids": list(finding.ids),
        "severity": finding.severity.word,
        "package": finding.package,
        "title": finding.title,
        "location": location_fields(finding.location),
        "reason": ignored.reason,
        "comment": location_fields(ignored.location),
    }


def _brought(brought: Brought) -> Json:
    """What a lockfile or a command adds: each package with its line, and what is open."""
    return {
        "origin": brought.origin.value,
        "source": brought.source,
        "manager": brought.manager,
        "location": location_fields(brought.location),
        "packages": [
            {
                "purl": each.package.purl,
                "location": location_fields(each.location),
                "development": each.development,
                "direct": each.direct,
            }
            for each in brought.packages
        ],
        "unresolved": [
            {
                "name": each.name,
                "requirement": each.requirement,
                "why": each.why,
                "location": location_fields(each.location),
            }
            for each in brought.unresolved
        ],
        "upgrades": [
            {
                "purl": each.package.purl,
                "version": each.version or None,
                "command": each.command or None,
                "location": location_fields(each.location),
                "note": each.note,
            }
            for each in brought.upgrades
        ],
    }


def _images(pair: ImagePair, day: date) -> Json:
    return {
        "stage": pair.stage,
        "shipped": pair.shipped,
        "before": _base(pair.before, day),
        "after": _base(pair.after, day),
    }


def _base(base: Base | None, day: date) -> Json | None:
    if base is None:
        return None
    seen = base.seen
    return {
        "written": base.written,
        "reference": base.reference,
        "location": location_fields(base.location),
        "read": seen is not None,
        "recalled": base.recalled,
        "missing": skipped_fields(base.missing) if base.missing else None,
        "index_digest": seen.index_digest if seen else None,
        "manifest_digest": seen.manifest_digest if seen else None,
        "platform": seen.platform if seen else base.platform or None,
        "packages": len(seen.inventory.packages) if seen else None,
        "size": seen.inventory.size if seen else None,
        "layers": len(seen.inventory.layers) if seen else None,
        "support": support_fields(seen, day) if seen else [],
        "release": seen.inventory.release.pretty_name if seen and seen.inventory.release else None,
    }


def _row(row: Row) -> Json:
    return {
        **finding_fields(row.finding),
        "effect": row.effect.value,
        "since": row.since,
        "carried_over": row.carried_over,
        "weight": row.weight.word,
        "spared": row.spared.value if row.spared else None,
    }


def finding_fields(finding: Finding) -> Json:
    """Everything about one finding."""
    return {
        "fingerprint": finding.fingerprint,
        "kind": finding.kind.value,
        "target": finding.target,
        "package_type": finding.package_type,
        "package": finding.package,
        "version": finding.version,
        "binaries": list(finding.binaries),
        "id": finding.id,
        "ids": list(finding.ids),
        "records": list(finding.records),
        "severity": finding.severity.word,
        "severity_source": finding.severity_source,
        "fix_state": finding.fix_state.value,
        "fixed_version": finding.fixed_version or None,
        "summary": finding.summary,
        "url": finding.url,
        "origin": finding.origin.value,
        "shipped": finding.shipped,
        "location": location_fields(finding.location),
        "image": finding.image,
        "layer": finding.layer or None,
        "title": finding.title,
        "explanation": finding.explanation,
        "remedy": finding.remedy,
        "kev": finding.kev,
        "epss": finding.epss,
        "score": finding.score,
        "development": finding.development,
        "upgrade": finding.upgrade or None,
    }


def _gap(gap: Gap) -> Json:
    return {"what": gap.what, "why": gap.why, "location": location_fields(gap.location)}
