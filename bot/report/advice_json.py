"""Advice as JSON, within `plimsoll.review/1` and as `plimsoll.bump/1`."""

from dataclasses import asdict
from typing import Any

from bot.bump.evidence import evidence
from bot.bump.model import Facts, Flaw, Rejected
from bot.report.advice import AdviceView, CandidateRow
from bot.report.templating import macro

Json = dict[str, Any]
_WORDS = "bump/words.j2"


def advice_fields(view: AdviceView) -> Json:
    """Everything about one base image, but its place."""
    advice = view.advice
    return {
        "image": view.image,
        "written": advice.written,
        "reference": advice.reference,
        "platform": advice.platform or None,
        "headline": macro(_WORDS, "headline", view),
        "recommended": view.best.reference if view.best else None,
        "opens": advice.to_open.tag if advice.to_open else None,
        "facts": _facts(advice.facts),
        "counts": dict(advice.counts),
        "severe": advice.severe,
        "candidates": [_candidate(view, row) for row in view.candidates],
        "rejected": [rejected_fields(each) for each in view.rejected],
        "rejected_total": view.rejected.total,
        "stale": advice.stale or None,
        "problem": advice.problem or None,
        "snapshot": advice.snapshot or None,
    }


def rejected_fields(rejected: Rejected) -> Json:
    """A tag that is not proposed."""
    return {
        "tag": rejected.tag,
        "track": rejected.track.value if rejected.track else None,
        "reason": rejected.reason,
    }


def _candidate(view: AdviceView, row: CandidateRow) -> Json:
    candidate = row.candidate
    return {
        "tag": candidate.tag,
        "track": candidate.track.value,
        "treatment": candidate.treatment.value,
        "reference": candidate.reference,
        "write": row.reference,
        "facts": _facts(candidate.facts),
        "fixes": [_flaw(flaw) for flaw in candidate.fixes],
        "adds": [_flaw(flaw) for flaw in candidate.adds],
        "remaining": dict(candidate.remaining),
        "severe_fixed": candidate.severe_fixed,
        "severe_added": candidate.severe_added,
        "severe_left": candidate.severe_left,
        "packages": [asdict(change) for change in candidate.packages],
        "risks": [risk.value for risk in row.risks],
        "note": candidate.note or None,
        "evidence": evidence(view.advice, candidate),
    }


def _flaw(flaw: Flaw) -> Json:
    return {
        "package": flaw.package,
        "id": flaw.id,
        "severity": flaw.severity.word,
        "severe": flaw.severe,
        "fixed_version": flaw.fixed_version or None,
        "url": flaw.url,
    }


def _facts(facts: Facts) -> Json:
    """What is not known is null."""
    return {
        "index_digest": facts.index_digest or None,
        "manifest_digest": facts.manifest_digest or None,
        "size": facts.size,
        "packages": facts.packages,
        "release": facts.release or None,
        "libc": facts.libc or None,
        "platforms": list(facts.platforms) or None,
        "signer": facts.signer or None,
        "supported_until": facts.supported_until.isoformat() if facts.supported_until else None,
        "support_over": facts.support_over,
        "published": facts.published or None,
        "published_by": facts.published_by or None,
        "source": facts.source or None,
        "revision": facts.revision or None,
    }
