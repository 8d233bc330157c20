"""Find out who claims to have signed an image: cosign's tag `sha256-….sig`, else the registry's referrers.

Follows https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md, the bundles of
https://github.com/sigstore/protobuf-specs, and "Listing Referrers" in
https://github.com/opencontainers/distribution-spec/blob/main/spec.md. Nothing is verified.
"""

import base64
import binascii
import json
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from bot.image.reference import is_digest
from bot.registry.certificate import identity
from bot.registry.documents import OCI_INDEX, OCI_MANIFEST
from bot.registry.exchange import Unanswered
from bot.registry.verified import is_digest_of

#: Asks for a path below the repository, such as `manifests/…`, with what is accepted; raises Unanswered.
Ask = Callable[[str, str], Awaitable[bytes]]

_CERTIFICATE = "dev.sigstore.cosign/certificate"
_SIGNATURE = "dev.cosignproject.cosign/signature"
_OF_COSIGN = "application/vnd.dev.cosign."
_BUNDLE = "application/vnd.dev.sigstore.bundle"
_BY_A_KEY = "a key without a name"
_MOST_REFERRERS = 2
_MOST_ENTRIES = 100


async def signer(ask: Ask, digest: str) -> str:
    """Return who claims to have signed the image with this digest; empty when nobody does.

    At most six requests, and one of two where nothing is signed; raises Unanswered when the registry fails.
    """
    signature = await _if_there(ask, f"manifests/{digest.replace(':', '-')}.sig", OCI_MANIFEST)
    if found := next(_names(_document(signature)), ""):
        return found
    listed = _document(await _if_there(ask, f"referrers/{digest}", OCI_INDEX))
    found = ""
    for referrer in list(_referrers(listed))[:_MOST_REFERRERS]:
        found = found or await _of_referrer(ask, referrer)
    return found


async def _of_referrer(ask: Ask, digest: str) -> str:
    manifest = _document(await _verified(ask, "manifests", digest, OCI_MANIFEST))
    if found := next(_names(manifest), ""):
        return found
    for layer in _entries(manifest, "layers")[:1]:
        if _kind(layer).startswith(_BUNDLE) and is_digest(str(layer.get("digest"))):
            return _of_bundle(_document(await _verified(ask, "blobs", str(layer["digest"]), "*/*")))
    return ""


async def _if_there(ask: Ask, path: str, accept: str) -> bytes:
    """Ask for what most images do not have: to be refused means the same."""
    try:
        return await ask(path, accept)
    except Unanswered as exc:
        if exc.transient:
            raise
        return b""


async def _verified(ask: Ask, kind: str, digest: str, accept: str) -> bytes:
    body = await _if_there(ask, f"{kind}/{digest}", accept)
    return body if is_digest_of(digest, body) else b""


def _names(manifest: dict[str, Any]) -> Iterator[str]:
    """Read the names in the annotations of a cosign signature."""
    for layer in _entries(manifest, "layers"):
        annotations = layer.get("annotations")
        if not isinstance(annotations, dict):
            continue
        certificate = annotations.get(_CERTIFICATE)
        if isinstance(certificate, str) and (found := identity(certificate.encode(errors="replace"))):
            yield found
        elif annotations.get(_SIGNATURE) and not certificate:
            yield _BY_A_KEY


def _referrers(index: dict[str, Any]) -> Iterator[str]:
    for entry in _entries(index, "manifests"):
        kind, digest = str(entry.get("artifactType")), str(entry.get("digest"))
        if kind.startswith((_OF_COSIGN, _BUNDLE)) and is_digest(digest):
            yield digest


def _of_bundle(bundle: dict[str, Any]) -> str:
    material = _object(bundle.get("verificationMaterial"))
    chain = _entries(_object(material.get("x509CertificateChain")), "certificates")
    raw = _object(material.get("certificate")).get("rawBytes") or (chain and chain[0].get("rawBytes"))
    if not raw:
        return _BY_A_KEY if material.get("publicKey") else ""
    try:
        return identity(base64.b64decode(str(raw), validate=True))
    except (binascii.Error, ValueError):
        return ""


def _document(body: bytes) -> dict[str, Any]:
    try:
        return _object(json.loads(body))
    except (ValueError, RecursionError):
        return {}


def _entries(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    listed = document.get(name)
    return [_object(each) for each in listed[:_MOST_ENTRIES]] if isinstance(listed, list) else []


def _kind(entry: dict[str, Any]) -> str:
    return str(entry.get("mediaType"))


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
