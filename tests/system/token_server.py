"""The other half of token authentication: signs what a registry will believe.

Follows https://distribution.github.io/distribution/spec/auth/jwt/: the certificate travels in the header.
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SERVICE = "the-registry"
ISSUER = "the-issuer"


@dataclass(frozen=True)
class TokenServer:
    """A token server that runs, and what it was asked for."""

    host: str
    section: str
    """The `auth` section of a registry that trusts it."""
    scopes: set[str]


@contextmanager
def token_server(folder: Path) -> Iterator[TokenServer]:
    """Give a token for whatever is asked for."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key)
    bundle = folder / "bundle.pem"
    bundle.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    chain = [base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()]
    scopes: set[str] = set()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            scope = parse_qs(urlsplit(self.path).query)["scope"][0]
            scopes.add(scope)
            body = json.dumps({"token": _token(key, chain, scope)}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Keep the test's output readable."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        host = f"127.0.0.1:{server.server_address[1]}"
        token = f"realm: http://{host}/token, service: {SERVICE}, issuer: {ISSUER}, rootcertbundle: {bundle}"
        yield TokenServer(host, f"auth: {{token: {{{token}}}}}", scopes)
        server.shutdown()


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, ISSUER)])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


def _token(key: ec.EllipticCurvePrivateKey, chain: list[str], scope: str) -> str:
    kind, name, actions = scope.split(":", 2)
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": SERVICE,
        "sub": "",
        "nbf": now - timedelta(minutes=1),
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "jti": "1",
        "access": [{"type": kind, "name": name, "actions": actions.split(",")}],
    }
    return jwt.encode(claims, key, algorithm="ES256", headers={"x5c": chain})
