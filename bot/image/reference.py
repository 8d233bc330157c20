"""Image references: `registry/repository:tag@digest`, read strictly and normalised as Docker does.

Follows the grammar of https://github.com/distribution/reference (regexp.go, normalize.go); digests as in
https://github.com/opencontainers/image-spec/blob/main/descriptor.md#digests.
"""

import re
from dataclasses import dataclass, replace

from bot.errors import UserError

DOCKER_HUB = "docker.io"
_LEGACY_HUB = "index.docker.io"
_OFFICIAL = "library/"
_DEFAULT_TAG = "latest"

# Without the registry, as distribution/reference counts since 0.6.
MAX_REPOSITORY = 255
# The longest of every part together; keeps the expressions below from ever seeing a hostile length.
_MAX_TEXT = 1024
_HEX_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}

_LABEL = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_REGISTRY = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_HEX = re.compile(r"[a-f0-9]+")


class InvalidReference(UserError):
    """The text is no image reference; `reason` says why."""

    def __init__(self, text: str, reason: str) -> None:
        shown = text if len(text) <= 120 else text[:120] + "…"
        super().__init__(f"{shown!r} is not an image reference: {reason}")
        self.text = text
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Reference:
    """An image reference as written: what the text leaves out is None."""

    registry: str | None
    repository: str
    tag: str | None = None
    digest: str | None = None

    @classmethod
    def parse(cls, text: str) -> "Reference":
        """Read `ghcr.io/acme/shop:1@sha256:…`; raises InvalidReference for anything outside the grammar."""
        try:
            return _parse(text)
        except ValueError as exc:
            raise InvalidReference(text, str(exc)) from None

    def __str__(self) -> str:
        registry = f"{self.registry}/" if self.registry else ""
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{registry}{self.repository}{tag}{digest}"

    def normalized(self) -> "Reference":
        """Say what was left out: Docker Hub, its `library/`, the tag `latest` when there is no digest."""
        registry, repository = _full_name(self.registry, self.repository)
        tag = self.tag or (None if self.digest else _DEFAULT_TAG)
        return Reference(registry, repository, tag, self.digest)

    @property
    def name(self) -> str:
        """The normalised `registry/repository`, by which images are compared and credentials bound."""
        return "/".join(_full_name(self.registry, self.repository))

    def with_tag(self, tag: str | None) -> "Reference":
        """Return the same reference with another tag, or none."""
        if tag is not None and not _TAG.fullmatch(tag):
            raise InvalidReference(str(self), f"{tag[:150]!r} is not a tag")
        return replace(self, tag=tag)

    def with_digest(self, digest: str | None) -> "Reference":
        """Return the same reference with another digest, or none."""
        if digest is not None and not is_digest(digest):
            raise InvalidReference(str(self), f"{digest[:150]!r} is not a digest")
        return replace(self, digest=digest)


def is_tag(text: str) -> bool:
    """Say whether a text has the form of a tag."""
    return _TAG.fullmatch(text) is not None


def is_digest(text: str) -> bool:
    """Say whether text is `algorithm:hex` of an algorithm images use, in its exact length and lower case."""
    algorithm, _, encoded = text.partition(":")
    return len(encoded) == _HEX_LENGTHS.get(algorithm) and _HEX.fullmatch(encoded) is not None


def _parse(text: str) -> Reference:
    if not text:
        raise ValueError("it is empty")
    if len(text) > _MAX_TEXT:
        raise ValueError(f"it is longer than {_MAX_TEXT} characters")
    named, at, digest = text.partition("@")
    if at and not is_digest(digest):
        raise ValueError(
            "the digest must be sha256, sha384 or sha512 with its exact number of lower-case hex digits"
        )
    head, slash, last = named.rpartition("/")
    last, colon, tag = last.partition(":")
    if colon and not _TAG.fullmatch(tag):
        raise ValueError(
            "a tag has 1 to 128 letters, digits, '_', '.' or '-', and starts with neither '.' nor '-'"
        )
    registry, repository = _split_name(head + slash + last)
    _check_name(registry, repository)
    reference = Reference(registry, repository, tag if colon else None, digest if at else None)
    if len(str(reference.normalized())) > _MAX_TEXT:
        # What is stored and asked for is the full form, and it is read again.
        raise ValueError(f"with what it leaves out it is longer than {_MAX_TEXT} characters")
    return reference


def _split_name(name: str) -> tuple[str | None, str]:
    first, slash, rest = name.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost" or first != first.lower()):
        return first, rest
    return None, name


def _check_name(registry: str | None, repository: str) -> None:
    if registry is not None and not _REGISTRY.fullmatch(registry):
        raise ValueError("the part before the first '/' looks like a registry but is not a valid host")
    if repository != repository.lower():
        raise ValueError("the repository must be lower case")
    if not _REPOSITORY.fullmatch(repository):
        raise ValueError(
            "a repository consists of lower-case letters and digits, separated by '.', '_', '__', '-' or '/'"
        )
    if registry is None and len(repository) == 64 and _HEX.fullmatch(repository):
        raise ValueError("64 hexadecimal digits alone would be an image id")
    if len(_full_name(registry, repository)[1]) > MAX_REPOSITORY:
        raise ValueError(f"the repository is longer than {MAX_REPOSITORY} characters")


def _full_name(registry: str | None, repository: str) -> tuple[str, str]:
    registry = DOCKER_HUB if registry in (None, _LEGACY_HUB) else registry
    if registry == DOCKER_HUB and "/" not in repository:
        repository = _OFFICIAL + repository
    return registry or DOCKER_HUB, repository
