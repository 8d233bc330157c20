"""What a rule is, and where it hits. One rule a file beside this one; `rules/__init__.py` lists them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.dockerfile.rules.facts import Facts, Step
from bot.severity import Severity

PAGE = "docs/rules.md"
"""Where every rule is explained, one section each."""
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule finds something."""

    step: Step
    subject: str
    """What it speaks of, in words that stay the same while the problem does: no line, version or digest."""
    summary: str
    """What is there, in one sentence."""
    lines: tuple[int, int] = (0, 0)
    """Where, if it is not the whole instruction."""
    severity: Severity | None = None
    """Where it is worse or milder than the rule usually is."""
    remedy: str = ""
    """Where the rule's own is not the one edit that clears it."""
    aliases: tuple[str, ...] | None = None
    """Where only some of the rule's are about the same point."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Something that should not be in a Dockerfile, why, and what to write instead."""

    id: str
    severity: Severity
    title: str
    explanation: str
    remedy: str
    check: Callable[[Facts], Iterable[Hit]]
    aliases: tuple[str, ...] = ()
    """What other linters call the same point: DL of hadolint, DS of Trivy."""

    @property
    def ids(self) -> tuple[str, ...]:
        """All its names, its own first."""
        return (self.id, *self.aliases)

    @property
    def url(self) -> str:
        """Its section in the documentation."""
        return f"{PAGE}#{self.id}"


def short(text: str) -> str:
    """One line of a text that may be long."""
    line = " ".join(text[: _LONGEST * 4].split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
