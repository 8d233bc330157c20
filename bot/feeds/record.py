"""Turn one OSV document into the rows the index keeps of it."""

import hashlib
import json
from dataclasses import dataclass

from bot.advisory import Advisory, Affected, BrokenRecord, parse_record
from bot.advisory.ecosystem import distribution, normalized
from bot.advisory.fields import load
from bot.advisory.flaws import flaw_names
from bot.advisory.osv import MAX_RECORD_BYTES
from bot.feeds.compact import pack
from bot.package.versions import ORDERINGS, NotComparable, sort_key

#: All that the severity ladder needs of a record about packages this version does not read.
_RATING_FIELDS = ("id", "modified", "aliases", "upstream", "severity", "database_specific", "withdrawn")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a record is found by package."""

    ecosystem: str
    package: str
    ceiling: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is worth keeping."""

    id: str
    modified: str
    digest: bytes
    """Of the document as published, in canonical JSON."""
    advisory: bytes
    names: tuple[str, ...]
    alone: bool
    """The names are names of one flaw."""
    entries: tuple[Entry, ...]
    releases: frozenset[str]

    @property
    def rates_only(self) -> bool:
        """Whether it matches no package, and only tells how severe a flaw is."""
        return not self.releases


def read_record(raw: bytes) -> Record | None:
    """Read a document; None when this version has no use for it, BrokenRecord when it cannot be read."""
    if len(raw) > MAX_RECORD_BYTES:
        raise BrokenRecord(f"the record has more than {MAX_RECORD_BYTES} bytes")
    document = load(raw)
    advisory = parse_record(document)
    entries = tuple(_entry(part) for part in advisory.affected if distribution(part.ecosystem) in ORDERINGS)
    if not entries:
        if not _rates(advisory):
            return None
        document = {name: document[name] for name in _RATING_FIELDS if name in document}
        advisory = parse_record(document)
    text = json.dumps(document, sort_keys=True, separators=(",", ":")).encode()
    return Record(
        id=advisory.id,
        modified=advisory.modified,
        digest=hashlib.sha256(text).digest(),
        advisory=pack(advisory),
        names=() if advisory.withdrawn else _names(advisory),
        alone=len(flaw_names(advisory)) == 1,
        entries=() if advisory.withdrawn else tuple(dict.fromkeys(entries)),
        releases=frozenset(entry.ecosystem for entry in entries),
    )


def _rates(advisory: Advisory) -> bool:
    """Whether the record could rate another one's flaw."""
    return bool(advisory.severity or advisory.urgency) and any(
        name.startswith("CVE-") for group in flaw_names(advisory) for name in group
    )


def _names(advisory: Advisory) -> tuple[str, ...]:
    """Return every name of every flaw the record is about."""
    return tuple(dict.fromkeys(name for group in flaw_names(advisory) for name in group))


def _entry(affected: Affected) -> Entry:
    return Entry(normalized(affected.ecosystem), affected.package, _ceiling(affected))


def _ceiling(affected: Affected) -> str | None:
    """Return the sort key of a version from which on nothing is affected, if the record tells one.

    It lets a search pass over the many records that an installed version has long left behind.
    """
    try:
        fixes = [_last_fix(affected.ecosystem, span.events) for span in affected.ranges]
        listed = [sort_key(affected.ecosystem, version) for version in affected.versions]
    except NotComparable:
        return None
    ceiling = max((fix for fix in fixes if fix), default=None)
    if not all(fixes) or ceiling is None or any(key >= ceiling for key in listed):
        return None
    return ceiling


def _last_fix(ecosystem: str, events: tuple[tuple[str, str], ...]) -> str | None:
    """Return the key of the last fix, if the range ends with it."""
    if any(kind not in ("introduced", "fixed") for kind, _ in events):
        return None
    fixes = [sort_key(ecosystem, at) for kind, at in events if kind == "fixed"]
    starts = [sort_key(ecosystem, at) for kind, at in events if kind == "introduced" and at != "0"]
    last = max(fixes, default=None)
    return None if last is None or any(start >= last for start in starts) else last
