"""Whose credentials: which of the operator's may be used for which image, on whose behalf.

A credential is bound to (GitHub repository pattern × image repository pattern). Of a docker config only
`auths` is read, https://docs.docker.com/reference/cli/docker/login/; its credential helpers would be programs
to run.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from bot.errors import ConfigError
from bot.image.reference import DOCKER_HUB, Reference
from bot.registry.model import Access

ANONYMOUS = "anonymous"
_HUB_KEYS = frozenset({"index.docker.io", "registry-1.docker.io", "docker.io"})


@dataclass(frozen=True, slots=True)
class Credential:
    """A user name and password with the images they are for and the GitHub repositories they serve.

    In both patterns `*` stands for any run of characters, slashes included.
    """

    images: str
    """`ghcr.io/acme/*`: what stands before the first slash is a registry by name, never a pattern."""
    username: str
    password: str = field(repr=False)
    repositories: str = "*"
    """`acme/*` on GitHub."""
    realm: str = ""
    """Another host, besides the registry itself, that issues its tokens and may see the password."""

    def __post_init__(self) -> None:
        registry, slash, _ = self.images.partition("/")
        if not slash or not registry or any(sign in registry for sign in "*?["):
            raise ConfigError(f"{self.images!r}: a credential names its registry, as in ghcr.io/acme/*")

    @property
    def id(self) -> str:
        """Names the credential in cache scopes, so that nothing of the secret is written there."""
        named = "\n".join((self.images, self.repositories, self.username))
        return hashlib.sha256(named.encode()).hexdigest()[:32]

    def serves(self, image: str, repository: str) -> bool:
        """Say whether it is bound to this normalised image name and this GitHub repository."""
        return fnmatchcase(image.lower(), self.images.lower()) and fnmatchcase(
            repository.lower(), self.repositories.lower()
        )


@dataclass(frozen=True, slots=True)
class Keychain:
    """The operator's credentials."""

    credentials: tuple[Credential, ...] = ()

    def choose(self, reference: Reference, access: Access) -> Credential | None:
        """Return the most closely bound credential that may be used, or None to ask anonymously.

        Without trust only images the target branch already names are served, so that nobody reads a private
        image by writing `FROM` it in a fork.
        """
        if not access.trusted and reference.name not in access.named_on_target:
            return None
        serving = [each for each in self.credentials if each.serves(reference.name, access.repository)]
        return max(serving, key=lambda each: (len(each.images), len(each.repositories)), default=None)

    def scope(self, reference: Reference, access: Access) -> str:
        """Return the access scope that answers for this image are cached in."""
        credential = self.choose(reference, access)
        return credential.id if credential else ANONYMOUS


def read_credentials(text: str) -> tuple[Credential, ...]:
    """Read the operator's table: a JSON list of objects with the fields of Credential."""
    try:
        rows = json.loads(text)
        return tuple(_credential(row) for row in rows)
    except (ValueError, TypeError, RecursionError):
        raise ConfigError(
            'the table of registry credentials is a JSON list of {"images": "ghcr.io/acme/*", '
            '"repositories": "acme/*", "username": …, "password": …} with an optional "realm"'
        ) from None


def _credential(row: object) -> Credential:
    if not isinstance(row, dict) or not all(isinstance(value, str) for value in row.values()):
        raise TypeError("not an object of strings")
    return Credential(**row)


def read_docker_config(text: str, repositories: str = "*") -> tuple[Credential, ...]:
    """Read the `auths` of a docker `config.json`; entries without a user name and password are left out."""
    try:
        document = json.loads(text)
        auths = document.get("auths", {})
        entries = [(str(key), value) for key, value in auths.items() if isinstance(value, dict)]
    except (ValueError, AttributeError, RecursionError):
        raise ConfigError("the docker config is not a JSON object with `auths`") from None
    return tuple(_from_entries(entries, repositories))


def _from_entries(
    entries: Iterable[tuple[str, dict[str, object]]], repositories: str
) -> Iterable[Credential]:
    for key, entry in entries:
        place, secret = _images(key), _secret(entry)
        if place and secret:
            yield Credential(place, *secret, repositories=repositories)


def _images(key: str) -> str:
    """Turn `https://index.docker.io/v1/` or podman's `ghcr.io/acme` into an image pattern."""
    try:
        url = urlsplit(key if "://" in key else f"//{key}")
    except ValueError:
        return ""
    host = DOCKER_HUB if url.netloc.lower() in _HUB_KEYS else url.netloc.lower()
    path = url.path.strip("/")
    if path in ("v1", "v2", ""):
        return f"{host}/*" if host else ""
    return f"{host}/{path}/*"


def _secret(entry: dict[str, object]) -> tuple[str, str] | None:
    username, password = entry.get("username"), entry.get("password")
    if isinstance(entry.get("auth"), str) and entry["auth"]:
        try:
            decoded = base64.b64decode(str(entry["auth"]), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            return None
        username, _, password = decoded.partition(":")
    if isinstance(username, str) and isinstance(password, str) and username and password:
        return username, password.rstrip("\0")
    return None
