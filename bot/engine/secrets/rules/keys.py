"""Private keys, told apart by form and by whether a passphrase guards them, and JSON web tokens.

PEM: RFC 7468 and RFC 1421; OpenSSH: PROTOCOL.key of openssh-portable; JWT: RFC 7519.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from bot.engine.secrets.place import outside_packages
from bot.engine.secrets.rule import Candidate, Rank, Rule, Span, when
from bot.engine.secrets.shape import is_placeholder
from bot.severity import Severity

#: Base64 as it stands in files and, with escaped line breaks and quotes, in variables and source.
_BODY = rb"[A-Za-z0-9+/=\s\\\"',]{64,16000}"
_NO_BASE64 = re.compile(rb"\\[nrt]|[^A-Za-z0-9+/=]")
_GUARDABLE = (b"ENCRYPTED", b"OPENSSH", b"RSA", b"EC", b"DSA")
_REACH = 17_000
_HEADERS = rb"(?:[A-Za-z-]{4,20}: [^\n]{1,100}\n){1,6}\s{0,4}"
#: Tokens that ended before these rules were written open nothing.
_LONG_PAST = 1_704_067_200
_SAMPLE_CLAIMS = {"sub": "1234567890", "iat": 1516239022, "name": "John Doe"}


def decode_body(body: bytes) -> bytes:
    """Decode the base64 between the lines of a PEM file, or give nothing."""
    packed = _NO_BASE64.sub(b"", body)
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error:
        return b""


def is_der(data: bytes) -> bool:
    """Say whether it is one ASN.1 sequence of the length it says."""
    if len(data) < 40 or data[0] != 0x30:
        return False
    if data[1] < 0x80:
        return data[1] == len(data) - 2
    size = data[1] & 0x7F
    return 1 <= size <= 3 and int.from_bytes(data[2 : 2 + size]) == len(data) - 2 - size


def _der(candidate: Candidate) -> bool:
    return is_der(decode_body(candidate.secret)) and not _is_filler(candidate.secret)


def _openssh(candidate: Candidate) -> bytes:
    """Give the name of the cipher an OpenSSH key is guarded with."""
    decoded = decode_body(candidate.secret)
    size = int.from_bytes(decoded[15:19])
    return decoded[19 : 19 + size] if decoded.startswith(b"openssh-key-v1\0") and size < 40 else b""


def _guarded(candidate: Candidate) -> bool:
    if b"OPENSSH" in candidate.data[candidate.start : candidate.start + 40]:
        return _openssh(candidate) not in (b"", b"none")
    return len(decode_body(candidate.secret)) >= 48 and not _is_filler(candidate.secret)


def _is_filler(body: bytes) -> bool:
    packed = _NO_BASE64.sub(b"", body)
    return len(set(packed)) < 20 or b"EXAMPLE" in packed


#: What has lines of its own before and behind it.
_enclosed = partial(Rule, before=b"", after=b"", where=outside_packages, reach=_REACH)


def _pem(id: str, title: str, label: bytes, about: str, holds: Callable[[Candidate], bool] = _der) -> Rule:
    begin = b"-----BEGIN " + label + b"PRIVATE KEY-----"
    pattern = begin + b"(?P<secret>" + _BODY + b")-----END " + label
    return _enclosed(
        id,
        title,
        Severity.HIGH,
        (begin,),
        pattern,
        about,
        check=when(holds),
        rank=Rank.FORM,
        prefilter=begin,
    )


def _jwt(candidate: Candidate) -> bool:
    """Decode header and claims: an algorithm, no sample of a documentation, nothing public or long past."""
    header, claims, signature = candidate.secret.split(b".")
    head, said = _json(header), _json(claims)
    if not isinstance(head.get("alg"), str) or head["alg"].lower() == "none" or not said:
        return False
    if any(said.get(name) == value for name, value in _SAMPLE_CLAIMS.items()) or said.get("role") == "anon":
        return False
    until = said.get("exp")
    if isinstance(until, int | float) and until < _LONG_PAST:
        return False
    return not is_placeholder(signature)


def _json(part: bytes) -> Mapping[str, Any]:
    try:
        decoded = json.loads(base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return decoded if isinstance(decoded, dict) else {}


def _putty(candidate: Candidate) -> Span | None:
    """Find the private lines of a PuTTY key that no passphrase guards."""
    following = candidate.data[candidate.start : candidate.start + 8000]
    guarded = re.search(rb"\nEncryption: (?!none)", following)
    match = re.search(rb"\nPrivate-Lines: [0-9]{1,3}\r?\n((?:[A-Za-z0-9+/=]{1,100}\r?\n){1,100})", following)
    if guarded or match is None or len(decode_body(match[1])) < 30:
        return None
    return candidate.start + match.start(1), candidate.start + match.end(1)


RULES = (
    _pem(
        "rsa-private-key",
        "RSA private key",
        b"RSA ",
        "A server's or person's key, not guarded by a passphrase.",
    ),
    _pem(
        "ec-private-key", "EC private key", b"EC ", "A server's or person's key, not guarded by a passphrase."
    ),
    _pem(
        "dsa-private-key",
        "DSA private key",
        b"DSA ",
        "A server's or person's key, not guarded by a passphrase.",
    ),
    _pem(
        "private-key",
        "Private key (PKCS #8)",
        b"",
        "A server's or person's key, not guarded by a passphrase.",
    ),
    _pem(
        "openssh-private-key",
        "OpenSSH private key",
        b"OPENSSH ",
        "A person's or host's SSH key, not guarded by a passphrase.",
        lambda candidate: _openssh(candidate) == b"none",
    ),
    _enclosed(
        "encrypted-private-key",
        "Private key with a passphrase",
        Severity.MEDIUM,
        tuple(b"-----BEGIN " + kind + b" PRIVATE KEY-----" for kind in _GUARDABLE),
        rb"-----BEGIN (?:(?:ENCRYPTED|OPENSSH) PRIVATE KEY-----|(?:RSA|EC|DSA) PRIVATE KEY-----\s{0,4}"
        rb"Proc-Type: 4,ENCRYPTED\s{1,4}" + _HEADERS + rb")(?P<secret>" + _BODY + rb")-----END ",
        "A private key that is as safe as its passphrase.",
        check=when(_guarded),
        prefilter=rb"-----BEGIN (?:ENCRYPTED|OPENSSH) PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED",
    ),
    _enclosed(
        "pgp-private-key",
        "PGP private key",
        Severity.HIGH,
        (b"-----BEGIN PGP PRIVATE KEY BLOCK-----",),
        rb"-----BEGIN PGP PRIVATE KEY BLOCK-----\s{0,4}(?:"
        + _HEADERS
        + rb")?(?P<secret>[A-Za-z0-9+/=\s]{200,16000})"
        rb"-----END PGP",
        "A PGP secret key; its passphrase, if it has one, is all that guards it.",
        check=when(
            lambda it: (
                decode_body(it.secret.rpartition(b"\n=")[0] or it.secret)[:1] in (b"\x94", b"\x95", b"\xc5")
            )
        ),
        prefilter=b"-----BEGIN PGP PRIVATE KEY BLOCK-----",
    ),
    _enclosed(
        "putty-private-key",
        "PuTTY private key",
        Severity.HIGH,
        (b"PuTTY-User-Key-File-",),
        rb"PuTTY-User-Key-File-[23]: [a-z0-9-]{4,40}",
        "A person's SSH key in PuTTY's form, not guarded by a passphrase.",
        check=_putty,
        reach=400,
    ),
    Rule(
        "jwt",
        "JSON web token",
        Severity.MEDIUM,
        (b"eyJ",),
        rb"eyJ[A-Za-z0-9_-]{10,1000}\.eyJ[A-Za-z0-9_-]{10,6000}\.[A-Za-z0-9_-]{20,1000}",
        "What its claims say, until it expires; a service account of Kubernetes has one.",
        check=when(_jwt),
        before=rb"A-Za-z0-9_.-",
        after=rb"A-Za-z0-9_.-",
        where=outside_packages,
        reach=8200,
        prefilter=rb"eyJ[A-Za-z0-9_-]{10,150}\.eyJ|eyJ[A-Za-z0-9_-]{150}",
    ),
)
