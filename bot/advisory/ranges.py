"""Decide whether a version lies in what a record calls affected, and which version leaves it.

Follows the evaluation algorithm of the OSV schema, https://ossf.github.io/osv-schema/#evaluation.
"""

from bot.advisory.model import Affected, Range
from bot.package.versions import NotComparable, sort_key

_NO_LIMIT = "*"


def is_affected(affected: Affected, version: str) -> bool:
    """Whether `version` is listed or lies in a range; raises NotComparable when that cannot be told."""
    if version in affected.versions:
        return True
    key = sort_key(affected.ecosystem, version)
    return any(_contains(span, affected.ecosystem, key) for span in affected.ranges)


def fix_above(affected: Affected, version: str) -> str:
    """Return the lowest fixed version above an affected `version`; empty when the record knows none.

    Where several ranges hold the version, all of them must be left.
    """
    key = sort_key(affected.ecosystem, version)
    holding = [span for span in affected.ranges if _contains(span, affected.ecosystem, key)]
    exits = [_exit(span, affected.ecosystem, key) for span in holding or affected.ranges]
    if not all(at for _, at in exits):
        return ""
    return max(exits, default=("", ""))[1]


def is_fixed_below(affected: Affected, version: str) -> bool:
    """Whether the record knows a fix, and `version` has it."""
    key = sort_key(affected.ecosystem, version)
    fixes = (at for span in affected.ranges for kind, at in span.events if kind == "fixed")
    return any(sort_key(affected.ecosystem, at) <= key for at in fixes)


def _contains(span: Range, ecosystem: str, key: str) -> bool:
    if span.type != "ECOSYSTEM":
        raise NotComparable(f"a range of type {span.type!r} says nothing about {ecosystem!r} versions")
    limits = [at for kind, at in span.events if kind == "limit"]
    if limits and not any(at == _NO_LIMIT or key < sort_key(ecosystem, at) for at in limits):
        return False
    inside = False
    for at, kind in _sorted(span, ecosystem):
        if kind == "introduced" and at <= key:
            inside = True
        elif (kind == "fixed" and at <= key) or (kind == "last_affected" and at < key):
            inside = False
    return inside


def _sorted(span: Range, ecosystem: str) -> list[tuple[str, str]]:
    """Return (sort key, kind) in version order; equal versions keep the record's order."""
    events = [(_event_key(ecosystem, kind, at), kind) for kind, at in span.events if kind != "limit"]
    return sorted(events, key=lambda event: event[0])


def _event_key(ecosystem: str, kind: str, at: str) -> str:
    """`introduced: "0"` comes before every version; the empty key does too."""
    return "" if (kind, at) == ("introduced", "0") else sort_key(ecosystem, at)


def _exit(span: Range, ecosystem: str, key: str) -> tuple[str, str]:
    """Return (sort key, version) of the first fix above `key`, empty when there is none."""
    fixes = ((sort_key(ecosystem, at), at) for kind, at in span.events if kind == "fixed")
    return min((fix for fix in fixes if fix[0] > key), default=("", ""))
