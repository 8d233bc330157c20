"""What files other than Dockerfiles say of images: which they use, and which Dockerfiles they build with what.

Spans are (start, end) offsets in the decoded text of the file, as in `bot.dockerfile`.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from bot.dockerfile.paths import is_dockerfile
from bot.dockerfile.traced import Traced
from bot.image.reference import Reference

Span = tuple[int, int]


class ManifestKind(StrEnum):
    """The kinds of files that name images."""

    COMPOSE = "compose"
    KUBERNETES = "kubernetes"
    HELM_VALUES = "helm"
    DEVCONTAINER = "devcontainer"
    BAKE = "bake"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of the file that holds a part of a reference."""

    what: str
    """`whole` for all of it, or `registry`, `repository`, `tag`, `digest` where a file keeps them apart."""
    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class ManifestUse:
    """One place where a file names an image. Either `reference` or `unresolved` is set."""

    kind: ManifestKind
    name: str
    """What uses it, as a person would say: `service web`, `Deployment shop, container app`, `job test`."""
    written: str
    start_line: int
    end_line: int
    span: Span
    reference: Reference | None
    unresolved: str = ""
    """Why there is no reference: a variable without a value, a template, or what is wrong with the text."""
    parts: tuple[Part, ...] = ()
    """Where what `replace` would change stands; empty when nothing here can be changed."""
    platform: str = ""
    shipped: bool = True
    """It runs in production as far as the file tells; false for continuous integration and development."""
    resolved: Traced | None = field(default=None, repr=False, compare=False)
    """The text of the reference, each character with its place in the file."""


@dataclass(frozen=True, slots=True)
class BuildArg:
    """A value that a file gives to an `ARG`."""

    name: str
    value: str
    line: int
    span: Span | None = None
    """Where the value stands, quotes excluded; None when it is not written as it is, so nothing can be changed."""
    unresolved: str = ""
    """Why the value is not known, when it is not; `value` is then what is written, which is no reference."""
    resolved: Traced | None = field(default=None, repr=False, compare=False)
    """The value, each character with its place in the file."""


@dataclass(frozen=True, slots=True)
class Build:
    """A Dockerfile that a file has built."""

    kind: ManifestKind
    name: str
    dockerfile: str
    """Path in the repository, normalised, without a leading slash."""
    args: tuple[BuildArg, ...] = ()
    line: int = 1
    path: str = ""
    """The file that says so."""
    target: str = ""
    """The stage that is built; empty for the last."""
    context: str | None = None
    """The folder whose files the build sees, empty for the repository's own; None when it is not known."""
    contexts: tuple[str, ...] = ()
    """Names that mean something else in this build than the image of that name."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one file says."""

    path: str
    kind: ManifestKind
    uses: tuple[ManifestUse, ...] = ()
    builds: tuple[Build, ...] = ()
    problem: str = ""
    """Why it could not be read, if so; nothing else is set then."""
    line: int = 1
    foreign: str = ""
    """Why it could not be read, where it is likely no file that uses images: to be said only if it was one before."""

    def unread_builds(self) -> tuple[Build, ...]:
        """Builds of Dockerfiles that are not known as such by their names."""
        return tuple(build for build in self.builds if not is_dockerfile(build.dockerfile))
