"""What the JSON documents have in common: how they are written, and the fields that are in several.

Kept apart from the review's document, whose parts take a while to import that a scan needs none of.
"""

import json
import re
from datetime import date
from typing import Any

from bot.inspection import SeenImage, SnapshotSeen
from bot.inventory import Skipped

Json = dict[str, Any]
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")


def dumps(document: Json) -> str:
    """Write a document the one way we write them."""
    text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
    return _NOT_ASCII.sub(_escaped, text) + "\n"


def _escaped(match: re.Match[str]) -> str:
    """A JSON escape. Half a surrogate pair is no character and breaks other parsers (RFC 8259, 8.2)."""
    char = match.group()
    return json.dumps("�" if "\ud800" <= char <= "\udfff" else char)[1:-1]


def snapshot_fields(snapshot: SnapshotSeen | None) -> Json | None:
    """The advisory snapshot; None when nothing was imported."""
    if snapshot is None:
        return None
    return {
        "id": snapshot.id,
        "checked": dict(snapshot.checked),
        "old": list(snapshot.old),
        "too_old": list(snapshot.too_old),
        "broken": dict(snapshot.broken),
    }


def support_fields(seen: SeenImage, day: date | None = None) -> list[Json]:
    """Until when what is in an image is supported, and how many days that is from a day."""
    return [
        {"product": line.product, "cycle": line.cycle, "ends": line.ends or None, "over": line.over}
        | ({"days_left": line.days_left(day)} if day else {})
        for line in seen.support
    ]


def skipped_fields(skipped: Skipped) -> Json:
    """Something that was not looked at."""
    return {
        "what": skipped.what,
        "why": skipped.why,
        "kind": skipped.kind.value,
        "transient": skipped.transient,
    }
