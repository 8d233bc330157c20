"""What can be said of the tags a base image could move to."""

from dataclasses import dataclass
from enum import StrEnum


class Track(StrEnum):
    """How far a move goes, from the smallest on. A proposal is on exactly one track."""

    DIGEST = "digest"
    """The same tag, whose content is newer."""
    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"
    VARIANT = "variant"
    """Another distribution release or flavour."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A tag worth moving to."""

    tag: str
    track: Track
    note: str = ""
    """What a person should know of it, such as that the current line is past its end of life."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A tag that is not proposed, and why."""

    tag: str
    reason: str


@dataclass(frozen=True, slots=True)
class Candidates:
    """Where a tag could move to: the smallest move first, and on one track the best first."""

    proposals: tuple[Proposal, ...]
    rejected: tuple[Rejection, ...]
