"""What a proposal rests on, as one number: whoever proves it again on the same snapshot gets the same. Pure."""

import hashlib
import json

from bot.bump.model import Advice, Candidate, Flaw


def evidence(advice: Advice, candidate: Candidate) -> str:
    """Hash everything the scans said of an image and of one candidate for its place."""
    found = {
        "snapshot": advice.snapshot,
        "platform": advice.platform,
        "before": {
            "reference": advice.reference,
            "index_digest": advice.facts.index_digest,
            "manifest_digest": advice.facts.manifest_digest,
            "counts": advice.counts,
            "severe": advice.severe,
        },
        "after": {
            "reference": candidate.reference,
            "manifest_digest": candidate.facts.manifest_digest,
            "remaining": candidate.remaining,
            "severe": candidate.severe_left,
        },
        "fixes": [_flaw(flaw) for flaw in candidate.fixes],
        "adds": [_flaw(flaw) for flaw in candidate.adds],
        "packages": [(change.name, change.before, change.after) for change in candidate.packages],
    }
    # Half a surrogate pair is no character, yet a hostile package may have it in its name.
    text = json.dumps(found, sort_keys=True)
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _flaw(flaw: Flaw) -> tuple[object, ...]:
    return flaw.package, flaw.id, flaw.severity.word, flaw.severe, flaw.fixed_version
