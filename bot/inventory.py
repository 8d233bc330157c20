"""What an image contains, and what could not be looked at.

Pure values. `engine/` makes inventories of images, `review` predicts those of targets, `diff` compares them.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.package import Package
from bot.severity import Severity


class SkipKind(StrEnum):
    """Why something was not looked at; the gate treats each kind differently."""

    UNREADABLE = "unreadable"
    """It should have been read and was not: registry failure, damaged layer, a limit reached."""
    UNRESOLVED = "unresolved"
    """The reference depends on a value only the builder knows, such as an `ARG` without a default."""
    UNCOVERED = "uncovered"
    """It was read, but no imported advisory feed covers it, so nothing can be said about it."""
    UNCATALOGUED = "uncatalogued"
    """It was seen, and this version does not look into that kind of content yet."""
    UNADVISED = "unadvised"
    """It was read, and nobody publishes advisories for it that could be imported."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was not looked at. Always shown, and never the same as "nothing found"."""

    what: str
    why: str
    kind: SkipKind = SkipKind.UNREADABLE
    transient: bool = False
    """Caused by time, network or a limit: must not be cached, may differ at the next try."""


@dataclass(frozen=True, slots=True)
class Release:
    """The distribution release an image says it is, from its os-release file."""

    id: str
    version_id: str = ""
    pretty_name: str = ""
    codename: str = ""


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of an image's history. `layer` is the index of the layer it made, if it made one."""

    created_by: str
    layer: int | None


@dataclass(frozen=True, slots=True)
class ImageConfig:
    """The parts of an image configuration that say something about risk (OCI image-spec, config.md)."""

    os: str = ""
    architecture: str = ""
    variant: str = ""
    created: str = ""
    user: str = ""
    env: tuple[str, ...] = ()
    exposed_ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    labels: tuple[tuple[str, str], ...] = ()
    on_build: tuple[str, ...] = ()
    diff_ids: tuple[str, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    healthcheck: tuple[str, ...] = ()
    """Its command, the kind first: `CMD`, `CMD-SHELL`, `NONE`. Docker's form has it, OCI's does not."""
    entrypoint: tuple[str, ...] = ()
    cmd: tuple[str, ...] = ()
    cut: tuple[str, ...] = ()
    """Fields of which only the beginning was read."""


@dataclass(frozen=True, slots=True)
class InstalledPackage:
    """A package found in an image, and the layer where its unbroken run began (same name and version)."""

    package: Package
    layer: int
    layer_digest: str
    evidence: str
    """Path of the package database in the image, without a leading slash."""
    owner: str = ""
    """The system's package that owns that file. The distribution's advisories speak for it then, as it mends flaws
    without raising the version its language knows."""


@dataclass(frozen=True, slots=True, order=True)
class SetIdFile:
    """A file that runs as its owner or group."""

    path: str
    mode: int
    layer: int
    owner: str = ""
    """The system's package it belongs to; empty when none claims it."""


class SecretPlace(StrEnum):
    """Where in an image a secret stands."""

    FILE = "file"
    HISTORY = "history"
    ENV = "env"
    LABEL = "label"


@dataclass(frozen=True, slots=True, order=True)
class ImageSecret:
    """A secret in an image. The secret itself is nowhere kept."""

    rule: str
    title: str
    severity: Severity
    place: SecretPlace
    path: str
    """The file, or the name of the variable or label; empty for the history."""
    line: int
    """Of the file, else 0."""
    hint: str
    """A few of its first characters, the rest as dots."""
    fingerprint: str
    """HMAC of the secret, the same wherever it stands, of no use elsewhere."""
    layer: int | None = None
    layer_digest: str = ""
    deleted: bool = False
    """A later layer deletes the file; the layer still has it."""


@dataclass(frozen=True, slots=True)
class Inventory:
    """What one image, at an exact manifest digest, contains."""

    packages: tuple[InstalledPackage, ...] = ()
    release: Release | None = None
    config: ImageConfig = field(default_factory=ImageConfig)
    set_id_files: tuple[SetIdFile, ...] = ()
    secrets: tuple[ImageSecret, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    layers: tuple[str, ...] = ()
    """Blob digests of the layers, lowest first."""
    size: int = 0
    """Compressed bytes of all layers."""
