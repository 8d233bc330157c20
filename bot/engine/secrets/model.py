"""A secret in a text, as far as it may be told: the secret itself is kept nowhere."""

from dataclasses import dataclass

from bot.severity import Severity


@dataclass(frozen=True, slots=True, order=True)
class SecretFinding:
    """One place where a rule found a secret."""

    rule: str
    title: str
    severity: Severity
    path: str
    line: int
    hint: str
    """A few of its first characters, the rest as dots."""
    fingerprint: str
    """HMAC of the secret under the installation's key."""
