"""Read OSV records into advisories. Unknown fields are ignored, known ones must have their type.

Follows the OSV schema, https://ossf.github.io/osv-schema/.
"""

import re

from bot.advisory import fields
from bot.advisory.ecosystem import canonical
from bot.advisory.fields import BrokenRecord, Document
from bot.advisory.model import Advisory, Affected, Range

__all__ = ["MAX_RECORD_BYTES", "BrokenRecord", "parse_record"]

#: Kernel records of distributions with many flavours reach some hundred kilobytes.
MAX_RECORD_BYTES = 8 << 20
_MAX_NAMES = 10_000
_MAX_AFFECTED = 10_000
_MAX_RANGES = 1_000
_MAX_EVENTS = 10_000
_MAX_VERSIONS = 50_000
_MAX_SEVERITIES = 100
_MAX_REFERENCES = 2_000
_KEPT_REFERENCES = 20
_WORDS = ("urgency", "severity", "priority", "ubuntu_priority", "informational")
_EVENTS = ("introduced", "fixed", "last_affected", "limit")
#: What Debian's tracker says of flaws its security team leaves alone in a release.
_WILL_NOT_FIX = frozenset({"unimportant", "end-of-life", "no-dsa", "ignored", "wont-fix", "will_not_fix"})
#: RHEL-like systems begin the title of an advisory with its rating: `Important: nodejs:18 security update`.
_RATES_IN_TITLE = re.compile(r"(?:AL|RH|RL)[SBE]A-|RXSA-")
_RATED = re.compile(r"(critical|important|moderate|low): ", re.IGNORECASE)


def parse_record(raw: Document | bytes) -> Advisory:
    """Read one record; raises BrokenRecord, and nothing else, when it cannot be used."""
    if isinstance(raw, bytes):
        if len(raw) > MAX_RECORD_BYTES:
            raise BrokenRecord(f"the record has {len(raw)} bytes, more than {MAX_RECORD_BYTES}")
        raw = fields.load(raw)
    document = fields.as_object(raw, "the record")
    severity, urgency = _severity(document)
    id_, summary = fields.name(document, "id"), fields.prose(document, "summary")
    urgency = urgency or fields.word(fields.child(document, "database_specific"), "severity")
    return Advisory(
        id=id_,
        modified=fields.name(document, "modified"),
        affected=tuple(_affected(entry) for entry in fields.children(document, "affected", _MAX_AFFECTED)),
        aliases=fields.names(document, "aliases", _MAX_NAMES),
        upstream=fields.names(document, "upstream", _MAX_NAMES),
        related=fields.names(document, "related", _MAX_NAMES),
        summary=summary,
        details=fields.prose(document, "details"),
        severity=severity,
        withdrawn=fields.optional_name(document, "withdrawn"),
        published=fields.optional_name(document, "published"),
        urgency=urgency or _title_word(id_, summary),
        references=_references(document),
    )


def _title_word(id_: str, summary: str) -> str:
    match = _RATED.match(summary) if _RATES_IN_TITLE.match(id_) else None
    return match[1].lower() if match else ""


def _affected(entry: Document) -> Affected:
    package = fields.child(entry, "package")
    ecosystem = fields.optional_name(package, "ecosystem")
    severity, urgency = _severity(entry)
    specific = [fields.child(entry, "ecosystem_specific"), fields.child(entry, "database_specific")]
    words = [fields.word(part, key) for part in specific for key in _WORDS]
    states = [fields.word(part, key) for part in specific for key in ("state", "status", "resolution")]
    return Affected(
        ecosystem=ecosystem,
        package=canonical(ecosystem, fields.name(package, "name")) if ecosystem else "",
        ranges=tuple(_ranges(entry)),
        versions=fields.names(entry, "versions", _MAX_VERSIONS),
        urgency=urgency or next(filter(None, words), ""),
        will_not_fix=not _WILL_NOT_FIX.isdisjoint(words + states),
        severity=severity,
    )


def _ranges(entry: Document) -> list[Range]:
    """Read all ranges but those of commits, which say nothing about packages."""
    ranges = fields.children(entry, "ranges", _MAX_RANGES)
    typed = [(fields.name(item, "type"), item) for item in ranges]
    return [Range(type_, _events(item)) for type_, item in typed if type_ != "GIT"]


def _events(item: Document) -> tuple[tuple[str, str], ...]:
    events = fields.children(item, "events", _MAX_EVENTS)
    return tuple((kind, fields.name(event, kind)) for event in events for kind in _EVENTS if kind in event)


def _severity(document: Document) -> tuple[tuple[tuple[str, str], ...], str]:
    """Part CVSS vectors from a distribution's own word, which the schema keeps in the same list."""
    entries = fields.children(document, "severity", _MAX_SEVERITIES)
    pairs = [(fields.name(entry, "type"), fields.name(entry, "score")) for entry in entries]
    vectors = tuple(dict.fromkeys(pair for pair in pairs if pair[0].startswith("CVSS_")))
    words = (score.lower() for type_, score in pairs if not type_.startswith("CVSS_"))
    return vectors, next(words, "")


def _references(document: Document) -> tuple[str, ...]:
    entries = fields.children(document, "references", _MAX_REFERENCES)
    ordered = sorted(entries, key=lambda entry: entry.get("type") != "ADVISORY")
    urls = (entry.get("url") for entry in ordered)
    safe = [url for url in urls if isinstance(url, str) and _is_web_address(url)]
    return tuple(safe[:_KEPT_REFERENCES])


def _is_web_address(url: str) -> bool:
    return (
        url.startswith(("https://", "http://")) and len(url) <= 2_000 and url.isprintable() and " " not in url
    )
