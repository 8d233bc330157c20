"""Tokens of package and image registries: who has one can publish."""

import base64
import binascii

from bot.engine.secrets.rule import Candidate, genuine, token, when
from bot.engine.secrets.rules.forges import checksummed
from bot.severity import Severity


def _macaroon(candidate: Candidate) -> bool:
    """Decode what follows `pypi-`: a macaroon of version 2 whose location is an index."""
    text = candidate.secret.removeprefix(b"pypi-")
    try:
        decoded = base64.urlsafe_b64decode(text[: len(text) // 4 * 4])
    except binascii.Error:
        return False
    return decoded[:2] == b"\x02\x01" and b"pypi.org" in decoded[:24] and genuine(candidate)


RULES = (
    token(
        "npm-token",
        "npm access token",
        Severity.CRITICAL,
        (b"npm_",),
        rb"[A-Za-z0-9]{36}",
        "An npm token; its checksum is verified.",
        check=when(checksummed),
    ),
    token(
        "pypi-token",
        "PyPI API token",
        Severity.CRITICAL,
        (b"pypi-AgEIcHlwaS5vcmc", b"pypi-AgENdGVzdC5weXBpLm9yZw"),
        rb"[A-Za-z0-9_-]{50,1000}",
        "A PyPI token, a macaroon that names its index.",
        check=when(_macaroon),
        reach=1100,
    ),
    token(
        "rubygems-token",
        "RubyGems API key",
        Severity.CRITICAL,
        (b"rubygems_",),
        rb"[a-f0-9]{48}",
        "A RubyGems key.",
    ),
    token(
        "nuget-key",
        "NuGet API key",
        Severity.CRITICAL,
        (b"oy2",),
        rb"[a-z0-9]{43}",
        "A NuGet key.",
        binary=False,
    ),
    token(
        "docker-hub-token",
        "Docker Hub token",
        Severity.CRITICAL,
        (b"dckr_pat_", b"dckr_oat_"),
        rb"[A-Za-z0-9_-]{27,32}",
        "A Docker Hub token: pull, and often push.",
    ),
    token(
        "crates-token",
        "crates.io token",
        Severity.CRITICAL,
        (b"cio",),
        rb"[A-Za-z0-9]{32}",
        "A crates.io token.",
        binary=False,
        check=when(
            lambda candidate: (
                genuine(candidate)
                and any(48 <= byte < 58 for byte in candidate.secret)
                and any(65 <= byte < 91 for byte in candidate.secret)
            )
        ),
    ),
    token(
        "clojars-token",
        "Clojars deploy token",
        Severity.CRITICAL,
        (b"CLOJARS_",),
        rb"[a-z0-9]{60}",
        "A Clojars token.",
    ),
    token(
        "artifactory-key",
        "Artifactory API key",
        Severity.CRITICAL,
        (b"AKCp",),
        rb"[A-Za-z0-9]{69}",
        "A JFrog Artifactory key: packages and images, often also to publish.",
    ),
    token(
        "artifactory-reference-token",
        "Artifactory reference token",
        Severity.CRITICAL,
        (b"cmVmdGtuO",),
        rb"[A-Za-z0-9]{55}",
        "A JFrog reference token.",
    ),
    token(
        "buildkite-token",
        "Buildkite token",
        Severity.CRITICAL,
        (b"bkua_",),
        rb"[a-z0-9]{40}",
        "A Buildkite token: pipelines.",
    ),
    token(
        "packagist-token",
        "Packagist token",
        Severity.HIGH,
        (b"packagist_uut_", b"packagist_out_", b"packagist_ort_", b"packagist_ack_", b"packagist_acs_"),
        rb"[a-f0-9]{68,76}",
        "A Private Packagist token.",
    ),
)
