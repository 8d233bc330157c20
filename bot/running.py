"""What the instructions say about the container that runs; their base image decides where they are silent."""

from dataclasses import dataclass

from bot.location import Location


@dataclass(frozen=True, slots=True)
class Excuse:
    """A comment before an instruction that decides about the container, for rules that need the base image."""

    ids: tuple[str, ...]
    reason: str
    location: Location


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What the instructions say about the container that runs; where they are silent, the base image decides."""

    location: Location
    """The FROM of the stage that is shipped."""
    user: str | None = None
    """As the last USER says, variables put in; None without one, or when its value is not known."""
    user_unknown: str = ""
    """As written, where the last USER has a value that only the builder or the base image knows."""
    user_at: Location | None = None
    """The last USER."""
    healthcheck: bool | None = None
    """Whether the last HEALTHCHECK sets one; None without any."""
    scratch: bool = False
    """It begins with nothing."""
    excuses: tuple[Excuse, ...] = ()
    place: str = "final stage"
    """The stage, as the rules name it."""
    begins: int = 0
    """The line of the FROM that it goes back to, where several stages are shipped."""
    parts: tuple[str, ...] = ()
    """The ways to build it that it holds for, as `Base.part`; none where it holds for all."""
