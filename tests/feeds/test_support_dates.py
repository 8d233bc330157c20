"""Support dates from endoflife.date: both forms of its API, and failures that leave the table in use alone."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.feeds.lifecycle import LifecycleFile, read_state
from bot.feeds.lifecycle_update import LifecycleReport, update_lifecycle
from bot.feeds.problems import LifecycleUnavailable
from bot.image.lifecycle import Lifecycle
from bot.image.lifecycle.reading import LifecycleUnreadable, write_cycle

BASE = "https://dates.test/api/v1"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
OURS = Lifecycle.default()


def line(name: str, ends: str | None, **more: Any) -> dict[str, Any]:
    """One line in the form of the API's version 1."""
    plain = {"isLts": False, "ltsFrom": None, "isEol": False, "releaseDate": "2026-11-01", "codename": None}
    return {"name": name, "eolFrom": ends, **plain, **more}


class World:
    """A web server with a line for each product, and the file."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "data" / "lifecycle.json"
        self.file = LifecycleFile(self.path)
        self.lines: dict[str, Any] = {}
        self.asked: list[str] = []

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        product = request.url.path.rstrip("/").rpartition("/")[2]
        answer = self.lines.get(product, [line("99", "2030-01-31")])
        if isinstance(answer, httpx.Response | bytes):
            return answer if isinstance(answer, httpx.Response) else httpx.Response(200, content=answer)
        return httpx.Response(200, json={"schema_version": "1.2.0", "result": {"releases": answer}})

    async def update(
        self,
        base: str = BASE,
        handler: Callable[[httpx.Request], httpx.Response] | None = None,
        **rest: float,
    ) -> LifecycleReport:
        def send(request: httpx.Request) -> httpx.Response:
            answer = (handler or self.answer)(request)
            return httpx.Response(
                answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.content)
            )

        async with httpx.AsyncClient(transport=httpx.MockTransport(send)) as client:
            return await update_lifecycle(base, self.path, client, now=NOW, **rest)

    def ends(self, product: str, word: str) -> date | None:
        found = self.file.current().find(product, word)
        return found.ends if found else None


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


async def test_what_is_fetched_is_in_use_at_once(world: World) -> None:
    assert world.ends("python", "3.99") is None
    world.lines["python"] = [line("3.99", "2035-10-31"), line("3.12", "2029-01-01")]
    report = await world.update()
    assert (report.fetched, report.failed) == (date(2026, 11, 21), ())
    assert world.ends("python", "3.99.1") == date(2035, 10, 31)
    assert world.ends("python", "3.12") == date(2029, 1, 1)
    # What is not named any more is still known.
    assert world.ends("python", "3.11") == date(2027, 10, 31)
    state = world.file.state()
    assert (state.fetched, state.source, state.problem) == (date(2026, 11, 21), BASE, "")
    assert [path.name for path in world.path.parent.iterdir()] == ["lifecycle.json"]


async def test_every_product_is_asked_for_in_the_form_of_version_1(world: World) -> None:
    await world.update()
    assert {f"/api/v1/products/{name}/" for name in OURS.products} - set(world.asked) == {
        "/api/v1/products/azure-linux/"
    }


async def test_the_older_form_is_read_too(world: World) -> None:
    older = [
        {"cycle": "26", "codename": "Lithium", "lts": "2026-10-28", "eol": "2029-04-30"},
        {"cycle": 25, "lts": False, "eol": True},
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        found = request.url.path == "/api/nodejs.json"
        return httpx.Response(200, json=older) if found else httpx.Response(404)

    report = await world.update("https://dates.test/api", answer)
    assert report.products == 1
    nodejs = world.file.current().find("nodejs", "lithium")
    assert nodejs is not None
    assert (nodejs.name, nodejs.lts_from, nodejs.ends) == ("26", date(2026, 10, 28), date(2029, 4, 30))
    ended = world.file.current().find("nodejs", "25")
    assert ended is not None
    assert (ended.ended, ended.ends, ended.is_over(date(2020, 1, 1))) == (True, None, True)


async def test_what_version_1_says_of_long_term_and_free_support(world: World) -> None:
    world.lines["nodejs"] = [line("28", "2031-04-30", ltsFrom="2028-10-28"), line("24", "2028-04-30")]
    world.lines["debian"] = [line("13", "2028-08-09", eoesFrom="2030-06-30", codename="Trixie")]
    world.lines["ubuntu"] = [
        line("26.04", "2031-05-29", eoesFrom="2036-04-23", codename="Resolute Raccoon", isLts=True)
    ]
    await world.update()
    table = world.file.current()
    coming, named = table.find("nodejs", "28"), table.find("nodejs", "krypton")
    assert coming is not None
    assert named is not None
    assert (coming.is_lts(date(2028, 10, 27)), coming.is_lts(date(2028, 10, 28))) == (False, True)
    assert named.name == "24"
    assert (world.ends("debian", "trixie"), world.ends("ubuntu", "resolute")) == (
        date(2030, 6, 30),
        date(2031, 5, 29),
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(500), "/products/python/ answered 500"),
        (httpx.Response(200, content=b"<html>"), "is not JSON"),
        (httpx.Response(200, content=b"[" * 100_000), "is not JSON"),
        (httpx.Response(200, content=b" " * 2_000_001), "more than 2000000 bytes"),
        (httpx.Response(200, json={"result": None}), "there is no list of lines"),
        ([], "names no line"),
        ([line("3.99", "soon")], "'soon' is no day"),
        ([line("3.99", None, isEol="no")], "neither true nor false"),
        ([line("", None)], "a line has no name"),
        ([1], "a line is not an object"),
        ([line(str(number), None) for number in range(2001)], "longer than 2000"),
    ],
)
async def test_a_product_whose_answer_cannot_be_used_keeps_its_dates(
    world: World, answer: object, says: str
) -> None:
    world.lines["python"] = [line("3.99", "2035-10-31")]
    await world.update()
    world.lines["python"] = answer
    world.lines["ruby"] = [line("9.9", "2040-03-31")]
    report = await world.update()
    ((product, reason),) = report.failed
    assert (product, says in reason) == ("python", True), reason
    assert (world.ends("python", "3.99"), world.ends("ruby", "9.9")) == (
        date(2035, 10, 31),
        date(2040, 3, 31),
    )


def refused(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("nobody there")


@pytest.mark.parametrize(
    ("handler", "says"),
    [
        (refused, "https://dates.test/api/v1: nobody there"),
        (lambda _: httpx.Response(404), "/products/almalinux/ answered 404"),
        (lambda _: httpx.Response(301, headers={"Location": "http://dates.test/"}), "from https to 'http'"),
    ],
)
async def test_a_site_that_fails_leaves_the_table_in_use(world: World, handler: Any, says: str) -> None:
    world.lines["python"] = [line("3.99", "2035-10-31")]
    await world.update()
    with pytest.raises(LifecycleUnavailable, match="The ones in use stay in use") as failure:
        await world.update(handler=handler)
    assert says in str(failure.value)
    assert world.ends("python", "3.99") == date(2035, 10, 31)


async def test_a_redirect_is_followed(world: World) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "dates.test":
            return httpx.Response(308, headers={"Location": f"https://other.test{request.url.path}"})
        return world.answer(request)

    assert (await world.update(handler=answer)).failed == ()


async def test_only_so_long_is_waited(world: World) -> None:
    async def hang(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with httpx.AsyncClient(transport=httpx.MockTransport(hang)) as client:
        with pytest.raises(LifecycleUnavailable, match=r"took longer than 0\.05 seconds"):
            await update_lifecycle(BASE, world.path, client, now=NOW, seconds=0.05)
    assert not world.path.exists()


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"form": 1}', b'{"form": 2}', b"\xff", b"[" * 100_000]
)
def test_a_damaged_file_is_said_and_not_used(world: World, content: bytes) -> None:
    world.path.parent.mkdir()
    world.path.write_bytes(content)
    state = world.file.state()
    assert state.lifecycle is OURS
    assert "lifecycle.json cannot be read: " in state.problem


async def test_a_file_older_than_this_version_is_not_used(world: World) -> None:
    await world.update()
    document = json.loads(world.path.read_text())
    world.path.write_text(json.dumps({**document, "fetched": "2026-01-31"}))
    assert world.file.state().lifecycle is OURS


def test_the_whole_table_is_written_and_read_as_it_was() -> None:
    written = {name: [write_cycle(cycle) for cycle in cycles] for name, cycles in OURS.products.items()}
    assert Lifecycle.of(json.loads(json.dumps(written))).products == OURS.products


ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=15) | st.dates().map(str)
LINES = st.dictionaries(
    st.sampled_from(
        ("cycle", "name", "eol", "eolFrom", "isEol", "lts", "isLts", "ltsFrom", "codename", "eoes")
    ),
    ANYTHING,
)


@given(
    st.sampled_from(("debian", "python", "openjdk", "x")), st.lists(LINES | ANYTHING, max_size=4), st.text()
)
def test_any_lines_are_read_or_refused(product: str, lines: list[Any], word: str) -> None:
    try:
        table = Lifecycle.of({product: lines})
    except LifecycleUnreadable:
        return
    found = table.find(product, word, NOW.date())
    assert found is None or found.is_over(NOW.date()) in (True, False)
    assert table.tells_lts(product) in (True, False)


def test_without_a_file_the_table_is_that_of_this_version(tmp_path: Path) -> None:
    assert read_state(tmp_path / "none").lifecycle is OURS
    assert LifecycleFile(tmp_path / "none").state().problem == ""
