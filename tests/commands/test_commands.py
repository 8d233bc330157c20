"""What counts as a command in a comment."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import MAX_COMMANDS, USAGE, Command, Misunderstood, Verb, parse_commands
from bot.image.tags.model import Track

RESCAN = Command(Verb.RESCAN)
FRESH = Command(Verb.RESCAN, frozenset({"--fresh"}))
HELP = Command(Verb.HELP)


@pytest.mark.parametrize(
    ("body", "commands"),
    [
        ("/rescan", [RESCAN]),
        ("/rescan   ", [RESCAN]),
        ("/rescan --fresh", [FRESH]),
        ("/rescan\t--fresh\r\n", [FRESH]),
        ("/rescan --fresh --fresh", [FRESH]),
        ("Hello\r\n\r\n/help\r\n/rescan", [HELP, RESCAN]),
        ("```\ncode\n```\n/rescan", [RESCAN]),
        ("> /help\n\n/rescan", [RESCAN]),
        ("<!-- a note -->\n/rescan", [RESCAN]),
        ("<!-- a\n--> <!-- b -->\n/rescan", [RESCAN]),
        ("", []),
        ("rescan", []),
        (" /rescan", []),
        ("\t/rescan", []),
        ("please /rescan", []),
        ("> /rescan", []),
        ("    /rescan", []),
        ("```\n/rescan\n```", []),
        ("```\n/rescan", []),
        ("````\n```\n/rescan\n````", []),
        ("~~~\n```\n/rescan\n~~~", []),
        ("<!--\n/rescan\n-->", []),
        ("<!-- never closed\n/rescan", []),
        ("/RESCAN", []),
        ("//rescan", []),
        ("/rescan/more", []),
        ("/etc/passwd", []),
        ("/approve", []),
        ("/" + "a" * 40, []),
        ("/ping", []),
        ("/pi", []),
        ("@dependabot rebase", []),
        ("@dependabot ignore this major version", []),
        ("/rebase " + "x" * 2000, []),
    ],
)
def test_commands(body: str, commands: list[Command]) -> None:
    assert parse_commands(body) == commands


@pytest.mark.parametrize(
    ("body", "written", "nearest"),
    [
        ("/rescann", "/rescann", "/rescan"),
        ("/re-scan", "/re-scan", "/rescan"),
        ("/halp", "/halp", "/help"),
        ("/rescan --frehs", "/rescan --frehs", "/rescan [--fresh]"),
        ("/rescan now", "/rescan now", "/rescan [--fresh]"),
        ("/help me", "/help me", "/help"),
    ],
)
def test_a_slip_names_the_nearest_command(body: str, written: str, nearest: str) -> None:
    assert parse_commands(body) == [Misunderstood(written, nearest)]


def test_a_comment_full_of_commands_is_cut() -> None:
    assert len(parse_commands("/rescan\n" * 1000)) == MAX_COMMANDS


def test_what_is_written_is_quoted_shortened() -> None:
    (slip,) = parse_commands("/rescan " + "x" * 150)
    assert isinstance(slip, Misunderstood)
    assert len(slip.written) <= 60


DAY = date(2027, 1, 31)
DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("/bump", Command(Verb.BUMP)),
        ("/bump minor", Command(Verb.BUMP, track=Track.MINOR)),
        ("/bump digest", Command(Verb.BUMP, track=Track.DIGEST)),
        ("/bump python", Command(Verb.BUMP, image="python")),
        ("/bump 3.12.8-slim", Command(Verb.BUMP, tag="3.12.8-slim")),
        ("/bump RELEASE.2024-01-01T00-00-00Z", Command(Verb.BUMP, tag="RELEASE.2024-01-01T00-00-00Z")),
        ("/bump python patch", Command(Verb.BUMP, image="python", track=Track.PATCH)),
        ("/bump python 3.12.8-slim", Command(Verb.BUMP, image="python", tag="3.12.8-slim")),
        ("/bump debian bookworm", Command(Verb.BUMP, image="debian", tag="bookworm")),
        ("/bump ghcr.io/acme/shop:1 2", Command(Verb.BUMP, image="ghcr.io/acme/shop:1", tag="2")),
        (f"/bump node:22@{DIGEST} digest", Command(Verb.BUMP, image=f"node:22@{DIGEST}", track=Track.DIGEST)),
        ("/pin", Command(Verb.PIN)),
        ("/rebase", Command(Verb.REBASE)),
        ("/recreate", Command(Verb.RECREATE)),
        ("/ignore this", Command(Verb.IGNORE, this=True)),
        ("/ignore this until=2027-01-31", Command(Verb.IGNORE, this=True, until=DAY)),
        ("/ignore major node", Command(Verb.IGNORE, image="node", track=Track.MAJOR)),
        (
            "/ignore major until=2027-01-31 node",
            Command(Verb.IGNORE, frozenset(), "node", Track.MAJOR, until=DAY),
        ),
        ("/ignore 22.* ghcr.io/acme/*", Command(Verb.IGNORE, image="ghcr.io/acme/*", tag="22.*")),
        ("/ignore * docker.io/node", Command(Verb.IGNORE, image="docker.io/library/node", tag="*")),
        ("/unignore", Command(Verb.UNIGNORE)),
        ("/unignore *", Command(Verb.UNIGNORE, image="*")),
        ("/unignore node", Command(Verb.UNIGNORE, image="node")),
        ("/show ignores", Command(Verb.SHOW)),
    ],
)
def test_commands_about_bumps(body: str, command: Command) -> None:
    (found,) = parse_commands(body)
    assert found == command


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ("/bump Python:3 patch", "/bump Python:3"),
        ("/bump python tag:x", "/bump tag:x"),
        ("/bump python patch now", "/bump now"),
        ("/bump https://evil.example/x", "/bump https://evil.example/x"),
        ("/pin node", "/pin node"),
        ("/rebase please", "/rebase please"),
        ("/ignore", "/ignore"),
        ("/ignore until=2027-01-31", "/ignore until=2027-01-31"),
        ("/ignore minor until=2027-02-30", "/ignore until=2027-02-30"),
        ("/ignore minor until=tomorrow", "/ignore until=tomorrow"),
        ("/ignore minor until=2027-1-1", "/ignore until=2027-1-1"),
        ("/ignore minor until=2027-01-01 until=2027-01-02", "/ignore until=2027-01-02"),
        ("/ignore minor node:20", "/ignore node:20"),
        ("/ignore minor node extra", "/ignore extra"),
        ("/ignore node minor", "/ignore minor"),
        ("/ignore minor major", "/ignore major"),
        ("/ignore node this", "/ignore this"),
        ("/ignore minor " + "*" * 9, "/ignore *********"),
        ("/ignore a|b node", "/ignore a|b"),
        ("/unignore node @acme", "/unignore @acme"),
        ("/unignore Node", "/unignore Node"),
        ("/show", "/show"),
        ("/show all", "/show all"),
    ],
)
def test_what_cannot_be_carried_out_is_answered_with_the_usage(body: str, written: str) -> None:
    verb = Verb(body[1:].split()[0])
    assert parse_commands(body) == [Misunderstood(written, USAGE[verb])]


def test_slips_of_short_commands_are_only_those_as_long() -> None:
    assert parse_commands("/bmup") == [Misunderstood("/bmup", "/bump")]
    assert parse_commands("/ingore this") == [Misunderstood("/ingore", "/ignore")]


@given(st.lists(st.text(max_size=40), max_size=6).map(" ".join), st.sampled_from(list(Verb)))
def test_no_words_break_it(words: str, verb: Verb) -> None:
    assert len(parse_commands(f"/{verb} {words}\n{words}")) <= MAX_COMMANDS


def test_a_long_line_of_blanks_takes_no_time() -> None:
    assert parse_commands(("/rescan" + "\t" * 1_400 + "x\n") * 40)[:1] == [
        Misunderstood("/rescan x", "/rescan [--fresh]")
    ]
