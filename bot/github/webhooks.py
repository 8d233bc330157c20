"""Whether a delivery is GitHub's, and what it is called, before anything in it is believed.

See https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.github.errors import MalformedPayload
from bot.github.payloads import parse_event

__all__ = ["Delivery", "parse_event", "read_payload", "verify"]

_GUID = re.compile(r"[A-Za-z0-9-]{1,64}\Z")
_EVENT = re.compile(r"[a-z_]{1,64}\Z")
_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}\Z")
_HOST = re.compile(r"[A-Za-z0-9.:-]{1,253}\Z")


def verify(secret: str | bytes, raw: bytes, signature_header: str | None) -> bool:
    """Check `X-Hub-Signature-256` over the bytes as they came; without a secret nothing is valid."""
    key = secret.encode() if isinstance(secret, str) else secret
    if not key or signature_header is None or not _SIGNATURE.match(signature_header):
        return False
    expected = "sha256=" + hmac.new(key, raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature_header)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What the headers say about one delivery."""

    guid: str
    event: str
    app_id: str
    """The receiver; empty when GitHub does not say."""
    host: str
    """The server's name when it is a GitHub Enterprise Server, else empty."""
    signature: str | None

    @classmethod
    def from_headers(cls, headers: Mapping[str, str]) -> "Delivery":
        """Read the headers; raises MalformedPayload when one is missing or cannot be GitHub's."""
        named = {name.lower(): value for name, value in headers.items()}
        app_id = named.get("x-github-hook-installation-target-id", "")
        host = named.get("x-github-enterprise-host", "")
        return cls(
            guid=_header(named, "x-github-delivery", _GUID),
            event=_header(named, "x-github-event", _EVENT),
            app_id=app_id if app_id.isascii() and app_id.isdigit() else "",
            host=host.lower() if _HOST.match(host) else "",
            signature=named.get("x-hub-signature-256"),
        )


def read_payload(raw: bytes) -> dict[str, Any]:
    """Read a verified body, which must be one JSON object."""
    try:
        payload = json.loads(raw)
    except (ValueError, RecursionError) as exc:
        raise MalformedPayload(
            "the body is not JSON; set the webhook's content type to application/json"
        ) from exc
    if not isinstance(payload, dict):
        raise MalformedPayload("the body is not a JSON object")
    return payload


def _header(named: Mapping[str, str], name: str, shape: re.Pattern[str]) -> str:
    value = named.get(name, "")
    if not shape.match(value):
        raise MalformedPayload(f"the header {name} is missing or malformed")
    return value
