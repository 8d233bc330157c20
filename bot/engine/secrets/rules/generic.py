"""What no provider's form tells: a random text, assigned to a name that says it is a secret."""

import re

from bot.engine.secrets.place import in_own_configuration, is_minified
from bot.engine.secrets.rule import Candidate, Rank, Rule, Span
from bot.engine.secrets.shape import is_digest, is_random
from bot.engine.secrets.words import is_typed_key, names_a_secret
from bot.severity import Severity

_NAMES = (
    b"password", b"passwd", b"passphrase", b"secret", b"token", b"api_key", b"apikey", b"api-key", b"access_key",
    b"accesskey", b"access-key", b"private_key", b"signing_key", b"encryption_key", b"auth_key", b"authkey",
    b"master_key", b"client_key", b"credential",
)  # fmt: skip
_TAIL = re.compile(rb"[A-Za-z0-9_.-]*$")
_HEAD = re.compile(rb"[A-Za-z0-9_.-]*")
#: Beside these a random text is a checksum, a public key or an identifier.
_SAYS_OTHERWISE = re.compile(
    rb"(?i)sha(?:1|256|512)|md5|digest|checksum|integrity|fingerprint|hash|public|uuid|guid|nonce|salt|revision|commit|etag"
)


def _assigned(candidate: Candidate) -> Span | None:
    """Count a random value of a name that is wholly a secret's."""
    before = _TAIL.search(candidate.before(60))
    written = candidate.data[candidate.start : candidate.span[0]]
    rest = _HEAD.match(written)
    name = ((before[0] if before else b"") + (rest[0] if rest else b"")).decode()
    if not names_a_secret(name) or _SAYS_OTHERWISE.search(name.encode()):
        return None
    value = candidate.secret
    if is_digest(value) and len(value) in (40, 128):
        return None
    if is_minified(candidate.around(2500)):
        return None
    return candidate.span if is_random(value) and is_typed_key(value) else None


RULES = (
    Rule(
        "generic-secret",
        "Random password or key",
        Severity.MEDIUM,
        _NAMES,
        b"(?:"
        + b"|".join(_NAMES)
        + b")"
        + rb"[A-Za-z0-9_.-]{0,30}[\"']?\]?[ \t]{0,10}(?::=|=>|=|:)[ \t]{0,10}"
        rb"(?:[bruf@]{0,2}[\"'`])?(?P<secret>[A-Za-z0-9+/=_.~!@#%^&*:-]{16,200})",
        "A password, token or key without a form of its own, in configuration or source.",
        check=_assigned,
        rank=Rank.GENERIC,
        fold=True,
        before=b"",
        after=rb"A-Za-z0-9+/=_.~(\[",
        where=in_own_configuration,
    ),
)
