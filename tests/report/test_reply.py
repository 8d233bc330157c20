import pytest

from bot.report.reply import (
    NoPermission,
    UnknownCommand,
    render_help,
    render_reply,
)
from tests.golden import assert_golden


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (NoPermission("/rescan"), "`/rescan` needs write permission"),
        (UnknownCommand("/rescn", "/rescan"), "`/rescn` is no command. Did you mean `/rescan`?"),
        (UnknownCommand("/dance"), "`/dance` is no command. `/help` lists the commands."),
        (
            UnknownCommand("`@acme`|<b>", ""),
            "<code>&#96;@&#8203;acme&#96;&#124;&#60;b&#62;</code> is no command.",
        ),
    ],
)
def test_replies(reply, words):
    assert words in render_reply(reply)


def test_help():
    assert_golden("help.md", render_help("plimsoll"))
