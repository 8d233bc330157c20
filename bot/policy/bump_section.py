"""The `bump:` section of the repository file: which candidates open pull requests, when, and how many."""

import re
from collections.abc import Callable, Sequence
from datetime import time
from difflib import get_close_matches
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

from bot.image.tags.model import Track
from bot.policy import patterns, tree
from bot.policy.bumps import (
    DEFAULT_TRACKS,
    WEEK,
    BumpPolicy,
    CoolDown,
    Ignore,
    Rebuild,
    Treatment,
    Window,
)
from bot.policy.fields import Section, Value
from bot.policy.tree import Scalar

T = TypeVar("T")
KEYS = ("tracks", "schedule", "limit", "labels", "cool-down", "pin", "rebuild", "ignore")
SCHEDULE_KEYS = ("days", "from", "to", "timezone")
COOL_DOWN_KEYS = ("days", "at-most")
IGNORE_KEYS = ("image", "tracks", "tag", "until", "reason")
MOST_OPEN = 100
MOST_LABELS = 20
LONGEST_LABEL = 50
MOST_DAYS = 365
MOST_IGNORES = 200
LONGEST_REASON = 500
TRACKS = {track.value: track for track in Track}
TREATMENTS = {treatment.value: treatment for treatment in Treatment}
REBUILDS = {rebuild.value: rebuild for rebuild in Rebuild}
LONG_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DAYS = dict(zip(WEEK, WEEK, strict=True)) | dict(zip(LONG_DAYS, WEEK, strict=True))
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_ZONE = re.compile(r"[A-Za-z][A-Za-z0-9_+\-/]{0,63}")


def bump_policy(value: Value) -> BumpPolicy:
    """Read the whole section."""
    section, default = _section(value, KEYS), BumpPolicy()
    return BumpPolicy(
        tracks=section.read("tracks", _tracks, default.tracks),
        window=section.read("schedule", _window, default.window),
        limit=section.read("limit", _limit, default.limit),
        labels=section.read("labels", _labels, default.labels),
        cool_down=section.read("cool-down", _cool_down, default.cool_down),
        pin=section.read("pin", Value.flag, default.pin),
        rebuild=section.read("rebuild", lambda each: each.one_of(REBUILDS), default.rebuild),
        ignores=section.read("ignore", _ignores, default.ignores),
    )


def _section(value: Value, keys: Sequence[str]) -> Section:
    return Section(value.node, value.place, keys, value.problems)


def _tracks(value: Value) -> tuple[tuple[Track, Treatment], ...]:
    default = dict(DEFAULT_TRACKS)
    if isinstance(value.node, tree.Mapping):
        section = _section(value, tuple(TRACKS))
        return tuple(
            (track, section.read(name, lambda each: each.one_of(TREATMENTS), default[track]))
            for name, track in TRACKS.items()
        )
    opened = _some(value, TRACKS)
    return tuple((track, _unless_opened(treatment, track in opened)) for track, treatment in DEFAULT_TRACKS)


def _unless_opened(treatment: Treatment, opened: bool) -> Treatment:
    """What a list of tracks leaves out is not opened: a person may still ask for it."""
    if opened:
        return Treatment.OPEN
    return Treatment.OFFER if treatment is Treatment.OPEN else treatment


def _some(value: Value, known: dict[str, T]) -> tuple[T, ...]:
    """One of the words, or a list of them; each wrong one is a problem of its own."""
    if isinstance(value.node, Scalar):
        return (value.one_of(known),)
    words = (each.read(lambda word: word.one_of(known), None) for each in value.items())
    return tuple(dict.fromkeys(word for word in words if word is not None))


def _window(value: Value) -> Window:
    section, default = _section(value, SCHEDULE_KEYS), Window()
    return Window(
        days=section.read("days", _days, default.days),
        start=section.read("from", _clock, default.start),
        end=section.read("to", _clock, default.end),
        timezone=section.read("timezone", _zone, default.timezone),
    )


def _days(value: Value) -> tuple[str, ...]:
    days = _some(value, DAYS)
    if isinstance(value.node, tree.Listing) and not value.node.items:
        raise ValueError(f"must name at least one of {', '.join(WEEK)} (limit: 0 opens nothing at all)")
    return tuple(day for day in WEEK if day in days)


def _clock(value: Value) -> time:
    found = _CLOCK.fullmatch(value.text())
    if found is None:
        raise ValueError("must be a time of day, such as 09:00")
    return time(int(found[1]), int(found[2]))


def _zone(value: Value) -> str:
    name = value.text()
    try:
        if not _ZONE.fullmatch(name):
            raise ValueError(name)
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        likely = get_close_matches(name[:64], _zones(), n=1) or ["Europe/Berlin"]
        raise ValueError(f"must be a time zone of the IANA database, such as {likely[0]}") from None
    return name


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


def _limit(value: Value) -> int:
    number = value.number(MOST_OPEN)
    if number != int(number):
        raise ValueError(f"must be a whole number from 0 to {MOST_OPEN}")
    return int(number)


def _labels(value: Value) -> tuple[str, ...]:
    labels = tuple(dict.fromkeys(each.text().strip() for each in value.items()))
    if len(labels) > MOST_LABELS or any(not 0 < len(label) <= LONGEST_LABEL for label in labels):
        raise ValueError(f"must be at most {MOST_LABELS} labels of 1 to {LONGEST_LABEL} characters each")
    return labels


def _cool_down(value: Value) -> CoolDown:
    default = CoolDown()
    if isinstance(value.node, Scalar):
        days = value.number(MOST_DAYS)
        return CoolDown(days, max(days, default.at_most))
    section = _section(value, COOL_DOWN_KEYS)
    days = section.read("days", lambda each: each.number(MOST_DAYS), default.days)
    at_most = section.read("at-most", lambda each: each.number(MOST_DAYS), max(days, default.at_most))
    if at_most < days:
        raise ValueError("must not end (at-most) before it is due (days)")
    return CoolDown(days, at_most)


def _ignores(value: Value) -> tuple[Ignore, ...]:
    items = list(value.items())
    if len(items) > MOST_IGNORES:
        raise ValueError(f"must be at most {MOST_IGNORES} entries")
    return tuple(each.read(_ignore, Ignore("")) for each in items)


def _ignore(value: Value) -> Ignore:
    section = _section(value, IGNORE_KEYS)
    if isinstance(value.node, tree.Mapping) and section.node("image") is None:
        raise ValueError("must name an image")
    return Ignore(
        image=section.read("image", _checked(patterns.image_pattern), ""),
        tracks=section.read("tracks", lambda each: _some(each, TRACKS), ()),
        tag=section.read("tag", _checked(patterns.tag_pattern), ""),
        until=section.read("until", _checked(patterns.day), None),
        reason=section.read("reason", _reason, ""),
    )


def _checked(check: Callable[[str], T]) -> Callable[[Value], T]:
    return lambda value: check(value.text())


def _reason(value: Value) -> str:
    text = value.text().strip()
    if len(text) > LONGEST_REASON:
        raise ValueError(f"must be at most {LONGEST_REASON} characters")
    return text
