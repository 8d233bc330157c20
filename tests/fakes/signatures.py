"""Sign images as cosign does, with certificates that name whom a test likes. Nothing of it would verify."""

import base64
import json
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.fakes.registry import OCI_MANIFEST, FakeRegistry, digest_of

BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.8")
_OLD_ISSUER = x509.ObjectIdentifier("1.3.6.1.4.1.57264.1.1")
_WHEN = datetime(2026, 1, 1, tzinfo=UTC)


@cache
def certificate(identity: str, issuer: str = "", *, old: bool = False) -> x509.Certificate:
    """Make a certificate for a workflow (`https://…`) or a mail address."""
    key = ec.generate_private_key(ec.SECP256R1())
    kind = x509.UniformResourceIdentifier if "://" in identity else x509.RFC822Name
    nobody = x509.Name([])
    builder = (
        x509.CertificateBuilder()
        .subject_name(nobody)
        .issuer_name(nobody)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(_WHEN)
        .not_valid_after(_WHEN + timedelta(minutes=10))
        .add_extension(x509.SubjectAlternativeName([kind(identity)]), critical=True)
    )
    if issuer:
        text = issuer.encode()
        value = text if old else b"\x0c" + bytes([len(text)]) + text
        oid = _OLD_ISSUER if old else _ISSUER
        builder = builder.add_extension(x509.UnrecognizedExtension(oid, value), critical=False)
    return builder.sign(key, hashes.SHA256())


def sign(fake: FakeRegistry, repository: str, digest: str, signed_by: x509.Certificate | None) -> str:
    """Put a signature under cosign's tag; without a certificate it is one by a key."""
    annotations = {"dev.cosignproject.cosign/signature": "MEUCIQ=="}
    if signed_by is not None:
        pem = signed_by.public_bytes(serialization.Encoding.PEM).decode()
        annotations["dev.sigstore.cosign/certificate"] = pem
    return fake.put_manifest(repository, f"{digest.replace(':', '-')}.sig", _artifact({}, annotations))


def attach(fake: FakeRegistry, repository: str, digest: str, signed_by: x509.Certificate) -> str:
    """Attach a bundle, as newer versions do."""
    raw = base64.b64encode(signed_by.public_bytes(serialization.Encoding.DER)).decode()
    bundle = json.dumps({"verificationMaterial": {"certificate": {"rawBytes": raw}}}).encode()
    fake.put_blob(repository, bundle)
    layer = {"mediaType": BUNDLE, "digest": digest_of(bundle), "size": len(bundle)}
    manifest = json.dumps(_artifact(layer, {})).encode()
    referrer = fake.put_manifest(repository, digest_of(manifest), manifest)
    entry = {"mediaType": OCI_MANIFEST, "digest": referrer, "size": len(manifest), "artifactType": BUNDLE}
    fake.refer(repository, digest, entry)
    return referrer


def _artifact(layer: dict[str, object], annotations: dict[str, str]) -> dict[str, object]:
    content = {"mediaType": SIMPLE_SIGNING, "digest": digest_of(b"{}"), "size": 2, **layer}
    return {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": "application/vnd.oci.empty.v1+json", "digest": digest_of(b"{}"), "size": 2},
        "layers": [{**content, "annotations": annotations}],
    }
