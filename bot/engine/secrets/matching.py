"""From a file to the places in it where a rule finds a secret: prefilter, confirm in a bounded window, weigh.

Every rule is confirmed at its keywords only, so the work grows with what was found, not with the rules.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache

from bot.engine.secrets.engines import Engine, Prefilter, prefilter
from bot.engine.secrets.place import (
    Place,
    anywhere,
    in_own_configuration,
    is_binary,
    outside_packages,
    place_of,
)
from bot.engine.secrets.rule import Candidate, Rule, Span

MOST = 20
"""Places of one rule that are told of one file; that there are more is said too."""
MOST_TRIED = 5000
"""Texts of a rule's form that are judged in one file."""
MOST_PLACES = 100_000
"""Keywords of a rule at which it is tried in one file: ten megabytes hold millions of them."""
_WIDE = (anywhere, outside_packages, in_own_configuration)
_GROUPS = ("secret", "secret2", "secret3")
#: What is encrypted as a whole.
_VAULT = re.compile(rb"\$ANSIBLE_VAULT;[^\n]{0,200}\n[0-9a-f\s]*+")


@dataclass(frozen=True, slots=True)
class Match:
    """A secret and where it stands. It is never shown: not even its repr has it."""

    rule: Rule = field(repr=False)
    span: Span
    start: int
    """Where what the rule looks for begins, which may be before the secret itself."""
    secret: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Ready:
    rule: Rule
    pattern: re.Pattern[bytes]
    groups: tuple[str, ...]


class Matcher:
    """The rules, ready to be applied by one engine."""

    def __init__(self, rules: Sequence[Rule], engine: Engine) -> None:
        self._searched = [rule for rule in rules if _is_prefiltered(rule)]
        self._by_place = [rule for rule in rules if not _is_prefiltered(rule)]
        self._prefilter: Prefilter = prefilter(self._searched, engine)

    def matches(self, path: str, data: bytes, given_up: list[str] | None = None) -> list[Match]:
        """Find the secrets of a file, in order; where several rules find one, the one that says most.

        Rules that were not tried everywhere, or found more than is told, are added to `given_up`.
        """
        if _VAULT.fullmatch(data):
            return []
        place = place_of(path)
        active = [self._searched[index] for index in self._prefilter(data)]
        active += [rule for rule in self._by_place if rule.where(place)]
        if active and is_binary(data):
            active = [rule for rule in active if rule.binary]
        if not active:
            return []
        lower = data.lower() if any(rule.fold for rule in active) else b""
        given_up = [] if given_up is None else given_up
        found = [match for rule in active for match in _confirm(_ready(rule), place, data, lower, given_up)]
        return _strongest(found, given_up)


def _is_prefiltered(rule: Rule) -> bool:
    """Rules for files of one name are few and run where the name is; the others must not run everywhere."""
    return rule.where in _WIDE


@cache
def _ready(rule: Rule) -> _Ready:
    """Compile what confirms a rule, when there is something to confirm: all together take a while."""
    before = b"(?<![" + rule.before + b"])" if rule.before else b""
    after = b"(?![" + rule.after + b"])" if rule.after else b""
    pattern = re.compile(before + b"(?>" + rule.pattern + b")" + after, re.IGNORECASE if rule.fold else 0)
    return _Ready(rule, pattern, tuple(name for name in _GROUPS if name in pattern.groupindex))


def _confirm(ready: _Ready, place: Place, data: bytes, lower: bytes, given_up: list[str]) -> Iterator[Match]:
    """Match at each keyword; a place is told once. A file with thousands of look-alikes is a list of them."""
    rule, seen = ready.rule, set[Span]()
    if not rule.where(place):
        return
    for number, at in enumerate(_keyword_places(rule, lower if rule.fold else data)):
        if number >= MOST_PLACES:
            given_up.append(rule.id)
            return
        match = _match_at(ready, data, at)
        if match is None or match.span() in seen:
            continue
        seen.add(match.span())
        if len(seen) > MOST_TRIED:
            given_up.append(rule.id)
            return
        name = next((name for name in ready.groups if match[name] is not None), 0)
        candidate = Candidate(place, data, match.start(), match.end(), match.span(name))
        span = rule.check(candidate)
        if span is not None:
            yield Match(rule, span, match.start(), data[slice(*span)])


def _keyword_places(rule: Rule, text: bytes) -> Iterator[int]:
    for keyword in rule.keywords:
        at = text.find(keyword)
        while at >= 0:
            yield at
            at = text.find(keyword, at + 1)


def _match_at(ready: _Ready, data: bytes, at: int) -> re.Match[bytes] | None:
    """Match at the keyword, or as far before it as the rule says."""
    rule, end = ready.rule, at + ready.rule.reach
    for back in rule.starts:
        match = ready.pattern.match(data, at - back, end) if at >= back else None
        if match is not None:
            return match
    return None


def _strongest(found: list[Match], given_up: list[str]) -> list[Match]:
    """Keep of overlapping matches the one whose rule says most, and of one rule only so many."""
    kept: list[Match] = []
    counts: dict[str, int] = {}
    taken: list[Span] = []
    for match in sorted(found, key=lambda match: (match.rule.rank, match.span)):
        if counts.get(match.rule.id, 0) >= MOST:
            if match.rule.id not in given_up:
                given_up.append(match.rule.id)
            continue
        if any(_overlap(match.span, span) for span in taken):
            continue
        counts[match.rule.id] = counts.get(match.rule.id, 0) + 1
        taken.append(match.span)
        kept.append(match)
    return sorted(kept, key=lambda match: match.span)


def _overlap(one: Span, other: Span) -> bool:
    return one[0] < other[1] and other[0] < one[1]
