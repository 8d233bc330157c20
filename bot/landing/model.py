"""What lands where, as values."""

from dataclasses import dataclass

from bot.inspection import Gap, Location


@dataclass(frozen=True, slots=True)
class Landing:
    """A lockfile that a build takes in, and what becomes of it."""

    path: str
    """Of the lockfile, in the repository."""
    location: Location
    """The instruction that takes it in."""
    stage: str
    shipped: bool
    development: bool
    """What is only needed to develop comes with it."""
    why: str
    """How it gets there, in words."""
    rank: int = 0
    """How directly it is shipped: of several ways the lowest counts."""
    constraints: tuple[str, ...] = ()
    """Files of the repository that the command names to tell versions."""
    called: str = ""
    """The lockfile's name that an instruction gives it, which says how it is read; empty for its own."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Everything that lands in one Dockerfile, and what could not be told."""

    landings: tuple[Landing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    context: str = ""
    """The folder that is the build context; empty for the repository's own."""
    served: frozenset[tuple[int, str]] = frozenset()
    """(line, command) pairs of the installs that read some of these lockfiles."""
    carrying: frozenset[tuple[int, int]] = frozenset()
    """Spans of the instructions that take over what was made from them."""
    left_aside: tuple[tuple[str, str], ...] = ()
    """(lockfile, why it counts for nothing) pairs of those that were near."""
