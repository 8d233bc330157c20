"""The decision: pass, warn, fail or error, with every reason that led to it.

Reasons carry facts, not sentences: `templates/` turns them into words, the same ones for every output.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from bot.diff import Difference
from bot.inspection import Location


class Status(IntEnum):
    """Ordered from good to bad, so the worst of several is their maximum."""

    PASS = 0
    WARN = 1
    FAIL = 2
    ERROR = 3

    @property
    def word(self) -> str:
        """The name as people write it: `fail`."""
        return self.name.lower()


class Rule(StrEnum):
    """The rules that can make a verdict worse than pass; the names appear in the check and in the JSON."""

    INTRODUCED_VULNERABILITY = "introduced-vulnerability"
    NEW_ADVISORY = "new-advisory"
    UPSTREAM_MOVED = "upstream-moved"
    UNCOMPARABLE_VULNERABILITY = "uncomparable-vulnerability"
    INTRODUCED_SECRET = "introduced-secret"  # noqa: S105
    INTRODUCED_MISCONFIGURATION = "introduced-misconfiguration"
    END_OF_LIFE = "end-of-life"
    UNREADABLE_IMAGE = "unreadable-image"
    UNREADABLE_BASE_SIDE = "unreadable-base-side"
    RECALLED_BASE_SIDE = "recalled-base-side"
    UNRESOLVED_REFERENCE = "unresolved-reference"
    UNCOVERED_RELEASE = "uncovered-release"
    UNEXAMINED_IMAGE = "unexamined-image"
    UNREADABLE_LOCKFILE = "unreadable-lockfile"
    NO_ADVISORIES = "no-advisories"
    STALE_ADVISORIES = "stale-advisories"
    DOCKERFILE_SYNTAX = "dockerfile-syntax"
    UNPINNED_IMAGE = "unpinned-image"
    POLICY_PROBLEM = "policy-problem"
    INCOMPLETE_CHANGE = "incomplete-change"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the verdict is not better: the rule, its weight, where, and the facts behind it."""

    rule: Rule
    status: Status
    location: Location | None = None
    difference: Difference | None = None
    subject: str = ""
    """What it is about: a reference, a feed, a Dockerfile."""
    detail: str = ""
    """What the edge said: a registry's answer, a parser's reason."""
    caused_by_change: bool = True


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst of its reasons; pass when there is none."""

    status: Status
    reasons: tuple[Reason, ...] = ()

    @classmethod
    def of(cls, reasons: list[Reason]) -> "Verdict":
        """Order reasons worst first and take the worst as the status."""
        ordered = sorted(reasons, key=lambda reason: -reason.status)
        return cls(ordered[0].status if ordered else Status.PASS, tuple(ordered))
