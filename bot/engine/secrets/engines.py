"""Which rules a text may match: by Hyperscan over all at once, or by looking for their keywords one by one.

Both only leave rules out that cannot match; what is left is confirmed in one way, so both find the same.
"""

import re
import threading
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Literal

from bot.engine.secrets import compiled
from bot.engine.secrets.compiled import hyperscan
from bot.engine.secrets.rule import Rule

Engine = Literal["auto", "hyperscan", "pure"]
Prefilter = Callable[[bytes], list[int]]
"""Gives the indices of the rules that may match, in order."""
_GROUP_NAME = re.compile(rb"\(\?P<[a-z0-9]+>")
_LAST_REPETITION = re.compile(rb"\{([0-9]+)(?:,[0-9]+)?\}(\)*)$")
_ENOUGH = 20
BLOCK = 64 << 10
"""Bytes that Hyperscan gets at once: its time grows with the square of a text that is one prefix over and over."""
SHARED = 2 << 10
"""Bytes that two blocks have in common; no expression is wider."""


def prefilter(rules: Sequence[Rule], engine: Engine) -> Prefilter:
    """Choose how to look; `auto` takes Hyperscan where it is."""
    if engine == "pure" or (engine == "auto" and hyperscan is None):
        return by_keywords(tuple(rules))
    if hyperscan is None:
        raise ValueError("the engine hyperscan is not installed here: use auto or pure")
    return _hyperscan(tuple(rules)).scan


def expression(rule: Rule) -> bytes:
    """Give a pattern that is contained in every match of the rule, small enough for an automaton of all."""
    if rule.prefilter:
        return rule.prefilter
    plain = _GROUP_NAME.sub(b"(?:", rule.pattern)
    last = _LAST_REPETITION.search(plain)
    if last is None or last[1] == b"0":
        return plain
    return plain[: last.start()] + b"{%d}" % min(int(last[1]), _ENOUGH) + last[2]


def by_keywords(rules: tuple[Rule, ...]) -> Prefilter:
    """Look for each keyword once."""
    exact: dict[bytes, list[int]] = {}
    folded: dict[bytes, list[int]] = {}
    for index, rule in enumerate(rules):
        for keyword in rule.keywords:
            (folded if rule.fold else exact).setdefault(keyword, []).append(index)

    def scan(data: bytes) -> list[int]:
        lower = data.lower()
        found = {index for keyword, at in exact.items() if keyword in data for index in at}
        found.update(index for keyword, at in folded.items() if keyword in lower for index in at)
        return sorted(found)

    return scan


class _Hyperscan:
    """One database for the process, scratch space for each thread."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._database = compiled.database(
            [expression(rule) for rule in rules],
            [
                hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_CASELESS if rule.fold else 0)
                for rule in rules
            ],
        )
        self._first_scratch = hyperscan.Scratch(self._database)
        self._local = threading.local()
        self._lock = threading.Lock()

    def scan(self, data: bytes) -> list[int]:
        """Scan without holding the interpreter's lock; each rule is reported once."""
        found: set[int] = set()

        def take(index: int, _start: int, _end: int, _flags: int, _context: object) -> None:
            found.add(index)

        scratch, step = self._scratch(), BLOCK - SHARED
        for start in range(0, max(1, len(data) - SHARED), step):
            block = data if len(data) <= BLOCK else data[start : start + BLOCK]
            self._database.scan(block, match_event_handler=take, scratch=scratch)
            if start + BLOCK >= len(data):
                break
        return sorted(found)

    def _scratch(self) -> Any:
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            with self._lock:
                scratch = self._first_scratch.clone()
            self._local.scratch = scratch
        return scratch


_compiling = threading.Lock()


def _hyperscan(rules: tuple[Rule, ...]) -> _Hyperscan:
    with _compiling:
        return _compiled(rules)


@cache
def _compiled(rules: tuple[Rule, ...]) -> _Hyperscan:
    return _Hyperscan(rules)
