"""Files that hold keys or credentials are copied into the image."""

import re
from collections.abc import Iterator

from bot.dockerfile.rules.copy_everything import context_sources
from bot.dockerfile.rules.facts import Facts
from bot.dockerfile.rules.model import Hit, Rule
from bot.severity import Severity

_KEY = re.compile(
    r"id_(rsa|dsa|ecdsa|ed25519)|\.(netrc|pgpass|pypirc|npmrc|yarnrc|git-credentials|htpasswd|dockercfg|s3cfg|boto)"
    r"|kubeconfig|\.kube|\.ssh|\.aws|\.gnupg|\.azure|credentials\.json|service[-_]account.*\.json|.*\.(key|p12|pfx|jks"
    r"|keystore|ppk|kdbx|tfstate)|.*[-_.]key\.pem|private.*\.pem|key\.pem|\.vault-token",
    re.IGNORECASE,
)
_PERHAPS = re.compile(r"\.env(\..*)?|.*\.env|secrets?\.(ya?ml|json|toml|env)|.*\.pem", re.IGNORECASE)
_SAMPLE = re.compile(
    r".*(example|sample|template|dist|test)s?|.*\.(pub|crt|tmpl|tpl)|cert.*\.pem|ca.*\.pem|.*chain\.pem"
)
_DOCKER_CONFIG = re.compile(r"(.*/)?\.docker(/config\.json)?/?")
_LONGEST = 500


def _check(facts: Facts) -> Iterator[Hit]:
    for step in facts.of("COPY", "ADD"):
        for source in context_sources(step):
            path = source.strip("'\"")[:_LONGEST]
            if (severity := _rate(path)) is not None:
                yield Hit(step, f"file {path}", f"{step.cmd} takes {path} into the image.", severity=severity)


def _rate(path: str) -> Severity | None:
    """How bad it is to copy this, None when it is not."""
    name = path.rstrip("/*").rpartition("/")[2]
    parts = path.split("/")
    if _SAMPLE.fullmatch(name.lower()):
        return None
    if (
        _KEY.fullmatch(name)
        or _DOCKER_CONFIG.fullmatch(path)
        or {".ssh", ".aws", ".gnupg", ".kube"} & set(parts)
    ):
        return Severity.HIGH
    if _PERHAPS.fullmatch(name):
        return Severity.MEDIUM
    return Severity.LOW if name == ".git" else None


RULE = Rule(
    id="copy-secret-file",
    severity=Severity.HIGH,
    title="A file with keys or credentials is copied",
    explanation="Everybody who may pull the image can read the file, also when a later instruction deletes it:"
    " its layer keeps it.",
    remedy="Use `RUN --mount=type=secret,id=…` for what a build step needs, and give the rest when the container"
    " starts. What was published has to be replaced.",
    check=_check,
)
