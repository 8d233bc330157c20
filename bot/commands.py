"""Commands in pull request comments: one a line, at the start of the line, such as `/rescan --fresh`.

Code blocks, quotes and HTML comments are skipped, so quoting a command does not run it. A line that starts with a
slash but names none of our commands is somebody else's, unless it is close to one of ours.
"""

import difflib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from bot.image.reference import InvalidReference, Reference
from bot.image.tags.model import Track
from bot.policy import patterns


class Verb(StrEnum):
    """What can be asked for."""

    RESCAN = "rescan"
    BUMP = "bump"
    PIN = "pin"
    REBASE = "rebase"
    RECREATE = "recreate"
    IGNORE = "ignore"
    UNIGNORE = "unignore"
    SHOW = "show"
    HELP = "help"


USAGE: Mapping[Verb, str] = {
    Verb.RESCAN: "/rescan [--fresh]",
    Verb.BUMP: "/bump [IMAGE] [TRACK or TAG]",
    Verb.PIN: "/pin",
    Verb.REBASE: "/rebase",
    Verb.RECREATE: "/recreate",
    Verb.IGNORE: "/ignore WHAT [IMAGE] [until=YYYY-MM-DD]",
    Verb.UNIGNORE: "/unignore [IMAGE or *]",
    Verb.SHOW: "/show ignores",
    Verb.HELP: "/help",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command with what was said after it; what its verb does not take is empty."""

    verb: Verb
    options: frozenset[str] = frozenset()
    image: str = ""
    """`/bump`: a reference as written. `/ignore`, `/unignore`: a pattern without a tag, or `*` for all."""
    track: Track | None = None
    tag: str = ""
    """`/bump`: the tag to move to. `/ignore`: a pattern over tags."""
    this: bool = False
    """`/ignore this`: what the bot proposes here."""
    until: date | None = None
    """The last day it holds."""


@dataclass(frozen=True, slots=True)
class Misunderstood:
    """A line that was meant for us but cannot be carried out. `nearest` is the closest thing that can."""

    written: str
    nearest: str


THIS = "this"
MAX_COMMANDS = 10
MAX_WRITTEN = 60
SHORT = 4
LONGEST_LINE = 1_500
HEAD = re.compile(r"/([a-z][a-z-]{0,30})(?=[ \t]|$)")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def parse_commands(body: str) -> list[Command | Misunderstood]:
    """Read the commands of a comment, in order; at most ten."""
    found = (_parse_line(line) for line in _spoken_lines(body))
    return [command for command in found if command is not None][:MAX_COMMANDS]


def _spoken_lines(body: str) -> list[str]:
    """Lines outside code fences, indented code, quotes and HTML comments."""
    spoken: list[str] = []
    fence = ""
    for line in _without_html_comments(body).splitlines():
        mark = FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        elif line.startswith("/"):
            spoken.append(line)
    return spoken


def _without_html_comments(body: str) -> str:
    parts = body.split("<!--")
    return parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])


def _parse_line(line: str) -> Command | Misunderstood | None:
    match = HEAD.match(line) if len(line) <= LONGEST_LINE else None
    if match is None:
        return None
    word, words = match[1], line[match.end() :].split()
    if word not in {verb.value for verb in Verb}:
        near = _near(word)
        return Misunderstood(f"/{word}", f"/{near}") if near else None
    verb = Verb(word)
    try:
        return PARSERS[verb](verb, words)
    except ValueError as exc:
        culprit = str(exc)
        return Misunderstood(f"/{verb} {culprit}".rstrip()[:MAX_WRITTEN], USAGE[verb])


def _near(word: str) -> str:
    """The verb that a slip resembles. Of short ones only those as long: `/ping` is somebody else's."""
    verbs = [verb.value for verb in Verb if len(verb) > SHORT or len(verb) == len(word)]
    return next(iter(difflib.get_close_matches(word, verbs, n=1, cutoff=0.75)), "")


# A parser raises ValueError with the word that it does not understand; empty when one is missing.
Parser = Callable[[Verb, Sequence[str]], Command]


def _rescan(verb: Verb, words: Sequence[str]) -> Command:
    options = frozenset(words)
    if unknown := options - {"--fresh"}:
        raise ValueError(min(unknown))
    return Command(verb, options)


def _alone(verb: Verb, words: Sequence[str]) -> Command:
    if words:
        raise ValueError(words[0])
    return Command(verb)


def _show(verb: Verb, words: Sequence[str]) -> Command:
    if list(words) != ["ignores"]:
        raise ValueError(words[-1] if words else "")
    return Command(verb)


def _bump(verb: Verb, words: Sequence[str]) -> Command:
    """Read `[image] [track or tag]`. A single word that is no track and starts with a digit is a tag."""
    if len(words) > 2:
        raise ValueError(words[2])
    image, what = ("", "") if not words else (words[0], words[1]) if len(words) == 2 else _one(words[0])
    if image:
        _check(image, Reference.parse)
    track = patterns.track_of(what)
    if what and track is None and not patterns.is_tag(what):
        raise ValueError(what)
    return Command(verb, image=image, track=track, tag="" if track else what)


def _one(word: str) -> tuple[str, str]:
    is_target = patterns.track_of(word) or (
        patterns.is_tag(word) and (word[0].isdigit() or word != word.lower())
    )
    return ("", word) if is_target else (word, "")


def _ignore(verb: Verb, words: Sequence[str]) -> Command:
    """Read `what [image] [until=day]`, the day in any place after what."""
    days = [word for word in words if word.startswith("until=")]
    rest = [word for word in words if not word.startswith("until=")]
    if not rest or len(rest) > 2 or len(days) > 1:
        raise ValueError(rest[2] if len(rest) > 2 else days[-1] if days else "")
    until = None
    if days:
        _check(days[0], lambda word: patterns.day(word.partition("=")[2]))
        until = patterns.day(days[0].partition("=")[2])
    if len(rest) == 2 and (rest[1] == THIS or patterns.track_of(rest[1])):
        # The other way round, or two of them: no image is called so.
        raise ValueError(rest[1])
    what, image = rest[0], _pattern(rest[1]) if len(rest) == 2 else ""
    if what == THIS:
        return Command(verb, image=image, this=True, until=until)
    track = patterns.track_of(what)
    if track is None:
        _check(what, patterns.tag_pattern)
    return Command(verb, image=image, track=track, tag="" if track else what, until=until)


def _unignore(verb: Verb, words: Sequence[str]) -> Command:
    if len(words) > 1:
        raise ValueError(words[1])
    return Command(verb, image=_pattern(words[0]) if words else "")


def _pattern(word: str) -> str:
    _check(word, patterns.image_pattern)
    return patterns.image_pattern(word)


def _check(word: str, read: Callable[[str], object]) -> None:
    """Let a reader look at a word; raise ValueError with the word itself when it refuses."""
    try:
        read(word)
    except (ValueError, InvalidReference):
        raise ValueError(word) from None


PARSERS: Mapping[Verb, Parser] = {
    Verb.RESCAN: _rescan,
    Verb.BUMP: _bump,
    Verb.PIN: _alone,
    Verb.REBASE: _alone,
    Verb.RECREATE: _alone,
    Verb.IGNORE: _ignore,
    Verb.UNIGNORE: _unignore,
    Verb.SHOW: _show,
    Verb.HELP: _alone,
}
