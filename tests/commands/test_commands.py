"""What counts as a command in a comment."""

import pytest

from bot.commands import MAX_COMMANDS, Command, Misunderstood, Verb, parse_commands

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
