"""What a repository wants of bumps: the `bump:` section of its file. The defaults need no file."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from zoneinfo import ZoneInfo

from bot.image.reference import Reference
from bot.image.tags.model import Track

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Treatment(StrEnum):
    """What is done with candidates of one track."""

    OPEN = "open"
    """A pull request is opened for them when they remove findings that gate."""
    OFFER = "offer"
    """They are recommended, and a person asks for the pull request with `/bump`."""
    SHOW = "show"
    """They are listed."""
    OFF = "off"
    """They are not even looked at."""


class Rebuild(StrEnum):
    """How a rebuild is asked for, when the same reference has become better."""

    DISPATCH = "dispatch"
    ISSUE = "issue"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Window:
    """When pull requests may be opened. A security fix waits for it too; what is open is kept up at any time."""

    days: tuple[str, ...] = WEEK
    start: time = time(0, 0)
    end: time = time(0, 0)
    """Equal to `start` for the whole day; before it for a night."""
    timezone: str = "UTC"

    def is_open(self, now: datetime) -> bool:
        """Whether `now`, an aware moment, lies in it. A night belongs to the day it begins on."""
        local = now.astimezone(ZoneInfo(self.timezone))
        day, clock = local.weekday(), local.time().replace(tzinfo=None)
        if self.start == self.end:
            return WEEK[day] in self.days
        if self.start < self.end:
            return WEEK[day] in self.days and self.start <= clock < self.end
        if clock >= self.start:
            return WEEK[day] in self.days
        return clock < self.end and WEEK[day - 1] in self.days

    def opens_after(self, now: datetime) -> datetime | None:
        """Return when it opens next; None when it is open, or never is."""
        if self.is_open(now):
            return None
        start = self.start if self.start != self.end else time(0, 0)
        today = now.astimezone(ZoneInfo(self.timezone)).date()
        days = (today + timedelta(days=number) for number in range(9))
        starts = (datetime.combine(day, start, ZoneInfo(self.timezone)).astimezone(UTC) for day in days)
        return next((begin for begin in starts if begin > now and self.is_open(begin)), None)


@dataclass(frozen=True, slots=True)
class CoolDown:
    """How many days old a candidate has to be, unless it removes findings that gate."""

    days: float = 3
    at_most: float = 14
    """Days after which waiting ends though newer content keeps coming, counted from when one was first due."""


@dataclass(frozen=True, slots=True)
class Ignore:
    """Candidates nobody wants, for now."""

    image: str
    """Pattern over the image as written or in full, without its tag: `node`, `ghcr.io/acme/*`."""
    tracks: tuple[Track, ...] = ()
    """Empty for all."""
    tag: str = ""
    """Pattern over the candidate's tag; empty for all."""
    until: date | None = None
    """The last day it holds; None for ever."""
    reason: str = ""

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.until is None or day <= self.until

    def covers(self, reference: Reference, tag: str, track: Track, day: date) -> bool:
        """Whether a candidate for an image is ignored on this day."""
        full = reference.name
        names = {full, full.removeprefix("docker.io/"), full.removeprefix("docker.io/library/")}
        return (
            self.holds(day)
            and (not self.tracks or track in self.tracks)
            and (not self.tag or fnmatchcase(tag, self.tag))
            and any(fnmatchcase(name, self.image) for name in names)
        )


DEFAULT_TRACKS = (
    (Track.DIGEST, Treatment.OPEN),
    (Track.PATCH, Treatment.OPEN),
    (Track.MINOR, Treatment.OFFER),
    (Track.MAJOR, Treatment.SHOW),
    (Track.VARIANT, Treatment.SHOW),
)


@dataclass(frozen=True, slots=True)
class BumpPolicy:
    """When a bump is opened, offered or only shown."""

    tracks: tuple[tuple[Track, Treatment], ...] = DEFAULT_TRACKS
    window: Window = field(default_factory=Window)
    limit: int = 5
    """Open bump pull requests a repository may have; 0 opens none."""
    labels: tuple[str, ...] = ("dependencies", "security")
    cool_down: CoolDown = field(default_factory=CoolDown)
    pin: bool = False
    """Write `tag@digest` everywhere, and keep the digest fresh."""
    rebuild: Rebuild = Rebuild.DISPATCH
    ignores: tuple[Ignore, ...] = ()

    def treatment(self, track: Track, *, over: bool = False) -> Treatment:
        """What is done with a track; what is only shown is offered once the current line is past its end of life."""
        found = dict(self.tracks).get(track, Treatment.SHOW)
        return Treatment.OFFER if over and found is Treatment.SHOW else found
