"""Find secrets in files and tell of them without telling them.

The hint is a few first characters; the fingerprint is an HMAC under the installation's key, so that one secret is
recognised wherever it stands, and nobody can try passwords against it without the key.
"""

import codecs
import hashlib
import hmac
import re
from functools import cache

from bot.engine.secrets.engines import Engine
from bot.engine.secrets.matching import Match, Matcher
from bot.engine.secrets.model import SecretFinding
from bot.engine.secrets.place import is_missed, wants
from bot.engine.secrets.rules import RULES

_LINE_BREAKS = re.compile(rb"\\[nrt]|[\s\"',+]")
_FINGERPRINT = 32
_SHOWN = 4


class Search:
    """Looks for secrets, under one key. It may be used from several threads at once."""

    def __init__(self, key: bytes, engine: Engine = "auto") -> None:
        self._key = key
        self._matcher = _matcher(engine)

    def wants(self, path: str, size: int) -> bool:
        """Say whether a file is worth reading: cheap enough to be asked for every file of an image."""
        return wants(path, size)

    def misses(self, path: str, size: int) -> bool:
        """Say whether a file is too large to be searched and of a kind that should have been."""
        return is_missed(path, size)

    def find(self, path: str, data: bytes, given_up: list[str] | None = None) -> list[SecretFinding]:
        """Find the secrets of a file, in the order of its lines. Rules not told of to the end go to `given_up`."""
        text = as_utf8(data)
        findings, line, reached = [], 1, 0
        for match in self.matches(path, text, given_up):
            line += text.count(b"\n", reached, match.start)
            reached = max(reached, match.start)
            findings.append(self.finding(match, path, line))
        return findings

    def matches(self, path: str, data: bytes, given_up: list[str] | None = None) -> list[Match]:
        """Find the secrets of a text with their places, for callers that know its lines themselves."""
        return sorted(self._matcher.matches(path, data, given_up), key=lambda match: match.start)

    def finding(self, match: Match, path: str, line: int) -> SecretFinding:
        """Say what was found without saying it."""
        rule = match.rule
        return SecretFinding(
            rule=rule.id,
            title=rule.title,
            severity=rule.severity,
            path=path,
            line=line,
            hint=hint(match.secret),
            fingerprint=self.fingerprint(match.secret),
        )

    def fingerprint(self, secret: bytes) -> str:
        """Name a secret, however its lines were broken."""
        joined = _LINE_BREAKS.sub(b"", secret) if b"\n" in secret or b"\\n" in secret else secret
        return hmac.new(self._key, joined, hashlib.sha256).hexdigest()[:_FINGERPRINT]


def find(path: str, data: bytes, key: bytes = b"") -> list[SecretFinding]:
    """Find the secrets of a file. Without a key the fingerprint of a weak password can be guessed."""
    return Search(key).find(path, data)


def hint(secret: bytes) -> str:
    """`ghp_…`: at most four characters, and never more than a sixth of it."""
    text = _LINE_BREAKS.sub(b"", secret[:64])
    shown = text[: min(_SHOWN, len(secret) // 6)].decode("ascii", "replace")
    return "".join(char if char.isascii() and char.isprintable() else "." for char in shown) + "…"


def as_utf8(data: bytes) -> bytes:
    """Turn the UTF-16 that some tools of Windows write into UTF-8."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").encode("utf-8", "replace")
    return data


@cache
def _matcher(engine: Engine) -> Matcher:
    return Matcher(RULES, engine)
