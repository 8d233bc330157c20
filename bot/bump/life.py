"""The life of a bump pull request: what there is and what is wanted → what to do about it. Pure.

A pull request that people have worked on is theirs: it is left alone, whatever is wanted. One that a person closed
comes back only for a critical flaw that was not known then, or because a person asks.
"""

from dataclasses import dataclass
from enum import StrEnum


class BumpState(StrEnum):
    """How the last pull request of a family and target branch stands, as stored."""

    OPENING = "opening"
    """Being made or written anew: its branch may be there, and its pull request may not yet say what it does."""
    OPEN = "open"
    CLOSING = "closing"
    """Being closed by us: its branch may still be there."""
    CLOSED = "closed"
    """Closed by us: superseded, or no longer needed."""
    REFUSED = "refused"
    """Closed by a person."""
    MERGED = "merged"


class Asked(StrEnum):
    """What a person asks of a bump pull request."""

    NOTHING = ""
    BUMP = "bump"
    REBASE = "rebase"
    """Write it again on the tip of the target branch, unless people have committed to it."""
    RECREATE = "recreate"
    """Write it again, whoever committed to it."""


@dataclass(frozen=True, slots=True)
class Existing:
    """The last bump pull request of a family and target branch, as the store and GitHub tell."""

    state: BumpState
    content: str
    """Hash of what it changes."""
    critical: frozenset[str] = frozenset()
    """Critical flaws it was known to clear."""
    base: str = ""
    """The commit it stands on."""
    is_open: bool = False
    """GitHub shows it open, whatever the store says."""
    strangers: tuple[str, ...] = ()
    """People who committed to its branch."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the family's pull request should be now."""

    content: str
    critical: frozenset[str] = frozenset()
    tip: str = ""
    """The commit it would stand on."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the policy leaves to new pull requests."""

    open_now: int
    limit: int
    in_window: bool = True

    def refusal(self, asked: Asked) -> str:
        """Why no pull request may be opened now, if none may. A person's wish waits for no window."""
        if self.open_now >= self.limit:
            return (
                f"{self.open_now} bump pull requests are open, and `bump: limit` allows {self.limit}"
                if self.limit
                else "`bump: limit` is 0, so no bump pull request is opened"
            )
        if not self.in_window and asked is Asked.NOTHING:
            return "it is outside the `bump: schedule` of this repository"
        return ""


@dataclass(frozen=True, slots=True)
class Open:
    """Open a pull request."""


@dataclass(frozen=True, slots=True)
class Update:
    """Write the open pull request anew on the tip of the target branch."""


@dataclass(frozen=True, slots=True)
class Leave:
    """Do nothing; `why` is empty when everything is as it should be."""

    why: str = ""
    by_people: bool = False
    """It is left to the people who committed to it, which is said in it once."""
    in_the_way: bool = False
    """The owner of the repository has to do something about it."""


@dataclass(frozen=True, slots=True)
class Close:
    """Close the open pull request, saying why, and delete its branch."""

    reason: str


Action = Open | Update | Leave | Close

REFUSED = "a person closed it, and no critical vulnerability has become known since that it would clear"


def decide(
    existing: Existing | None,
    wish: Wish | None,
    room: Room,
    *,
    asked: Asked = Asked.NOTHING,
    not_needed: str = "",
) -> Action:
    """Say what to do; `not_needed` is why nothing is wanted, when nothing is."""
    if existing is not None and existing.is_open:
        return _of_open(existing, wish, asked, not_needed)
    if wish is None:
        return Leave(not_needed)
    if asked in (Asked.REBASE, Asked.RECREATE):
        return Leave("this pull request is not open")
    if existing is not None and existing.state is BumpState.REFUSED and asked is Asked.NOTHING:
        if not wish.critical - existing.critical:
            return Leave(REFUSED)
        if existing.strangers:
            return Leave(_theirs(existing), by_people=True)
    refusal = room.refusal(asked)
    return Leave(refusal) if refusal else Open()


def _of_open(existing: Existing, wish: Wish | None, asked: Asked, not_needed: str) -> Action:
    if existing.strangers and asked is not Asked.RECREATE:
        return Leave(_theirs(existing), by_people=True)
    if wish is None:
        return Close(not_needed)
    moved = asked in (Asked.REBASE, Asked.RECREATE) and wish.tip != existing.base
    if existing.content != wish.content or moved or (existing.strangers and asked is Asked.RECREATE):
        return Update()
    return Leave()


def _theirs(existing: Existing) -> str:
    people = ", ".join(existing.strangers[:3])
    more = f" and {len(existing.strangers) - 3} more" if len(existing.strangers) > 3 else ""
    return f"{people}{more} committed to its branch; `/recreate` writes it anew without those commits"
