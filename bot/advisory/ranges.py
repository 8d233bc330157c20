"""Decide whether a version lies in what a record calls affected, and which version leaves it.

Follows the evaluation algorithm of the OSV schema, https://ossf.github.io/osv-schema/#evaluation.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from bot.advisory.ecosystem import is_distribution
from bot.advisory.model import Affected, Range
from bot.package.versions import NotComparable, ordering, sort_key

_NO_LIMIT = "*"
#: Comes before every version: `introduced: "0"` is from the beginning on, `fixed: "0"` never.
_BEGINNING = "0"
#: Semantic versions have a lowest pre-release, which bounds name and nobody publishes.
_LOWEST_PRE = "-0"
#: Events of a range that is worth keeping.
_FEW = 16
_NUMBERS = re.compile(r"v?[0-9]+(?:\.[0-9]+)*")


def is_affected(affected: Affected, version: str) -> bool:
    """Whether `version` is listed or lies in a range; raises NotComparable when that cannot be told."""
    if version in affected.versions:
        return True
    if not affected.ranges and not affected.versions:
        return False
    return _is_affected_at(affected, sort_key(affected.ecosystem, version))


def fix_above(affected: Affected, version: str) -> str:
    """Return the lowest fixed version above an affected `version` that the entry does not call affected itself.

    Where branches are mended one by one it is the one in the version's own branch. Empty when the entry knows none.
    """
    return _lowest_free((affected,), version)


def smallest_safe(entries: Iterable[Affected], version: str) -> str:
    """Return the lowest known version above `version` that none of a package's entries calls affected.

    Known are the versions that fix something. A pre-release is named only to who has one, or where nothing else is
    known. An entry that cannot be compared with a version is taken to affect it. Empty when no such version is known.
    """
    entries = tuple(entries)
    return _lowest_free(entries, version)


def is_fixed_below(affected: Affected, version: str) -> bool:
    """Whether the record knows a fix, and `version` has it."""
    key = sort_key(affected.ecosystem, version)
    fixes = (at for span in affected.ranges for kind, at in span.events if kind == "fixed")
    return any(_bound(affected.ecosystem, at) <= key for at in fixes)


def _lowest_free(entries: tuple[Affected, ...], version: str) -> str:
    known = sorted(_fixes_above(entries, version).items())
    first = ""
    for _, candidate in known:
        if any(_may_affect(entry, candidate) for entry in entries):
            continue
        if not _is_pre_release(entries[0].ecosystem, candidate):
            return candidate
        first = first or candidate
        if _is_pre_release(entries[0].ecosystem, version):
            break
    return first


def _is_pre_release(ecosystem: str, version: str) -> bool:
    """Whether it comes before the version its leading numbers name."""
    numbers = _NUMBERS.match(version)
    if numbers is None or is_distribution(ecosystem):
        return False
    try:
        return sort_key(ecosystem, version) < sort_key(ecosystem, numbers[0])
    except NotComparable:
        return False


def _fixes_above(entries: Iterable[Affected], version: str) -> dict[str, str]:
    """Return sort key → version of every fix above the version."""
    fixes: dict[str, str] = {}
    for affected in entries:
        floor = sort_key(affected.ecosystem, version)
        for span in affected.ranges:
            for kind, at in span.events:
                if kind != "fixed" or at == _BEGINNING:
                    continue
                name = at.removesuffix(_LOWEST_PRE) if span.type == "SEMVER" else at
                try:
                    key = sort_key(affected.ecosystem, name)
                except NotComparable:
                    continue
                if key > floor:
                    fixes.setdefault(key, name)
    return fixes


def _may_affect(affected: Affected, version: str) -> bool:
    try:
        return is_affected(affected, version)
    except NotComparable:
        return True


def _is_affected_at(affected: Affected, key: str) -> bool:
    unclear: NotComparable | None = None
    for span in affected.ranges:
        try:
            if _contains(span, affected.ecosystem, key):
                return True
        except NotComparable as exc:
            unclear = exc
    if affected.versions and _is_listed(affected, key):
        return True
    # A publisher who lists the affected versions has said which they are, even with a bound nobody can read.
    if unclear is not None and not affected.versions:
        raise unclear
    return False


def _is_listed(affected: Affected, key: str) -> bool:
    """Whether a listed version is the one at hand, written another way: `1.0` and `1.0.0`."""
    to_key = ordering(affected.ecosystem)
    for listed in affected.versions:
        try:
            if to_key(listed) == key:
                return True
        except NotComparable:
            continue
    return False


def _contains(span: Range, ecosystem: str, key: str) -> bool:
    if span.type != "ECOSYSTEM" and (span.type != "SEMVER" or is_distribution(ecosystem)):
        raise NotComparable(f"a range of type {span.type!r} says nothing about {ecosystem!r} versions")
    limits = [at for kind, at in span.events if kind == "limit"]
    if limits and not any(at == _NO_LIMIT or key < sort_key(ecosystem, at) for at in limits):
        return False
    events = _sorted_once(span, ecosystem) if len(span.events) <= _FEW else _sorted(span, ecosystem)
    # An end without a beginning: what is not said to be introduced later was always there.
    inside = bool(span.events) and all(kind != "introduced" for kind, _ in span.events)
    for at, kind in events:
        if kind == "introduced" and at <= key:
            inside = True
        elif (kind == "fixed" and at <= key) or (kind == "last_affected" and at < key):
            inside = False
    return inside


def _sorted(span: Range, ecosystem: str) -> list[tuple[str, str]]:
    """Return (sort key, kind) in version order; equal versions keep the record's order."""
    events = [(_event_key(ecosystem, kind, at), kind) for kind, at in span.events if kind != "limit"]
    return sorted(events, key=lambda event: event[0])


#: Many versions are held against one range, when one looks which stored images a record hits.
_sorted_once = lru_cache(maxsize=1 << 13)(_sorted)


def _event_key(ecosystem: str, kind: str, at: str) -> str:
    return sort_key(ecosystem, at) if kind == "last_affected" else _bound(ecosystem, at)


def _bound(ecosystem: str, at: str) -> str:
    return "" if at == _BEGINNING else sort_key(ecosystem, at)
