"""Which rules for Dockerfiles are heard, and how much they weigh."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from bot.finding import Finding, Kind
from bot.severity import Severity

HELD = (Kind.MISCONFIGURATION, Kind.END_OF_LIFE)
"""Kinds that a repository may switch off or weigh anew. A secret is one, whatever a policy says."""


@dataclass(frozen=True, slots=True)
class RulePolicy:
    """What the repository says of rules, by id or alias."""

    off: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()

    def heard(self, findings: Iterable[Finding]) -> list[Finding]:
        """Leave out what is switched off, and weigh the rest as the repository wants."""
        off, severity = frozenset(self.off), dict(self.severity)
        kept = []
        for finding in findings:
            if finding.kind in HELD and not off.isdisjoint(finding.ids):
                continue
            wanted = next((severity[name] for name in finding.ids if name in severity), None)
            if finding.kind in HELD and wanted is not None:
                finding = replace(finding, severity=wanted, severity_source="policy")
            kept.append(finding)
        return kept
