"""What a registry answers, as values the rest of the bot passes around."""

from dataclasses import dataclass

from bot.image.platform import Platform
from bot.image.reference import Reference


@dataclass(frozen=True, slots=True)
class Descriptor:
    """A pointer to content by digest (OCI image-spec, descriptor.md)."""

    media_type: str
    digest: str
    size: int


@dataclass(frozen=True, slots=True)
class ResolvedImage:
    """A reference resolved once: afterwards everything goes by digest."""

    reference: Reference
    """As written, normalised."""
    index_digest: str
    """Digest of the body the reference named: the index's, or the manifest's when there is no index."""
    manifest_digest: str
    """Digest of the manifest for `platform`."""
    platform: Platform


@dataclass(frozen=True, slots=True)
class Manifest:
    """One image manifest for one platform."""

    digest: str
    config: Descriptor
    layers: tuple[Descriptor, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """On whose behalf the registry is asked: decides which credentials may be used.

    A credential is bound to (GitHub repository pattern × image repository pattern). When `trusted` is false
    (a fork, an author without write permission) it serves only image repositories in `named_on_target`.
    """

    repository: str
    """`owner/name` on GitHub; empty for a local review."""
    trusted: bool = True
    named_on_target: frozenset[str] = frozenset()
    """Normalised `registry/repository` names that the target branch already uses."""


@dataclass(frozen=True, slots=True)
class TagList:
    """The tags of an image repository, as far as its registry lists them."""

    tags: tuple[str, ...]
    stale: str = ""
    """Why it may be old, if it may: the registry did not answer, and this is what it said before."""
    incomplete: str = ""
    """Why tags may be missing, if they may: there are more than are read."""


@dataclass(frozen=True, slots=True)
class ImageDetails:
    """What a registry tells of an image besides its content. Whatever is not known is empty."""

    platforms: tuple[str, ...] = ()
    published: str = ""
    """When the registry says it was last changed: ISO date and time, in UTC."""
    signer: str = ""
    """Who claims to have signed it, unverified."""
