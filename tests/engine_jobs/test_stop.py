"""`plimsoll serve` as a service sees it: it stops when asked, keeps what is not done, and owns its data folder."""

import socket

import pytest

from bot import __version__
from bot.commandline.server import _bound, serve
from bot.errors import ConfigError
from bot.settings import Settings
from tests.engine_jobs.conftest import Shop
from tests.engine_jobs.serving import Serving, wait_until
from tests.fakes.github.fake import FakeGitHub

LONGER_THAN_ANY_GRACE = 20.0


def told(serving: Serving) -> list[str]:
    """What it said, apart from the one line of each start."""
    lines = serving.log.read_text().splitlines()
    return [line for line in lines if f" listens on {serving.url}/webhooks/github" not in line]


def test_it_says_where_it_listens_and_what_it_knows(serving: Serving) -> None:
    serving.start()
    (line,) = serving.log.read_text().splitlines()
    assert line.startswith(f"plimsoll {__version__} listens on {serving.url}/webhooks/github; ")
    assert str(serving.folder) in line
    assert "advisories: " in line


def test_it_stops_cleanly_when_asked_and_says_nothing(serving: Serving, shop: Shop) -> None:
    serving.start()
    pull = shop.open_pull()
    wait_until(lambda: bool(pull.bot_comments), "the review is told")
    serving.wait_until_idle()
    assert serving.stop() == 0
    assert told(serving) == []


def test_a_job_that_outlasts_the_grace_is_left_for_the_next_start(
    quick: Serving, shop: Shop, github: FakeGitHub
) -> None:
    quick.start()
    fault = github.fault(path="*/pulls/1", delay=LONGER_THAN_ANY_GRACE, status=200)
    pull = shop.open_pull()
    wait_until(lambda: fault.hits == 1, "the review waits for GitHub")
    assert quick.stop() == 0
    assert told(quick) == []
    assert pull.check.status == "in_progress"
    quick.start()
    wait_until(lambda: pull.check.status == "completed", "the review is finished")
    quick.wait_until_idle()
    assert pull.check.conclusion == "failure"
    assert len(pull.checks) == 1


def test_a_second_process_on_the_same_data_folder_is_refused_in_one_line(serving: Serving) -> None:
    serving.start()
    second = serving.begin()
    assert second.wait(30) == 2
    (line,) = told(serving)
    assert "another plimsoll process works on this data folder" in line
    assert "PLIMSOLL_DATA_DIR" in line


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://db/bot",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:x?mode=memory&uri=true",
    ],
)
def test_a_database_that_nothing_would_keep_from_a_second_process_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="PLIMSOLL_DATABASE_URL must name a SQLite file"):
        serve(Settings(database_url=url))


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_answers_are_sent_at_once(host: str) -> None:
    """Asyncio tells by the protocol that a socket is TCP; else each acknowledgement waits 40 ms for another's."""
    with _bound(host, 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
